"""However a path is written, a middleware lets nobody reach a handler that its rules keep.

The scopes are made here, as a server might hand them over: no client tidies the paths.
"""

import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

import pdp
from pdp.starlette import PDP, Guarded, Rule

POLICY = """
version: 1
types: {place: {actions: [enter], relations: {guest: direct}}}
rules: [{id: guests, effect: permit, resource: place, actors: {relation: guest}}]
facts: {place:lobby: {guest: "user:*"}}
"""
SECRET = b"secret"
LOOP = asyncio.Runner()


class Everything:
    """An application of many handlers. All but those of `/health`, the lobby and what is public of
    the files say a secret, which the policies permit to nobody."""

    def __init__(self, files: Path, root_path: str = ""):
        (files / "public").mkdir(exist_ok=True)
        (files / "public" / "open.txt").write_bytes(b"open")
        (files / "hidden.txt").write_bytes(SECRET)
        (files / "private").mkdir(exist_ok=True)
        (files / "private" / "open.txt").write_bytes(SECRET)
        inner = Starlette(
            routes=[
                Route("/health", self.secret),
                Route("/lobby", self.secret),
                Route("/sub/{id}", self.deep),
                Route("/{rest:path}", self.secret),
            ]
        )
        routes = [
            # What is public is so for every method, and so must be what answers there.
            Route("/health", self.open, methods=["GET", "POST", "DELETE"]),
            Route("/places/lobby", self.open),
            Route("/places/{place}", self.secret),
            WebSocketRoute("/health/live", self.live),
            Mount("/static", StaticFiles(directory=files)),
            Mount("/sub", inner),
            Route("/{rest:path}", self.secret, methods=["GET", "POST", "DELETE"]),
        ]
        if root_path:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.app: Starlette = FastAPI(root_path=root_path, routes=routes, openapi_url=None)
        else:
            self.app = Starlette(routes=routes)
        kept = "place:kept"
        self.app.add_middleware(
            Guarded,
            pdp=PDP(engine=pdp.Engine.from_yaml(POLICY)),
            get_actor=lambda _: "user:1",
            rules=[
                Rule("/places/{place}", "enter", "place:{place}"),
                Rule("/static/private/{path:path}", "enter", kept),
                Rule("/static/public/{path:path}", "enter", "place:lobby"),
                Rule("/sub/{path:path}", "enter", kept),
                Rule("/admin/{path:path}", "enter", lambda connection: ("place", connection.path_params["path"])),
            ],
            public=["/health", "/sub/open/{id}"] if not root_path else ["/health", "/sub/{id}"],
        )

    async def open(self, request: HTTPConnection) -> PlainTextResponse:
        return PlainTextResponse("open")

    async def secret(self, request: HTTPConnection) -> PlainTextResponse:
        return PlainTextResponse(SECRET)

    async def deep(self, request: HTTPConnection) -> PlainTextResponse:
        return PlainTextResponse(b"deep " + SECRET)

    async def live(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(SECRET)
        await socket.close()


def told(app: Any, path: str, root_path: str = "", method: str = "GET", kind: str = "http") -> bytes:
    """All that an application says to a path as it stands in a request line."""
    said: list[bytes] = []
    comes = ["websocket.connect" if kind == "websocket" else "http.request"]

    async def receive() -> dict[str, Any]:
        if not comes:
            await asyncio.sleep(20)
        return {"type": comes.pop()}

    async def send(message: Any) -> None:
        said.append(message.get("body") or message.get("bytes") or b"")

    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "path": root_path + unquote(path),
        "raw_path": (root_path + path).encode(),
        "root_path": root_path,
        "query_string": b"",
        "headers": [(b"host", b"here")],
        "scheme": "http" if kind == "http" else "ws",
        "server": ("here", 80),
    }
    if kind == "http":
        scope["method"] = method

    async def answer() -> None:
        async with asyncio.timeout(20):
            await app(scope, receive, send)

    LOOP.run(answer())
    return b"".join(said)


PIECES = [
    *("/", "//", "/.", "/..", "/./", "/../", "%2f", "%2F", "%2e", "%2e%2e", "%252e%252e", "%252f", "\\", "%5c", "%00", "%0a"),
    *("health", "Health", "health/", "places", "lobby", "LOBBY", "kept", "static", "public", "private", "open.txt", "hidden.txt"),
    *("sub", "open", "admin", "api", "live", "x", ";", "é", "%c3%a9", "%ff", "%", " ", "*", "http://here/health"),
]
PATHS = some.lists(some.sampled_from(PIECES), max_size=10).map(lambda pieces: "/" + "".join(pieces))


@pytest.fixture(scope="module", autouse=True)
def loop() -> Iterator[None]:
    with LOOP:
        yield


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    return Everything(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def rooted(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    return Everything(tmp_path_factory.mktemp("files"), "/api")


def test_the_doors_that_are_open(everything: Everything, rooted: Everything) -> None:
    for path in ("/health", "/places/lobby", "/static/public/open.txt"):
        for host in (everything, rooted):
            assert told(host.app, path) == b"open"
        assert told(everything.app, path, "/root") == b"open"
        assert told(rooted.app, "/api" + path) == b"open"


@given(
    path=PATHS,
    root_path=some.sampled_from(["", "/api", "/api/", "/sub", "/static"]),
    method=some.sampled_from(["GET", "HEAD", "POST", "get", "DELETE", ""]),
    kind=some.sampled_from(["http", "http", "http", "websocket"]),
)
@example("/static/public/../hidden.txt", "", "GET", "http")
@example("/static/public/%2e%2e/hidden.txt", "", "GET", "http")
@example("/static/public//../private/open.txt", "", "GET", "http")
@example("/static//private/open.txt", "", "GET", "http")
@example("/static/public/..%2fhidden.txt", "", "GET", "http")
@example("/health/", "", "GET", "http")
@example("/health%0a", "", "GET", "http")
@example("/health", "/sub", "GET", "http")
@example("/Health", "", "GET", "http")
@example("/health/live", "", "GET", "websocket")
@settings(max_examples=800, deadline=None)
def test_no_path_leads_to_a_secret(
    everything: Everything, path: str, root_path: str, method: str, kind: str
) -> None:
    assert SECRET not in told(everything.app, path, root_path, method, kind)


@given(path=PATHS, root_path=some.sampled_from(["", "/api"]))
@example("/sub/open", "")
@example("/sub/open", "/api")
@example("/sub/sub/x", "")
@example("/api/sub/sub/x", "")
@settings(max_examples=300, deadline=None)
def test_what_is_mounted_reads_the_path_that_the_middleware_read(
    rooted: Everything, path: str, root_path: str
) -> None:
    """A proxy took the root path away. `/sub/{id}` is public, and the mounted application has a
    handler of the same path one floor below, which is not."""
    assert b"deep" not in told(rooted.app, path, root_path)


def test_without_the_middleware_there_is_a_secret(everything: Everything) -> None:
    """What the tests above look for can be found."""
    naked = Starlette(routes=everything.app.routes)
    for path in ("/x", "/sub/health", "/static/public/%2e%2e/hidden.txt", "/static//private/open.txt"):
        assert SECRET in told(naked, path), path
    assert b"deep" in told(naked, "/sub/sub/x")
