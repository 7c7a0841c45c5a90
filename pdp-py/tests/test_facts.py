"""Facts that change at run time, and files that are loaded again."""

import json
import logging
import time
from pathlib import Path

import pytest

import pdp
from conftest import BOARD


def test_each_operation(board: pdp.Engine) -> None:
    reads = lambda actor: board.evaluate(actor, "read", "board:team").permitted
    assert not reads("u")
    assert board.add(resource="board:team", relation="member", actor="u") == 2
    assert reads("u") and board.revision == 2
    board.replace(resource="board:team", relation="member", actors=["v", {"role": "chief"}])
    assert not reads("u") and reads("v") and reads(pdp.Actor("w", roles=["chief"]))
    board.remove(resource="board:team", relation="member", actor="v")
    assert not reads("v")
    assert not board.evaluate("user:666", "read", "board:news").permitted
    board.remove(resource="board:news", relation="banned", actor="user:666")
    assert board.evaluate("user:666", "read", "board:news").permitted
    board.forget(resource="board:news", relation="banned", actor="user:666")
    assert not board.evaluate("user:666", "read", "board:news").permitted


def test_decisions_of_a_revision_stay_its_own(board: pdp.Engine) -> None:
    before = board.evaluate("user:7", "read", "board:news")
    assert board.evaluate("user:8", "read", "board:news").revision == 1
    board.add(resource="board:x", relation="member", actor="u")
    after = board.evaluate("user:7", "read", "board:news")
    assert (before.revision, after.revision) == (1, 2)
    assert before.reason == after.reason


@pytest.mark.parametrize("written", [lambda change: change, json.dumps, lambda c: json.dumps(c).encode()])
def test_a_change_set_is_applied_once(board: pdp.Engine, written) -> None:
    change = {"op": "add", "resource": "board:x", "relation": "member", "actors": ["u", "v"]}
    applied = board.apply(written({"id": "a", "changes": [change]}))
    assert (applied.revision, applied.repeated) == (2, False)
    assert board.apply(written({"id": "a", "changes": [change]})).repeated
    with pytest.raises(pdp.ChangeError) as raised:
        board.apply({"id": "a", "changes": [change | {"op": "remove"}]})
    assert raised.value.kind == "conflict"
    assert board.evaluate("v", "read", "board:x").permitted


@pytest.mark.parametrize(
    ("fields", "field", "kind"),
    [
        ({}, "resource", "shape"),
        ({"resource": "board:x", "relation": "membr", "actor": "u"}, "relation", "unknown"),
        ({"resource": "bord:x", "relation": "member", "actor": "u"}, "resource", "unknown"),
        ({"resource": "board:x", "relation": "member", "actor": 7}, "actor", "shape"),
        ({"resource": "board:x", "relation": "member", "actr": "u"}, "actor", "shape"),
        ({"resource": object()}, "resource", "shape"),
    ],
)
def test_a_change_that_cannot_be_made(board: pdp.Engine, fields, field, kind) -> None:
    with pytest.raises(pdp.ChangeError) as raised:
        board.add(**fields)
    assert (raised.value.field, raised.value.kind) == (field, kind)
    assert board.revision == 1


def test_facts_are_listed_in_both_layers(board: pdp.Engine) -> None:
    everybody = {"resource": "board:news", "relation": "member", "actor": "user:*"}
    banned = {"resource": "board:news", "relation": "banned", "actor": "user:666"}
    assert board.facts() == board.facts("files") == [banned, everybody]
    assert board.facts(layer="run-time") == board.facts("difference") == []
    board.remove(**banned)
    board.add(**everybody)
    board.add(resource="board:team", relation="member", actor={"id": "u-1", "until": "2030-01-01T00:00:00Z"})
    team = {"resource": "board:team", "relation": "member", "actor": {"id": "u-1", "until": "2030-01-01T00:00:00Z"}}
    assert board.facts() == [everybody, team]
    assert board.facts("files") == [banned, everybody]
    added = {"op": "add", **team}
    assert board.facts("run-time") == [{"op": "add", **everybody}, added, {"op": "remove", **banned}]
    assert board.facts("difference") == [added, {"op": "remove", **banned}]


def test_what_run_time_said_can_be_said_again(board: pdp.Engine) -> None:
    board.replace(resource="board:team", relation="member", actors=["v", {"role": "chief"}])
    board.remove(resource="board:news", relation="banned", actor="user:666")
    again = pdp.Engine.from_yaml(BOARD)
    again.apply({"id": "again", "changes": board.facts("run-time")})
    for layer in ("present", "files", "run-time", "difference"):
        assert again.facts(layer) == board.facts(layer) != []


@pytest.mark.parametrize("layer", ["run_time", "", None, 7, "\ud800"])
def test_a_layer_that_is_none(board: pdp.Engine, layer) -> None:
    with pytest.raises((ValueError, TypeError)):
        board.facts(layer)


def test_files_are_loaded_again_when_asked(tmp_path: Path) -> None:
    policies = tmp_path / "board.yaml"
    policies.write_text(BOARD)
    engine = pdp.Engine.load(tmp_path)
    engine.add(resource="board:team", relation="member", actor="u")
    assert not engine.reload()
    policies.write_text(BOARD.replace("id: members", "id: those-who-belong"))
    assert engine.reload()
    assert engine.evaluate("u", "read", "board:team").reason == "those-who-belong"
    policies.write_text("version: 1\nrulez: []")
    with pytest.raises(pdp.PolicyError):
        engine.reload()
    assert engine.evaluate("u", "read", "board:team").reason == "those-who-belong"
    assert engine.last_error is not None and "rulez" in engine.last_error


def test_files_are_loaded_again_when_watched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="pdp")
    policies = tmp_path / "board.yaml"
    policies.write_text(BOARD)
    engine = pdp.Engine.load(tmp_path)
    with engine.watch() as watch:
        policies.write_text(BOARD.replace("id: members", "id: watched"))
        wait(lambda: engine.evaluate("user:7", "read", "board:news").reason == "watched")
        policies.write_text("version: 2")
        wait(lambda: engine.last_error is not None)
    watch.stop()
    assert engine.evaluate("user:7", "read", "board:news").reason == "watched"
    told = [(record.levelname, record.name) for record in caplog.records]
    assert ("INFO", "pdp") in told and ("ERROR", "pdp") in told


def test_an_engine_of_a_text_has_no_files(board: pdp.Engine) -> None:
    for ask in (board.reload, board.watch):
        with pytest.raises(RuntimeError, match="made of a text"):
            ask()


def wait(for_what) -> None:
    until = time.monotonic() + 20
    while not for_what():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)
