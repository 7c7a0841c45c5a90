"""Pictures are valid, show what decides, and hold whatever ids hold as text."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pdp

SVG = "{http://www.w3.org/2000/svg}"


def words(graph: pdp.Graph) -> list[str]:
    """What stands in the picture, in full."""
    root = ElementTree.fromstring(graph.svg)
    assert root.tag == SVG + "svg" and root.get("role") == "img"
    title = root.find(SVG + "title")
    assert title is not None and title.text == graph.title == root.get("aria-label")
    shown = []
    for text in root.iter(SVG + "text"):
        whole = text.find(SVG + "title")
        shown.append(whole.text if whole is not None else text.text)
    return [text or "" for text in shown]


def test_types_and_relations(daarion: pdp.Engine) -> None:
    graph = daarion.graph()
    assert {"microdao", "channel", "tool", "owners", "microdao_id"} <= set(words(graph))
    assert str(graph) == graph.mermaid and graph.mermaid.startswith("flowchart LR\n")
    assert graph._repr_svg_() == graph.svg == daarion.graph().svg


def test_who_reaches_a_resource(daarion: pdp.Engine) -> None:
    shown = words(daarion.graph("microdao:daarion"))
    assert {"microdao:daarion", "owners", "user:1"} <= set(shown)
    mine = words(daarion.graph("microdao:daarion", actor="user:1"))
    assert set(mine) < set(shown)


def test_facts_of_run_time_are_drawn(board: pdp.Engine) -> None:
    assert "user:77" not in words(board.graph("board:new"))
    board.add(resource="board:new", relation="member", actor="user:77")
    assert "user:77" in words(board.graph("board:new"))


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("bord:new",), "resource"),
        (("board",), "resource"),
        (("",), "resource"),
        ((7,), "resource"),
        (("board:\ud800",), "resource"),
        (("board:new", 7), "actor"),
        ((None, "user:7"), "actor"),
    ],
)
def test_what_cannot_be_drawn_is_told_by_field(
    board: pdp.Engine, arguments: tuple, field: str
) -> None:
    with pytest.raises(pdp.RequestError) as raised:
        board.graph(*arguments)
    assert raised.value.field == field


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=80)


@given(actor=PRINTABLE, room=PRINTABLE)
def test_whatever_ids_hold_is_text(actor: str, room: str) -> None:
    engine = pdp.Engine.from_yaml(
        "{version: 1, non_ascii_ids: true, types: {room: {relations: {in: direct}}}}"
    )
    try:
        engine.add(resource=f"room:{room}", relation="in", actor={"id": actor})
    except pdp.ChangeError:
        return
    graph = engine.graph(f"room:{room}", actor=actor)
    shown = words(graph)
    assert len(shown) == 3
    # Letters that do not show themselves are replaced.
    for text, whole in zip(shown, (f"room:{room}", "in", actor), strict=True):
        assert re.fullmatch("(?s)" + "".join(f"(?:{re.escape(one)}|\ufffd)" for one in whole), text)
