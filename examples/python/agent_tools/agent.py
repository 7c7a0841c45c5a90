"""A loop in which a model thinks and tools act. The model here is a script: nothing goes online."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools import ToolCore

import pdp

STEPS_MAX = 10


@dataclass(frozen=True)
class Call:
    """The model wants a tool to be run."""

    tool: str
    arguments: dict[str, Any]


Message = dict[str, Any]
#: What a model does: of the conversation it makes a call, or a text that ends it.
Model = Callable[[list[Message]], Call | str]


def run(agent: pdp.Actor, model: Model, tools: ToolCore, task: str) -> list[Message]:
    """The conversation. Whatever a tool or a refusal says, the model is told."""
    conversation: list[Message] = [{"role": "user", "content": task}]
    for _ in range(STEPS_MAX):
        step = model(conversation)
        if isinstance(step, str):
            return [*conversation, {"role": "assistant", "content": step}]
        result = tools.call(agent, step.tool, step.arguments)
        conversation.append({"role": "assistant", "call": step})
        told = result.result if result.ok else result.error
        conversation.append({"role": "tool", "tool": step.tool, "content": told})
    return [*conversation, {"role": "assistant", "content": "I could not finish this."}]


def scripted(*steps: Call | str) -> Model:
    """A model that does these steps, one after the other, whatever it is told."""
    left = list(steps)
    return lambda _: left.pop(0)
