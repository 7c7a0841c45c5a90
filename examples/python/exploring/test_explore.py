"""The script runs as a whole, and what it finds agrees: pictures and decisions."""

import runpy
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("explore.py")


@pytest.fixture
def explored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(tmp_path)])
    return runpy.run_path(str(SCRIPT))


def test_pictures_and_decisions_agree(explored: dict) -> None:
    assert explored["decision"].permitted and "user:bob" in explored["path"].svg
    assert "group:acme/sales" in explored["path"].svg
    assert "user:alma" in explored["readers"].svg and "user:alma" not in explored["path"].svg
    assert not explored["denied"].permitted
    assert "nothing leads from user:bob to it" in explored["alone"].svg
    assert explored["again"].permitted


def test_pictures_are_written(explored: dict, tmp_path: Path) -> None:
    names = ("vocabulary", "readers", "path")
    for name in names:
        assert ElementTree.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")
        assert (tmp_path / f"{name}.mmd").read_text().startswith("flowchart LR\n")


def test_every_cell_is_named() -> None:
    cells = [line for line in SCRIPT.read_text().splitlines() if line.startswith("# %%")]
    assert len(cells) == 9 and all(len(cell) > len("# %% ") for cell in cells)
