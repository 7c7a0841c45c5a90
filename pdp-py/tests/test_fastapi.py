"""Guards in a FastAPI application, by an engine and by a decision point elsewhere."""

import socket
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header, Request, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import pdp
from pdp.fastapi import PDP, assert_all_guarded
from pdp.testing import Scripted
from served import needs_program, urls_of

POLICIES = """
version: 1
types:
  board:
    actions: [read, post, export]
    relations: {member: direct, banned: direct}
context: {length: int?}
rules:
  - {id: banned, effect: deny, resource: board, actors: {relation: banned}}
  - {id: long, effect: deny, resource: board, actions: post, when: "has(context.length) && context.length > 5"}
  - {id: members, effect: permit, resource: board, actions: [read, post], actors: {relation: member}}
  - {id: exports, effect: permit, resource: board, actions: export, actors: {relation: member}, obligations: [{type: watermark, properties: {text: secret}}]}
facts:
  board:news: {member: ["user:*"], banned: user:666}
  board:team: {member: user:1}
"""


class Host:
    """An application, and what its handlers did."""

    def __init__(self, **settings: Any):
        self.did: list[str] = []
        self.app = app = FastAPI()
        self.pdp = guard = PDP(app, get_actor=current_actor, **settings)

        @app.get("/boards/{board_id}")
        async def read(
            board_id: str, decision: Annotated[pdp.Decision, guard.require("read", "board:{board_id}")]
        ) -> str:
            self.did.append(f"read {board_id}")
            return decision.reason

        @app.post("/boards/{board_id}")
        def post(
            board_id: str,
            _: Annotated[
                pdp.Decision,
                guard.require("post", ("board", "{board_id}"), context=length),
            ],
        ) -> None:
            self.did.append(f"post {board_id}")

        @app.get("/boards/{board_id}/export", dependencies=[guard.require("export", named)])
        async def export(board_id: str) -> None:
            self.did.append(f"export {board_id}")

        @app.get(
            "/boards/{board_id}/marked",
            dependencies=[guard.require("export", named, fulfilling=["watermark"])],
        )
        async def marked(board_id: str) -> None:
            self.did.append(f"marked {board_id}")

        @app.get("/boards")
        async def boards(actor: Annotated[str, Depends(current_actor)]) -> list[str]:
            every = ["none", "news", "team"]
            return await guard.permitted(actor, "read", every, lambda board: ("board", board))

        @app.post("/boards/{board_id}/later", dependencies=[guard.require("read", "board:{board_id}")])
        async def later(
            board_id: str, tasks: BackgroundTasks, actor: Annotated[str, Depends(current_actor)]
        ) -> None:
            for action in ("read", "export"):
                guard.add_task(
                    tasks,
                    self.did.append,
                    f"later {action}",
                    actor=actor,
                    action=action,
                    resource=("board", board_id),
                )

        @app.websocket("/boards/{board_id}/live")
        async def live(
            socket: WebSocket,
            board_id: str,
            actor: Annotated[str, Depends(current_actor)],
            _: Annotated[pdp.Decision, guard.require("read", "board:{board_id}")],
        ) -> None:
            await socket.accept()
            self.did.append(f"live {board_id}")
            async for text in socket.iter_text():
                decision = await guard.check(actor, "post", ("board", board_id), {"length": len(text)})
                await socket.send_text(decision.reason)

    def client(self) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False)


def current_actor(x_user: Annotated[str | None, Header()] = None) -> str | None:
    return x_user


async def length(request: Request) -> dict[str, int]:
    return {"length": len(await request.body())}


def named(board_id: str) -> pdp.Resource:
    return pdp.Resource("board", board_id)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    yield from urls_of(POLICIES, tmp_path_factory.mktemp("served"))


@pytest.fixture(
    params=[
        "engine",
        pytest.param(0, marks=needs_program, id="http"),
        pytest.param(1, marks=needs_program, id="grpc"),
    ]
)
def host(request: pytest.FixtureRequest, urls: list[str]) -> Host:
    """The same application, by an engine in this process and by a decision point elsewhere."""
    if request.param == "engine":
        return Host(engine=pdp.Engine.from_yaml(POLICIES))
    return Host(client=pdp.AsyncClient(urls[request.param], deadline=10))


@pytest.fixture
def client(host: Host) -> Iterator[TestClient]:
    with host.client() as client:
        yield client


def ask(client: TestClient, path: str, user: str | None = "user:1", **more: Any):
    method = more.pop("method", "GET")
    headers = {} if user is None else {"X-User": user}
    return client.request(method, path, headers=headers | more.pop("headers", {}), **more)


def test_a_permit_reaches_the_handler(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/news")
    assert (answer.status_code, answer.json()) == (200, "members")
    assert host.did == ["read news"]


def test_a_deny_has_no_side_effect(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/news", "user:666", headers={"X-Request-ID": "r-7"})
    assert answer.status_code == 403
    assert answer.json() == {"error": "access_denied", "reason": "banned", "request_id": "r-7"}
    assert answer.headers["x-request-id"] == "r-7"
    assert ask(client, "/boards/none").json()["reason"] == "no_matching_policy"
    assert host.did == []


def test_nobody_is_told_to_say_who_they_are(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/news", None)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated")
    assert ask(client, "/boards", None).status_code == 401
    assert host.did == []


def test_request_ids_are_those_of_callers_where_they_are_some(client: TestClient) -> None:
    for stated in ("a b", "x" * 129, ""):
        answer = ask(client, "/boards/none", headers={"X-Request-ID": stated})
        assert len(answer.json()["request_id"]) == 36


def test_the_body_reaches_conditions(host: Host, client: TestClient) -> None:
    assert ask(client, "/boards/team", method="POST", content="short").status_code == 200
    answer = ask(client, "/boards/team", method="POST", content="too long")
    assert (answer.status_code, answer.json()["reason"]) == (403, "long")
    assert host.did == ["post team"]


def test_an_obligation_that_nobody_carries_out_is_a_deny(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/team/export")
    assert (answer.status_code, answer.json()["reason"]) == (403, "obligation_not_fulfilled")
    assert ask(client, "/boards/team/marked").status_code == 200
    assert host.did == ["marked team"]


def test_reasons_can_be_kept_back() -> None:
    host = Host(engine=pdp.Engine.from_yaml(POLICIES), expose_reason=False)
    with host.client() as client:
        bodies = [
            ask(client, path, user, headers={"X-Request-ID": "r"}).json()
            for path, user in [("/boards/news", "user:666"), ("/boards/none", "user:1"), ("/boards/team/export", "user:1")]
        ]
    assert bodies == [{"error": "access_denied", "request_id": "r"}] * 3


def test_a_test_decides_what_it_wants(host: Host, client: TestClient) -> None:
    decider = Scripted(permits=False).permit("read", "board:none").fail("post")
    with host.pdp.deciding(decider):
        assert ask(client, "/boards/none", "user:666").json() == "permitted_in_test"
        assert ask(client, "/boards/news").json()["reason"] == "denied_in_test"
        assert ask(client, "/boards/team", method="POST").status_code == 503
        assert ask(client, "/boards").json() == ["none"]
    assert host.did == ["read none"]
    assert [(one.actor.id, one.action, one.resource.id) for one in decider.asked[:2]] == [
        ("user:666", "read", "none"),
        ("user:1", "read", "news"),
    ]
    assert decider.asked[2].context == {"length": 0}
    assert ask(client, "/boards/news").status_code == 200


def test_a_list_holds_what_may_be_read(client: TestClient) -> None:
    assert ask(client, "/boards").json() == ["news", "team"]
    assert ask(client, "/boards", "user:7").json() == ["news"]
    assert ask(client, "/boards", "user:666").json() == []


def test_a_background_task_is_asked_about_again(host: Host, client: TestClient) -> None:
    """An export has an obligation that no task carries out."""
    assert ask(client, "/boards/team/later", method="POST").status_code == 200
    assert host.did == ["later read"]


def test_what_cannot_be_asked_is_never_a_permit(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/" + "x" * 2_000)
    assert (answer.status_code, answer.json()["field"]) == (422, "resource")
    answer = ask(client, "/boards/news", "")
    assert (answer.status_code, answer.json()["error"]) == (503, "pdp_unavailable")
    assert host.did == []


def test_a_websocket_is_guarded_at_its_handshake(host: Host, client: TestClient) -> None:
    for user, code in [({"X-User": "user:666"}, 1008), ({}, 1008), ({"X-User": ""}, 1013)]:
        with pytest.raises(WebSocketDisconnect) as closed:
            with client.websocket_connect("/boards/news/live", headers=user):
                pass
        assert closed.value.code == code
    assert host.did == []
    with client.websocket_connect("/boards/news/live", headers={"X-User": "user:7"}) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "members"
        socket.send_text("far too long")
        with pytest.raises(Exception):
            socket.receive_text()
    assert host.did == ["live news"]


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, KeyError])
def test_an_exception_is_never_a_permit(error: type[Exception]) -> None:
    def broken() -> str:
        raise error("no actor today")

    app = FastAPI()
    guard = PDP(app, engine=pdp.Engine.from_yaml(POLICIES), get_actor=broken)
    reached = []

    @app.get("/boards/{board_id}", dependencies=[guard.require("read", "board:{board_id}")])
    async def read(board_id: str) -> None:
        reached.append(board_id)

    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/boards/news").status_code >= 500
    assert reached == []


def test_a_template_that_names_no_parameter_is_an_error() -> None:
    app = FastAPI()
    guard = PDP(app, engine=pdp.Engine.from_yaml(POLICIES), get_actor=lambda: "user:1")

    @app.get("/boards/{board_id}", dependencies=[guard.require("read", "board:{id}")])
    async def read(board_id: str) -> None: ...

    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/boards/news").status_code == 500


def test_routes_without_a_guard_are_named(host: Host) -> None:
    documentation = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
    with pytest.raises(AssertionError, match=r"^not guarded: /boards$"):
        assert_all_guarded(host.app, public=documentation)
    inner = FastAPI(openapi_url=None)
    host.app.mount("/inner", inner)

    @inner.get("/open")
    async def open_to_all() -> None: ...

    @inner.websocket("/socket")
    async def socket(socket: WebSocket) -> None: ...

    with pytest.raises(AssertionError, match=r"^not guarded: /boards, /inner/open, /inner/socket$"):
        assert_all_guarded(host.app, public=documentation)
    public = documentation | {"/boards", "/inner/open", "/inner/socket"}
    assert_all_guarded(host.app, public=public)
    with pytest.raises(AssertionError, match="no such route: /typo"):
        assert_all_guarded(host.app, public=public | {"/typo"})


def test_a_decision_point_that_is_not_there_is_no_permit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    for scheme in ("http", "grpc"):
        host = Host(url=f"{scheme}://{address}")
        with host.client() as client:
            for path, method in [("/boards/news", "GET"), ("/boards/team", "POST"), ("/boards", "GET")]:
                answer = ask(client, path, method=method, content="")
                assert (answer.status_code, answer.json()["error"]) == (503, "pdp_unavailable")
            with pytest.raises(WebSocketDisconnect) as ended:
                with client.websocket_connect("/boards/news/live", headers={"X-User": "user:1"}):
                    pass
            assert ended.value.code == 1013
        assert host.did == []


def test_settings_that_cannot_be() -> None:
    engine = pdp.Engine.from_yaml(POLICIES)
    for settings in ({}, {"engine": engine, "url": "http://127.0.0.1:1"}):
        with pytest.raises(ValueError, match="one of"):
            PDP(get_actor=current_actor, **settings)
