"""A messaging service in which every route is guarded.

    uvicorn --factory app:from_environment

`PDP_URL` names a decision point beside it, such as `grpc://127.0.0.1:7022`; without one the service
decides itself. `MESSAGING_DATABASE` is the file of its database.
"""

import os
import sqlite3
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Header, HTTPException, Query, WebSocket
from pydantic import BaseModel, Field
from store import Channel, Store

import pdp
from pdp.fastapi import PDP

POLICIES = Path(__file__).parent / "policies"


class NewChannel(BaseModel):
    microdao: str
    slug: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    open: bool = False


class NewMessage(BaseModel):
    text: str = Field(min_length=1, max_length=100_000)


class NewMember(BaseModel):
    actor: str = Field(min_length=1, max_length=200)


class AgentPost(BaseModel):
    channel_id: str
    text: str = Field(min_length=1, max_length=100_000)


def from_environment() -> FastAPI:
    """The service as it runs."""
    store = Store(os.environ.get("MESSAGING_DATABASE", "messaging.sqlite"))
    if url := os.environ.get("PDP_URL"):
        return create_app(store, url=url, key=os.environ.get("PDP_KEY"))
    return create_app(store, engine=pdp.Engine.load(POLICIES))


def create_app(store: Store, **decider: Any) -> FastAPI:
    """The service on a store. `decider` is what `pdp.fastapi.PDP` takes: who decides."""
    app = FastAPI(title="messaging")

    def current_actor(authorization: Annotated[str, Header()] = "") -> str | None:
        """Who asks: whoever has the token of a session. No other header says who somebody is."""
        scheme, _, token = authorization.partition(" ")
        return store.actor_of(token) if scheme == "Bearer" else None

    Actor = Annotated[str | None, Depends(current_actor)]
    guard = PDP(app, get_actor=current_actor, **decider)

    def microdao(id: str, actor: str | None) -> dict[str, Any]:
        role = store.role_in_microdao(id, actor or "")
        return {"type": "microdao", "id": id, "attributes": {} if role is None else {"role": role}}

    def channel(id: str, actor: str | None) -> dict[str, Any]:
        """What the policies are told of a channel. One that is not there is one to which nobody
        belongs: it is denied as any other, and nobody learns which channels there are."""
        known = store.channel(id)
        attributes: dict[str, Any] = {
            "open": known is not None and known.open,
            "archived": known is not None and known.archived,
        }
        if (role := store.role_in_channel(id, actor or "")) is not None:
            attributes["role"] = role
        return {"type": "channel", "id": id, "attributes": attributes}

    def the_microdao(microdao_id: Annotated[str, Query()], actor: Actor) -> dict[str, Any]:
        return microdao(microdao_id, actor)

    def the_new_channels_microdao(new: NewChannel, actor: Actor) -> dict[str, Any]:
        return microdao(new.microdao, actor)

    def the_channel(channel_id: str, actor: Actor) -> dict[str, Any]:
        return channel(channel_id, actor)

    def the_agents_channel(post: AgentPost, actor: Actor) -> dict[str, Any]:
        return channel(post.channel_id, actor)

    def length(message: NewMessage) -> dict[str, int]:
        return {"message_length": len(message.text)}

    def length_of_post(post: AgentPost) -> dict[str, int]:
        return {"message_length": len(post.text)}

    def found(channel_id: str) -> Channel:
        known = store.channel(channel_id)
        if known is None:
            raise HTTPException(404)
        return known

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "service": "messaging"}

    @app.get("/api/messaging/channels", dependencies=[guard.require("read", the_microdao)])
    async def list_channels(microdao_id: str, actor: Actor) -> list[Channel]:
        channels = store.channels_of(microdao_id)
        return await guard.permitted(actor, "read", channels, lambda one: channel(one.id, actor))

    @app.post(
        "/api/messaging/channels",
        status_code=201,
        dependencies=[guard.require("manage", the_new_channels_microdao)],
    )
    async def create_channel(new: NewChannel, actor: Actor) -> Channel:
        assert actor is not None
        try:
            return store.create_channel(new.microdao, new.slug, new.open, actor)
        except sqlite3.IntegrityError as error:
            raise HTTPException(409, "this microDAO has a channel of this name") from error

    @app.get(
        "/api/messaging/channels/{channel_id}", dependencies=[guard.require("read", the_channel)]
    )
    async def read_channel(channel_id: str) -> Channel:
        return found(channel_id)

    @app.delete(
        "/api/messaging/channels/{channel_id}",
        status_code=204,
        dependencies=[guard.require("manage", the_channel)],
    )
    async def archive_channel(channel_id: str) -> None:
        store.archive(found(channel_id).id)

    @app.get(
        "/api/messaging/channels/{channel_id}/messages",
        dependencies=[guard.require("read", the_channel)],
    )
    async def list_messages(channel_id: str) -> list[dict[str, Any]]:
        return store.messages_of(found(channel_id).id)

    @app.post(
        "/api/messaging/channels/{channel_id}/messages",
        status_code=201,
        dependencies=[guard.require("send_message", the_channel, context=length)],
    )
    async def send_message(channel_id: str, message: NewMessage, actor: Actor) -> dict[str, int]:
        assert actor is not None
        return {"number": store.add_message(found(channel_id).id, actor, message.text)}

    @app.get(
        "/api/messaging/channels/{channel_id}/members",
        dependencies=[guard.require("read", the_channel)],
    )
    async def list_members(channel_id: str) -> list[dict[str, str]]:
        return store.members_of(found(channel_id).id)

    @app.post(
        "/api/messaging/channels/{channel_id}/members",
        status_code=201,
        dependencies=[guard.require("invite", the_channel)],
    )
    async def invite(channel_id: str, member: NewMember) -> None:
        store.join_channel(found(channel_id).id, member.actor, "member")

    @app.get(
        "/internal/messaging/channels/{channel_id}/context",
        dependencies=[guard.require("read", the_channel)],
    )
    async def context(channel_id: str) -> dict[str, Any]:
        members = store.members_of(found(channel_id).id)
        agents = [one["actor"] for one in members if one["actor"].startswith("agent:")]
        return {"allowed_agents": agents, "messages": store.messages_of(channel_id)[-20:]}

    def the_agent_itself(agent_id: str, actor: Actor) -> None:
        """An agent speaks for itself alone: the id in the path is that of the token."""
        if actor is not None and actor != agent_id:
            raise HTTPException(403, {"error": "access_denied", "reason": "not_the_agent"})

    @app.post(
        "/internal/agents/{agent_id}/post-to-channel",
        status_code=201,
        dependencies=[
            Depends(the_agent_itself),
            guard.require("send_message", the_agents_channel, context=length_of_post),
        ],
    )
    async def post_to_channel(agent_id: str, post: Annotated[AgentPost, Body()]) -> dict[str, int]:
        return {"number": store.add_message(found(post.channel_id).id, agent_id, post.text)}

    @app.websocket("/ws/messaging/{channel_id}")
    async def live(
        socket: WebSocket,
        channel_id: str,
        actor: Actor,
        _: Annotated[pdp.Decision, guard.require("read", the_channel)],
    ) -> None:
        """Takes messages, and asks for each: who was let in may have lost the right since."""
        assert actor is not None
        await socket.accept()
        async for text in socket.iter_text():
            resource, said = channel(channel_id, actor), {"message_length": len(text)}
            decision = await guard.decide(actor, "send_message", resource, said)
            if decision.permitted:
                await socket.send_json({"number": store.add_message(channel_id, actor, text)})
            else:
                await socket.send_json({"error": "access_denied", "reason": decision.reason})

    app.state.guard = guard
    return app
