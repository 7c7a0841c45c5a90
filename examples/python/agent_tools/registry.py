"""Whether the registry and the policies speak of the same tools: asked when a service starts."""

from collections.abc import Iterable

from tools import Tool

import pdp


def differences(tools: Iterable[Tool], engine: pdp.Engine) -> list[str]:
    """A line for each tool of which one of them knows and the other does not. Neither can run: what no
    policy knows is denied, and what the registry lacks is not there."""
    registered = {tool.id for tool in tools if tool.enabled}
    resources = {fact.get("resource", "") for fact in engine.facts()}
    known = {name.removeprefix("tool:") for name in resources if name.startswith("tool:")}
    unknown = [f"{tool} is in the registry, and no policy knows it" for tool in registered - known]
    missing = [f"{tool} is in the policies, and not in the registry" for tool in known - registered]
    return sorted(unknown + missing)


def check(tools: Iterable[Tool], engine: pdp.Engine) -> None:
    """Ends a start that would leave tools out."""
    if found := differences(tools, engine):
        raise SystemExit("\n".join(found))
