"""What must hold of agents and tools."""

import sys
from pathlib import Path
from typing import Any

import pytest

import pdp
from pdp.testing import Scripted

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from agent import Call, run, scripted  # noqa: E402
from registry import check, differences  # noqa: E402
from tools import DENIED, UNDECIDED, Decider, Tool, ToolCore  # noqa: E402

SOFIA, MAX = pdp.Actor("agent:sofia"), pdp.Actor("agent:max")


class World:
    """Tools that note that they ran."""

    def __init__(self, decider: Decider | None = None):
        self.ran: list[tuple[str, dict[str, Any]]] = []
        both = frozenset({"agent:sofia", "agent:max"})
        self.core = ToolCore(
            [
                Tool("projects.list", "lists projects", {}, self.tool("projects.list"), both),
                Tool("tasks.create", "creates a task", {"project": str}, self.tool("tasks.create"), both),
                Tool("payments.send", "pays", {"amount": int}, self.tool("payments.send"), frozenset({"agent:sofia"})),
                Tool("notes.read", "reads notes", {}, self.tool("notes.read")),
                Tool("old.tool", "is switched off", {}, self.tool("old.tool"), enabled=False),
                Tool("broken", "fails", {}, self.fail),
            ],
            decider or pdp.Engine.load(HERE / "policies"),
        )

    def tool(self, name: str):
        def tool(**arguments: Any) -> dict[str, Any]:
            self.ran.append((name, arguments))
            return {"done": name}

        return tool

    def fail(self) -> None:
        raise RuntimeError("no disk")


@pytest.fixture
def world() -> World:
    return World()


def test_what_both_permit_runs(world: World) -> None:
    result = world.core.call(SOFIA, "tasks.create", {"project": "x"})
    assert (result.ok, result.result, result.executed) == (True, {"done": "tasks.create"}, True)
    assert world.ran == [("tasks.create", {"project": "x"})]


@pytest.mark.parametrize(
    ("agent", "tool", "arguments", "why"),
    [
        (MAX, "payments.send", {"amount": 5}, "not in the registry"),
        (MAX, "tasks.create", {"project": "x"}, "tool_not_granted"),
        (SOFIA, "notes.read", {}, "tool_not_granted"),
        (SOFIA, "old.tool", {}, "not in the registry"),
        (SOFIA, "no.such.tool", {}, "not in the registry"),
        (SOFIA, "payments.send", {"amount": 101}, "payment-too-large"),
        (SOFIA, "payments.send", {"amount": -5}, "payment-too-large"),
        (pdp.Actor("user:1"), "projects.list", {}, "not in the registry"),
        (pdp.Actor("agent:sofia", "human"), "projects.list", {}, "tool_not_granted"),
    ],
)
def test_what_one_of_them_refuses_does_not_run(
    world: World, agent: pdp.Actor, tool: str, arguments: dict[str, Any], why: str
) -> None:
    result = world.core.call(agent, tool, arguments)
    assert (result.ok, result.error, result.executed) == (False, DENIED, False)
    assert world.ran == []
    assert world.core.log == [f"{agent.id} may not run {tool}: {why}"]


def test_arguments_are_those_that_a_tool_takes(world: World) -> None:
    for arguments in ({}, {"amount": "5"}, {"amount": True}, {"amount": 5, "to": "me"}):
        result = world.core.call(SOFIA, "payments.send", arguments)
        assert not result.ok and not result.executed and result.error != DENIED
    assert world.ran == []
    assert world.core.call(SOFIA, "payments.send", {"amount": 100}).ok


def test_no_decision_is_no_permit() -> None:
    world = World(Scripted().fail())
    result = world.core.call(SOFIA, "projects.list", {})
    assert (result.ok, result.error, result.executed) == (False, UNDECIDED, False)
    assert world.ran == []


def test_a_duty_that_nobody_carries_out_is_a_deny() -> None:
    world = World(Scripted().permit(obligations=[{"type": "log", "properties": {}}]))
    assert world.core.call(SOFIA, "projects.list", {}).error == DENIED
    assert world.ran == []


def test_a_tool_that_fails_says_so() -> None:
    result = World(Scripted()).core.call(SOFIA, "broken", {})
    assert (result.ok, result.error, result.executed) == (False, "broken failed: no disk", True)


def test_the_model_is_told_and_goes_on(world: World) -> None:
    model = scripted(
        Call("projects.list", {}),
        Call("tasks.create", {"project": "x"}),
        "I may not create tasks.",
    )
    conversation = run(MAX, model, world.core, "create a task")
    told = [message["content"] for message in conversation if message["role"] == "tool"]
    assert told == [{"done": "projects.list"}, DENIED]
    assert conversation[-1]["content"] == "I may not create tasks."
    assert world.ran == [("projects.list", {})]


def test_a_model_that_insists_is_ended(world: World) -> None:
    conversation = run(MAX, lambda _: Call("payments.send", {"amount": 1}), world.core, "pay")
    assert conversation[-1]["role"] == "assistant"
    assert len(world.core.log) == 10
    assert world.ran == []


def test_the_registry_offers_no_more_than_it_lists(world: World) -> None:
    assert [tool.id for tool in world.core.offered_to(MAX)] == [
        "projects.list",
        "tasks.create",
        "notes.read",
        "broken",
    ]


def test_registry_and_policies_speak_of_the_same_tools(world: World) -> None:
    engine = pdp.Engine.load(HERE / "policies")
    tools = list(world.core.tools)
    assert differences(tools, engine) == [
        "broken is in the registry, and no policy knows it",
        "notes.read is in the registry, and no policy knows it",
    ]
    engine.add(resource="tool:old.tool", relation="user", actor="agent:max")
    for added in ("tool:broken", "tool:notes.read"):
        engine.add(resource=added)
    assert differences(tools, engine) == ["old.tool is in the policies, and not in the registry"]
    with pytest.raises(SystemExit, match="old.tool"):
        check(tools, engine)
    engine.remove(resource="tool:old.tool", relation="user", actor="agent:max")
    check(tools, engine)
