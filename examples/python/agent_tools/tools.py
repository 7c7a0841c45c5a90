"""A registry of tools, and what stands before each call of one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pdp

DENIED = "Access denied for this tool"
UNDECIDED = "Whether you may use this tool could not be found out; try again later"


class Decider(Protocol):
    """`pdp.Engine`, `pdp.Client`, or `pdp.testing.Scripted`."""

    def evaluate(
        self, actor: pdp.Actor, action: str, resource: tuple[str, str], context: dict[str, Any]
    ) -> pdp.Decision: ...


@dataclass(frozen=True)
class Tool:
    """A tool: what it takes, by name and type, and whom the registry lets use it (`None`: all)."""

    id: str
    description: str
    takes: dict[str, type]
    run: Callable[..., Any]
    allowed_agents: frozenset[str] | None = None
    enabled: bool = True


@dataclass(frozen=True)
class Result:
    """What came of a call. `executed` says whether the tool ran, whatever came of that."""

    ok: bool
    result: Any = None
    error: str | None = None
    executed: bool = False


@dataclass
class ToolCore:
    """Runs tools for agents that may. Both must say so: the registry, and the decision point, which
    is told the arguments."""

    tools: Iterable[Tool]
    decider: Decider
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_id = {tool.id: tool for tool in self.tools}

    def offered_to(self, agent: pdp.Actor) -> list[Tool]:
        """The tools that the registry lets an agent use; each call is decided by itself."""
        return [tool for tool in self._by_id.values() if self._lists(tool, agent)]

    def call(self, agent: pdp.Actor, tool_id: str, arguments: dict[str, Any]) -> Result:
        """Runs a tool, or says why not. `agent` is who has shown that it is that agent."""
        tool = self._by_id.get(tool_id)
        if tool is None or not self._lists(tool, agent):
            return self._refused(agent, tool_id, "not in the registry", DENIED)
        if fault := _fault(tool, arguments):
            return self._refused(agent, tool_id, fault, fault)
        try:
            decision = self.decider.evaluate(agent, "exec_tool", ("tool", tool_id), arguments)
        except pdp.NoDecisionError as error:
            return self._refused(agent, tool_id, str(error), UNDECIDED)
        except pdp.RequestError as error:
            return self._refused(agent, tool_id, str(error), f"not an argument: {error}")
        if not decision or decision.obligations:
            return self._refused(agent, tool_id, decision.reason, DENIED)
        try:
            return Result(True, tool.run(**arguments), executed=True)
        except Exception as error:
            return Result(False, error=f"{tool_id} failed: {error}", executed=True)

    @staticmethod
    def _lists(tool: Tool, agent: pdp.Actor) -> bool:
        return tool.enabled and (tool.allowed_agents is None or agent.id in tool.allowed_agents)

    def _refused(self, agent: pdp.Actor, tool_id: str, why: str, told: str) -> Result:
        """Why stands in the log; what the model is told does not help it to find a way round."""
        self.log.append(f"{agent.id} may not run {tool_id}: {why}")
        return Result(False, error=told)


def _fault(tool: Tool, arguments: dict[str, Any]) -> str | None:
    for name in arguments.keys() - tool.takes.keys():
        return f"{tool.id} takes no `{name}`"
    for name, kind in tool.takes.items():
        if type(arguments.get(name)) is not kind:
            return f"{tool.id} takes `{name}`, a {kind.__name__}"
    return None
