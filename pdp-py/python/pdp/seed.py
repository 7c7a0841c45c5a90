"""The helpers of the DAARION services under the names that they have there, on top of a guard.

    helpers = Helpers(PDP(app, engine=engine, get_actor=current_actor))

    @app.post("/api/messaging/channels/{channel_id}/messages")
    async def send(channel_id: str, actor: Annotated[Any, Depends(helpers.require_actor)]):
        await helpers.require_channel_permission(channel_id, actor=actor)

What they did wrong there they do not do here: a deny is a deny, and no decision is none.
"""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from pdp import Actor, Decision
from pdp.fastapi import PDP, AccessDenied, Unauthenticated, request_id_of

__all__ = ["Helpers"]


class Helpers:
    """Helpers that ask by a guard."""

    def __init__(self, guard: PDP):
        self._guard = guard

        async def require_actor(
            connection: HTTPConnection, actor: Annotated[Any, Depends(guard.get_actor)]
        ) -> Any:
            """A dependency that gives the actor; without one the answer is 401."""
            if actor is None:
                raise Unauthenticated(request_id_of(connection))
            return actor

        self.require_actor = require_actor

    async def evaluate_policy(
        self,
        actor: Any,
        action: str,
        resource_type: str,
        resource_id: str,
        context: dict[str, Any] | None = None,
    ) -> Decision:
        """The decision, whichever it is; a `NoDecision` where there is none."""
        return await self._guard.decide(actor, action, (resource_type, resource_id), context)

    async def require_channel_permission(
        self,
        channel_id: str,
        action: str = "send_message",
        *,
        actor: Any,
        context: dict[str, Any] | None = None,
    ) -> Decision:
        """The permit to do something in a channel, or a `Refusal`."""
        return await self._guard.check(actor, action, ("channel", channel_id), context)

    async def require_microdao_permission(
        self,
        microdao_id: str,
        action: str = "read",
        *,
        actor: Any,
        context: dict[str, Any] | None = None,
    ) -> Decision:
        """The permit to do something with a microDAO, or a `Refusal`."""
        return await self._guard.check(actor, action, ("microdao", microdao_id), context)

    async def check_send_message_permission(
        self, agent_id: str, channel_id: str, microdao_id: str | None = None
    ) -> bool:
        """Whether an agent may send messages to a channel; a `NoDecision` where that is not known."""
        return await self._may(_agent(agent_id, microdao_id), "send_message", ("channel", channel_id))

    async def check_tool_permission(
        self, agent_id: str, tool_id: str, microdao_id: str | None = None
    ) -> bool:
        """Whether an agent may run a tool; a `NoDecision` where that is not known."""
        return await self._may(_agent(agent_id, microdao_id), "exec_tool", ("tool", tool_id))

    async def _may(self, actor: Actor, action: str, resource: tuple[str, str]) -> bool:
        try:
            return (await self._guard.check(actor, action, resource)).permitted
        except AccessDenied:
            return False


def _agent(agent_id: str, microdao_id: str | None) -> Actor:
    return Actor(agent_id, "agent", tenants=[] if microdao_id is None else [microdao_id])
