"""The examples of docs/python.md do what the page says."""

import re

import pytest

from conftest import REPOSITORY

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_examples_run_in_their_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY)
    page = (REPOSITORY / "docs" / "python.md").read_text()
    namespace: dict[str, object] = {"__name__": "guide"}
    blocks = BLOCK.findall(page)
    assert len(blocks) == 9
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), namespace)  # noqa: S102
    printed = capsys.readouterr().out.splitlines()
    begin, end = printed.index("flowchart LR"), printed.index("2 did you mean `actions`?")
    picture = printed[begin:end]
    assert any("member<br/>stated by facts<br/>permit: read" in line for line in picture)
    del printed[begin:end]
    assert printed == [
        "may, because microdao_owner",
        "['tool:projects.list', 'tool:task.create']",
        "2 did you mean `actions`?",
    ]
    for line in (printed[0], printed[2]):
        assert f"`{line}`" in page
