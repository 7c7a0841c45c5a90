"""What the guard adds to a route of FastAPI: the same route with it and without, called in turn.

    python guard.py FOLDER      # what `workload` wrote there

The application is called as a server calls it (ASGI), without a server. The route without the guard has
the same dependency for who asks, and the same parameter.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import pdp
from fastapi import Depends, FastAPI, Header
from pdp.fastapi import PDP

CALLS = 20_000


def application(engine: pdp.Engine) -> FastAPI:
    app = FastAPI(openapi_url=None)

    async def actor(x_actor: Annotated[str, Header()]) -> str:
        return x_actor

    guard = PDP(app, engine=engine, get_actor=actor)

    @app.get("/guarded/{id}")
    async def guarded(
        id: str, decision: Annotated[pdp.Decision, guard.require("read", ("microdao", "{id}"))]
    ) -> dict[str, str]:
        return {"id": id}

    @app.get("/plain/{id}")
    async def plain(id: str, actor: Annotated[str, Depends(actor)]) -> dict[str, str]:
        return {"id": id}

    return app


async def call(app: FastAPI, path: str, actor: str) -> tuple[int, float]:
    """The status, and how long it took in microseconds."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"x-actor", actor.encode())],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    begin = time.perf_counter()
    await app(scope, receive, send)
    return status, (time.perf_counter() - begin) * 1e6


async def main() -> None:
    folder = Path(sys.argv[1])
    engine = pdp.Engine.load(folder / "policies")
    documents = json.loads((folder / "documents.json").read_text())["microdao"]
    # Whoever owns it may read it: both routes do the same then.
    asked = [(id, document["owners"][0]) for id, document in documents.items()]
    app = application(engine)
    times: dict[str, list[float]] = {"plain": [], "guarded": []}
    for turn in range(CALLS + 1_000):
        id, actor = asked[turn % len(asked)]
        for name, each in times.items():
            status, took = await call(app, f"/{name}/{id}", actor)
            assert status == 200, (name, id, status)
            if turn >= 1_000:
                each.append(took)
    quantiles = {name: statistics.quantiles(each, n=1000) for name, each in times.items()}
    for label, at in (("median", 500), ("p90", 900), ("p99", 990)):
        plain, guarded = quantiles["plain"][at - 1], quantiles["guarded"][at - 1]
        print(f"{label:6} plain {plain:7.1f} µs, guarded {guarded:7.1f} µs: {guarded - plain:+.1f} µs")


asyncio.run(main())
