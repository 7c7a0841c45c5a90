"""The helpers of the DAARION services, asked by the shipped policies."""

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Header
from fastapi.testclient import TestClient

import pdp
from pdp.fastapi import PDP, AccessDenied, NoDecision, Unauthenticated
from pdp.seed import Helpers
from pdp.testing import Scripted


def current_actor(authorization: Annotated[str | None, Header()] = None) -> pdp.Actor | None:
    if authorization is None:
        return None
    return pdp.Actor(authorization, memberships=[("microdao:daarion", "member")])


@pytest.fixture
def guard(daarion: pdp.Engine) -> PDP:
    return PDP(engine=daarion, get_actor=current_actor)


def test_a_deny_is_a_deny(guard: PDP) -> None:
    """There, the exception for a deny was caught on its way, and became a permit."""
    sent: list[str] = []
    app, helpers = FastAPI(), Helpers(guard)
    guard.init_app(app)

    @app.post("/channels/{channel_id}/messages")
    async def send(
        channel_id: str, actor: Annotated[Any, Depends(helpers.require_actor)]
    ) -> None:
        await helpers.require_channel_permission(
            channel_id, actor=actor, context={"message_length": 5}
        )
        sent.append(actor.id)

    with TestClient(app) as client:
        path = "/channels/channel-general-daarion/messages"
        assert client.post(path).status_code == 401
        assert client.post(path, headers={"Authorization": "user:93"}).status_code == 200
        denied = client.post("/channels/none/messages", headers={"Authorization": "user:93"})
        assert (denied.status_code, denied.json()["error"]) == (403, "access_denied")
        with guard.deciding(Scripted().fail()):
            assert client.post(path, headers={"Authorization": "user:93"}).status_code == 503
    assert sent == ["user:93"]


def test_each_helper(guard: PDP) -> None:
    async def ask() -> None:
        helpers = Helpers(guard)
        decision = await helpers.evaluate_policy("user:1", "manage", "microdao", "microdao:daarion")
        assert (decision.effect, decision.reason) == ("permit", "microdao_owner")
        assert not await helpers.evaluate_policy("user:2", "manage", "microdao", "microdao:daarion")
        assert await helpers.require_microdao_permission(
            "microdao:daarion", "manage", actor="user:1"
        )
        with pytest.raises(AccessDenied):
            await helpers.require_microdao_permission("microdao:nope", actor="user:1")
        with pytest.raises(Unauthenticated):
            await helpers.require_channel_permission("x", actor=None)
        assert await helpers.check_tool_permission("agent:sofia", "projects.list")
        assert not await helpers.check_tool_permission("agent:x", "projects.list")
        assert not await helpers.check_tool_permission("user:1", "projects.list")
        assert await helpers.check_send_message_permission(
            "agent:sofia", "channel-general-daarion", "microdao:daarion"
        )
        assert not await helpers.check_send_message_permission("agent:x", "nowhere")
        with guard.deciding(Scripted().fail()):
            with pytest.raises(NoDecision):
                await helpers.check_tool_permission("agent:sofia", "projects.list")

    asyncio.run(ask())
