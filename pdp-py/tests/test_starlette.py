"""A middleware around an application of Starlette, by an engine and by decision points elsewhere."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

import pdp
from pdp import fastapi
from pdp.starlette import PDP, Guarded, Rule, assert_all_guarded
from pdp.testing import Scripted
from served import needs_program, urls_of
from test_fastapi import POLICIES, ask
from test_fastapi import current_actor as fastapi_actor

RULES = [
    Rule("/boards/{board_id}", "read", "board:{board_id}", methods=["GET", "WEBSOCKET"]),
    Rule(
        "/boards/{board_id}",
        "post",
        ("board", "{board_id}"),
        methods=["POST"],
        context=lambda connection: {"length": int(connection.headers["content-length"])},
    ),
    Rule("/export/{path:path}", "export", lambda _: pdp.Resource("board", "team")),
    Rule("/marked", "export", "board:team", fulfilling=["watermark"]),
]


def current_actor(connection: HTTPConnection) -> str | None:
    return connection.headers.get("x-user")


class Host:
    """An application, and what its handlers did."""

    def __init__(self, rules: list[Rule] = RULES, actor: Callable[..., Any] = current_actor, **settings: Any):
        self.did: list[str] = []
        self.pdp = PDP(**settings)
        every = ["GET", "POST", "PUT"]
        self.app = Starlette(
            routes=[
                Route("/health", self.handle),
                Route("/boards/{board_id}", self.handle, methods=every),
                WebSocketRoute("/boards/{board_id}", self.live),
                Mount("/export", routes=[Route("/{year:int}", self.handle)]),
                Route("/marked", self.handle),
                Route("/forgotten", self.handle),
                WebSocketRoute("/forgotten", self.live),
            ]
        )
        self.app.add_middleware(
            Guarded, pdp=self.pdp, get_actor=actor, rules=rules, public=["/health"]
        )

    async def handle(self, request: Request) -> PlainTextResponse:
        self.did.append(f"{request.method} {request.url.path}")
        decision = request.state.decision
        return PlainTextResponse("public" if decision is None else decision.reason)

    async def live(self, socket: WebSocket) -> None:
        await socket.accept()
        self.did.append("live")
        await socket.send_text(socket.state.decision.reason)
        await socket.close()

    def client(self) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    yield from urls_of(POLICIES, tmp_path_factory.mktemp("served"))


@pytest.fixture(
    params=[
        "engine",
        pytest.param((0, pdp.AsyncClient), marks=needs_program, id="http"),
        pytest.param((1, pdp.AsyncClient), marks=needs_program, id="grpc"),
        pytest.param((0, pdp.Client), marks=needs_program, id="http-sync"),
    ]
)
def host(request: pytest.FixtureRequest, urls: list[str]) -> Host:
    """The same application, by an engine in this process and by a decision point elsewhere."""
    if request.param == "engine":
        return Host(engine=pdp.Engine.from_yaml(POLICIES))
    at, kind = request.param
    return Host(client=kind(urls[at], deadline=10))


@pytest.fixture
def client(host: Host) -> Iterator[TestClient]:
    with host.client() as client:
        yield client


def test_a_permit_reaches_the_handler(host: Host, client: TestClient) -> None:
    answer = ask(client, "/boards/news")
    assert (answer.status_code, answer.text) == (200, "members")
    assert ask(client, "/boards/news", method="HEAD").status_code == 200
    assert ask(client, "/boards/team", method="POST", content="short").status_code == 200
    assert ask(client, "/marked").status_code == 200
    assert host.did == ["GET /boards/news", "HEAD /boards/news", "POST /boards/team", "GET /marked"]


def test_refusals_are_those_of_other_guards(host: Host, client: TestClient) -> None:
    named = {"X-Request-ID": "r-7"}
    answer = ask(client, "/boards/news", "user:666", headers=named)
    assert answer.status_code == 403
    assert answer.json() == {"error": "access_denied", "reason": "banned", "request_id": "r-7"}
    assert answer.headers["x-request-id"] == "r-7"
    answer = ask(client, "/boards/team", method="POST", content="too long", headers=named)
    assert (answer.status_code, answer.json()["reason"]) == (403, "long")
    answer = ask(client, "/export/2026")
    assert (answer.status_code, answer.json()["reason"]) == (403, "obligation_not_fulfilled")
    answer = ask(client, "/boards/news", None, headers=named)
    assert answer.status_code == 401
    assert answer.json() == {"error": "unauthenticated", "request_id": "r-7"}
    answer = ask(client, "/boards/" + "x" * 2_000)
    assert (answer.status_code, answer.json()["field"]) == (422, "resource")
    answer = ask(client, "/boards/news", "")
    assert (answer.status_code, answer.json()["error"]) == (503, "pdp_unavailable")
    assert len(answer.json()["request_id"]) == 36
    assert host.did == []


def test_what_no_rule_names_is_denied(host: Host, client: TestClient) -> None:
    for path, method in [
        ("/forgotten", "GET"),
        ("/boards/news", "PUT"),
        ("/nowhere", "GET"),
        ("/boards/news/", "GET"),
        ("/", "OPTIONS"),
    ]:
        answer = ask(client, path, method=method)
        assert (answer.status_code, answer.json()["reason"]) == (403, "no_rule")
        assert ask(client, path, None, method=method).status_code == 401
    assert ask(client, "/health", None).text == "public"
    assert host.did == ["GET /health"]


def test_a_websocket_is_guarded_at_its_handshake(host: Host, client: TestClient) -> None:
    refused = [
        ("/boards/news", {"X-User": "user:666"}, 1008, "banned"),
        ("/boards/news", {}, 1008, "unauthenticated"),
        ("/boards/news", {"X-User": ""}, 1013, "pdp_unavailable"),
        ("/forgotten", {"X-User": "user:1"}, 1008, "no_rule"),
    ]
    for path, headers, code, reason in refused:
        with pytest.raises(WebSocketDisconnect) as closed:
            with client.websocket_connect(path, headers=headers):
                pass
        assert (closed.value.code, closed.value.reason) == (code, reason)
    assert host.did == []
    with client.websocket_connect("/boards/news", headers={"X-User": "user:7"}) as socket:
        assert socket.receive_text() == "members"
    assert host.did == ["live"]


def test_reasons_can_be_kept_back() -> None:
    host = Host(engine=pdp.Engine.from_yaml(POLICIES), expose_reason=False)
    with host.client() as client:
        for path in ("/boards/none", "/forgotten", "/export/1"):
            answer = ask(client, path, headers={"X-Request-ID": "r"})
            assert answer.json() == {"error": "access_denied", "request_id": "r"}


def test_a_test_decides_what_it_wants(host: Host, client: TestClient) -> None:
    with host.pdp.deciding(Scripted().fail("post")):
        assert ask(client, "/boards/none", "user:666").text == "permitted_in_test"
        assert ask(client, "/boards/team", method="POST").status_code == 503
        assert ask(client, "/forgotten").status_code == 403


def raises(_: HTTPConnection) -> Any:
    raise KeyError("nothing today")


async def nobody(_: HTTPConnection) -> None:
    return None


@pytest.mark.parametrize(
    ("rule", "actor", "status"),
    [
        (Rule("/boards/{b}", "read", raises), current_actor, 503),
        (Rule("/boards/{b}", "read", "board:news", context=raises), current_actor, 503),
        (Rule("/boards/{b}", "read", "board:news"), raises, 503),
        (Rule("/boards/{b}", "read", "board:news"), nobody, 401),
        (Rule("/boards/{b:int}", "read", "board:news"), current_actor, 403),
        (Rule("/boards/{b}", "read", lambda _: None), current_actor, 422),
        (Rule("/boards/{b}", "read", "board:news", context=lambda _: [1]), current_actor, 422),
    ],
)
def test_an_exception_is_never_a_permit(rule: Rule, actor: Callable[..., Any], status: int) -> None:
    host = Host([rule], actor, engine=pdp.Engine.from_yaml(POLICIES))
    with host.client() as client:
        assert ask(client, "/boards/news").status_code == status
    assert host.did == []


def test_a_handler_asks_itself_and_refuses() -> None:
    guard = PDP(engine=pdp.Engine.from_yaml(POLICIES))

    async def post(request: Request) -> JSONResponse:
        await guard.check("user:1", "post", "board:team", {"length": len(await request.body())})
        return JSONResponse("posted")

    app = Starlette(routes=[Route("/post", post, methods=["POST"])])
    guard.init_app(app)
    with TestClient(app) as client:
        assert client.post("/post", content="short").json() == "posted"
        assert client.post("/post", content="too long").json()["reason"] == "long"


def test_settings_that_cannot_be() -> None:
    guard = PDP(engine=pdp.Engine.from_yaml(POLICIES))
    settings: dict[str, Any] = {"pdp": guard, "get_actor": current_actor, "rules": []}
    with pytest.raises(ValueError, match="has no id"):
        Rule("/boards/{board_id}", "read", "board:{id}")
    with pytest.raises(ValueError, match="a list"):
        Rule("/boards", "read", "board:news", methods="GET")
    with pytest.raises(ValueError, match="a list"):
        Guarded(Starlette(), public="/health", **settings)
    rooted = Starlette()
    rooted.root_path = "/api"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="root_path"):
        Guarded(rooted, **settings)


def test_it_is_there_without_fastapi() -> None:
    code = "import sys; sys.modules['fastapi'] = None; import pdp.starlette"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_routes_under_a_middleware_are_guarded() -> None:
    host = Host(engine=pdp.Engine.from_yaml(POLICIES))
    assert_all_guarded(host.app, public={"/health"})
    with pytest.raises(AssertionError, match="^not guarded: /health$"):
        assert_all_guarded(host.app)
    with pytest.raises(AssertionError, match="no such route: /typo"):
        assert_all_guarded(host.app, public={"/health", "/typo"})

    def around(path: str, *public: str) -> Middleware:
        return Middleware(
            Guarded, pdp=host.pdp, get_actor=current_actor, rules=[Rule(path, "read", "board:b")], public=public
        )

    async def static(*_: Any) -> None: ...

    handle, live = host.handle, host.live
    parts = Starlette(
        routes=[
            Route("/open", handle),
            Route("/kept", handle, middleware=[around("/kept")]),
            Route("/half/{id}", handle, middleware=[around("/half/{id}", "/half/{any}")]),
            WebSocketRoute("/socket", live),
            Mount("/a", routes=[Route("/x", handle), Route("/y", handle)], middleware=[around("/x", "/y")]),
            Mount("/b", app=Guarded(Starlette(routes=[Route("/z", handle)]), pdp=host.pdp, get_actor=current_actor, rules=[])),
            Mount("/files", app=static, middleware=[around("/x", "/css/{path:path}")]),
            Mount("/other", app=static, middleware=[around("/x")]),
        ]
    )
    with pytest.raises(AssertionError) as raised:
        assert_all_guarded(parts)
    assert str(raised.value) == "not guarded: /open, /half/{id}, /socket, /a/y, /files"
    whole = Guarded(parts, pdp=host.pdp, get_actor=current_actor, rules=[], public=["/a/{path:path}"])
    with pytest.raises(AssertionError, match="^not guarded: /a/y$"):
        assert_all_guarded(whole)


def test_files_where_no_route_fits_are_a_route(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    app = FastAPI(openapi_url=None)
    app.frontend("/", directory=tmp_path)
    with pytest.raises(AssertionError, match="^not guarded: /$"):
        assert_all_guarded(app)
    assert_all_guarded(app, public={"/"})
    guard = PDP(engine=pdp.Engine.from_yaml(POLICIES))
    app.add_middleware(Guarded, pdp=guard, get_actor=current_actor, rules=[])
    assert_all_guarded(app)
    with TestClient(app) as client:
        assert ask(client, "/").status_code == 403


def test_both_guards_in_one_application_of_fastapi() -> None:
    guard = fastapi.PDP(engine=pdp.Engine.from_yaml(POLICIES), get_actor=fastapi_actor)
    app, router = FastAPI(openapi_url=None), APIRouter(prefix="/boards")

    @router.get("/{board_id}", dependencies=[guard.require("read", "board:{board_id}")])
    async def read(board_id: str, request: Request) -> str:
        return str(request.state.decision.reason)

    @router.get("/{board_id}/open")
    async def open_to_all(board_id: str) -> None: ...

    app.include_router(router)
    guard.init_app(app)
    with pytest.raises(AssertionError, match="^not guarded: /boards/{board_id}/open$"):
        assert_all_guarded(app)
    rule = Rule("/boards/{id}", "read", "board:news")
    app.add_middleware(Guarded, pdp=guard, get_actor=current_actor, rules=[rule], public=["/boards/{id}"])
    assert_all_guarded(app)
    app.user_middleware[0].kwargs["public"] = []
    with TestClient(app) as client:
        assert ask(client, "/boards/news").json() == "members"
        assert ask(client, "/boards/none").json()["error"] == "access_denied"
        with guard.deciding(Scripted(permits=False)):
            assert ask(client, "/boards/news").status_code == 403
