"""What must hold of the messaging service, whoever decides."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import pdp
from pdp.fastapi import assert_all_guarded
from pdp.testing import Scripted

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "pdp-py" / "tests")]

from app import POLICIES, create_app  # noqa: E402
from served import PROGRAM, Served, needs_program  # noqa: E402
from store import Store  # noqa: E402

PUBLIC = {"/health", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    if PROGRAM is None:
        yield []
        return
    with Served(POLICIES, tmp_path_factory.mktemp("served")) as served:
        yield served.urls


class World:
    """A service with two people, an agent and a stranger, and what they ask."""

    def __init__(self, **decider: object):
        self.store = Store(":memory:")
        for actor, role in [("user:ada", "owner"), ("user:bob", "member"), ("agent:sofia", "member")]:
            self.store.join_microdao("microdao:7", actor, role)
        self.tokens = {
            actor: self.store.open_session(actor)
            for actor in ("user:ada", "user:bob", "agent:sofia", "user:eve")
        }
        self.channel = self.store.create_channel("microdao:7", "general", False, "user:ada").id
        self.news = self.store.create_channel("microdao:7", "news", True, "user:ada").id
        self.store.join_channel(self.channel, "user:bob", "member")
        self.store.join_channel(self.channel, "agent:sofia", "member")
        self.store.add_message(self.channel, "user:ada", "welcome")
        self.app = create_app(self.store, **decider)
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def ask(self, actor: str | None, method: str, path: str, **more: object):
        headers = {} if actor is None else {"Authorization": f"Bearer {self.tokens[actor]}"}
        return self.client.request(method, path, headers=headers, **more)

    def every_route(self) -> list[tuple[str, str, dict[str, object]]]:
        """One request to each guarded route."""
        bodies = {
            "/api/messaging/channels": {"microdao": "microdao:7", "slug": "new"},
            "/api/messaging/channels/{channel_id}/messages": {"text": "hello"},
            "/api/messaging/channels/{channel_id}/members": {"actor": "user:eve"},
            "/internal/agents/{agent_id}/post-to-channel": {
                "channel_id": self.channel,
                "text": "hello",
            },
        }
        asked = []
        for route in self.app.routes:
            if not isinstance(route, APIRoute) or route.path in PUBLIC:
                continue
            path = route.path.format(channel_id=self.channel, agent_id="user:eve")
            for method in sorted(route.methods):
                more: dict[str, object] = {}
                if method == "POST":
                    more["json"] = bodies[route.path]
                elif route.path == "/api/messaging/channels":
                    more["params"] = {"microdao_id": "microdao:7"}
                asked.append((method, path, more))
        assert len(asked) == 10
        return asked


@pytest.fixture(
    params=[
        "engine",
        pytest.param(0, marks=needs_program, id="http"),
        pytest.param(1, marks=needs_program, id="grpc"),
    ]
)
def world(request: pytest.FixtureRequest, urls: list[str]) -> Iterator[World]:
    if request.param == "engine":
        world = World(engine=pdp.Engine.load(POLICIES))
    else:
        world = World(client=pdp.AsyncClient(urls[request.param], deadline=10))
    with world.client:
        yield world
    world.store.close()


def test_every_route_is_guarded(world: World) -> None:
    assert_all_guarded(world.app, public=PUBLIC)


def test_nobody_gets_in_without_a_token(world: World) -> None:
    before = world.store.counts()
    for method, path, more in world.every_route():
        for headers in (
            {},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Basic dXNlcjphZGE6"},
            {"X-User-Id": "user:ada"},
        ):
            answer = world.client.request(method, path, headers=headers, **more)
            assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated"), path
    assert world.store.counts() == before


def test_a_deny_changes_no_row(world: World) -> None:
    before = world.store.counts()
    for method, path, more in world.every_route():
        answer = world.ask("user:eve", method, path, **more)
        assert answer.status_code == 403, path
        body = answer.json()
        assert body["error"] == "access_denied" and body["reason"] and body["request_id"], path
    assert world.store.counts() == before


def test_no_decision_changes_no_row(world: World) -> None:
    before = world.store.counts()
    with world.app.state.guard.deciding(Scripted().fail()):
        for method, path, more in world.every_route():
            answer = world.ask("user:ada", method, path.replace("user:eve", "user:ada"), **more)
            assert (answer.status_code, answer.json()["error"]) == (503, "pdp_unavailable"), path
    assert world.store.counts() == before


def test_what_members_and_admins_may(world: World) -> None:
    messages = f"/api/messaging/channels/{world.channel}/messages"
    sent = world.ask("user:bob", "POST", messages, json={"text": "hello"})
    assert sent.status_code == 201
    read = world.ask("user:bob", "GET", messages).json()
    assert [one["text"] for one in read] == ["welcome", "hello"]
    too_long = world.ask("user:bob", "POST", messages, json={"text": "x" * 4_001})
    assert (too_long.status_code, too_long.json()["reason"]) == (403, "message-too-long")

    members = f"/api/messaging/channels/{world.channel}/members"
    assert world.ask("user:bob", "POST", members, json={"actor": "user:eve"}).status_code == 403
    assert world.ask("user:eve", "GET", messages).status_code == 403
    assert world.ask("user:ada", "POST", members, json={"actor": "user:eve"}).status_code == 201
    assert world.ask("user:eve", "GET", messages).status_code == 200

    assert world.ask("user:bob", "DELETE", f"/api/messaging/channels/{world.channel}").status_code == 403
    assert world.ask("user:ada", "DELETE", f"/api/messaging/channels/{world.channel}").status_code == 204
    archived = world.ask("user:bob", "POST", messages, json={"text": "more"})
    assert (archived.status_code, archived.json()["reason"]) == (403, "archived")


def test_a_channel_is_created_with_its_owner(world: World) -> None:
    new = {"microdao": "microdao:7", "slug": "plans"}
    created = world.ask("user:ada", "POST", "/api/messaging/channels", json=new)
    assert created.status_code == 201
    members = f"/api/messaging/channels/{created.json()['id']}/members"
    assert world.ask("user:ada", "GET", members).json() == [{"actor": "user:ada", "role": "owner"}]
    assert world.ask("user:ada", "POST", "/api/messaging/channels", json=new).status_code == 409
    assert world.ask("user:bob", "POST", "/api/messaging/channels", json=new).status_code == 403


def test_a_list_holds_what_may_be_read(world: World) -> None:
    def listed(actor: str) -> list[str]:
        answer = world.ask(actor, "GET", "/api/messaging/channels", params={"microdao_id": "microdao:7"})
        return [channel["slug"] for channel in answer.json()]

    world.store.create_channel("microdao:7", "secret", False, "user:ada")
    assert listed("user:ada") == ["general", "news", "secret"]
    assert listed("user:bob") == ["general", "news"]


def test_channels_that_are_not_there_look_like_those_that_are_closed(world: World) -> None:
    bodies = []
    for channel in (world.channel, "no-such-channel"):
        answer = world.ask("user:eve", "GET", f"/api/messaging/channels/{channel}")
        bodies.append((answer.status_code, answer.json()["reason"]))
    assert bodies[0] == bodies[1] == (403, "not_channel_member")


def test_an_agent_speaks_for_itself_alone(world: World) -> None:
    body = {"channel_id": world.channel, "text": "done"}
    posted = world.ask("agent:sofia", "POST", "/internal/agents/agent:sofia/post-to-channel", json=body)
    assert posted.status_code == 201
    before = world.store.counts()
    for actor in ("user:ada", "user:bob"):
        answer = world.ask(actor, "POST", "/internal/agents/agent:sofia/post-to-channel", json=body)
        assert answer.status_code == 403
    elsewhere = body | {"channel_id": world.news}
    answer = world.ask("agent:sofia", "POST", "/internal/agents/agent:sofia/post-to-channel", json=elsewhere)
    assert answer.status_code == 403
    assert world.store.counts() == before
    context = world.ask("user:bob", "GET", f"/internal/messaging/channels/{world.channel}/context")
    assert context.json()["allowed_agents"] == ["agent:sofia"]


def test_a_websocket_asks_for_each_message(world: World) -> None:
    path = f"/ws/messaging/{world.channel}"
    before = world.store.counts()
    for headers in ({}, {"Authorization": f"Bearer {world.tokens['user:eve']}"}):
        with pytest.raises(WebSocketDisconnect) as closed:
            with world.client.websocket_connect(path, headers=headers):
                pass
        assert closed.value.code == 1008
    headers = {"Authorization": f"Bearer {world.tokens['user:bob']}"}
    with world.client.websocket_connect(path, headers=headers) as socket:
        socket.send_text("hello")
        assert "number" in socket.receive_json()
        world.store.archive(world.channel)
        socket.send_text("still there?")
        assert socket.receive_json()["reason"] == "archived"
    assert world.store.counts() == before | {"messages": before["messages"] + 1}


@needs_program
def test_a_decision_point_that_dies_lets_nobody_through(tmp_path: Path) -> None:
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Served(POLICIES, folder) as served:
            world = World(client=pdp.AsyncClient(served.urls[number], deadline=5))
            with world.client:
                path = f"/api/messaging/channels/{world.channel}"
                assert world.ask("user:bob", "GET", path).status_code == 200
                served.kill()
                before = world.store.counts()
                for method, path, more in world.every_route():
                    actor = "user:ada"
                    path = path.replace("user:eve", actor)
                    assert world.ask(actor, method, path, **more).status_code == 503
                assert world.store.counts() == before
            world.store.close()


def test_it_starts_from_its_environment(tmp_path: Path) -> None:
    program = "import app; print(len(app.from_environment().routes))"
    environment = os.environ | {"MESSAGING_DATABASE": str(tmp_path / "db.sqlite")}
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HERE,
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert int(printed.stdout) >= 15
