"""A decision point elsewhere gives the same decisions, and is never a permit when it gives none."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import pdp
from conftest import BOARD
from served import Served, needs_program

pytestmark = needs_program

QUESTIONS = [
    ("user:7", "read", "board:news"),
    ("user:666", "read", "board:news"),
    ("user:7", "post", ("board", "none")),
    ({"actor_id": "agent:a", "actor_type": "agent", "roles": ["x"]}, "fly", {"type": "bird", "id": "1"}, {"a": [1, None, {"b": 2.5}]}),
    (pdp.Actor("user:8", memberships=[("t", "r")]), "post", pdp.Resource("board", "news"), None, "2026-01-01T00:00:00Z"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("board")
    (folder / "policies").mkdir()
    (folder / "policies" / "policy.yaml").write_text(BOARD)
    with Served(folder / "policies", folder) as served:
        yield served


@pytest.fixture(params=range(4), ids=["http", "grpc", "http-unix", "grpc-unix"])
def url(request: pytest.FixtureRequest, served: Served) -> str:
    return served.urls[request.param]


def test_the_same_decisions(board: pdp.Engine, url: str) -> None:
    client = pdp.Client(url, deadline=10)
    expected = board.evaluate_many(QUESTIONS)
    for question, wanted in zip(QUESTIONS, expected, strict=True):
        for got in (client.decide(question), client.evaluate(*question)):
            assert got.to_dict() == wanted.to_dict()
            assert got.permitted is wanted.permitted
            assert got.decision_id is not None and wanted.decision_id is None
            assert got.dropped == []
    many = client.evaluate_many(QUESTIONS)
    assert [one.to_dict() for one in many] == [one.to_dict() for one in expected]
    boards = ["board:none", ("board", "news")]
    assert client.permitted("user:7", "read", boards) == board.permitted("user:7", "read", boards)
    assert client.evaluate_many([]) == [] == client.permitted("user:7", "read", [])


def test_the_same_decisions_in_an_event_loop(board: pdp.Engine, url: str) -> None:
    async def ask() -> None:
        client = pdp.AsyncClient(url, deadline=10)
        expected = [one.to_dict() for one in board.evaluate_many(QUESTIONS)]
        each = await asyncio.gather(*(client.evaluate(*one) for one in QUESTIONS * 20))
        assert [one.to_dict() for one in each] == expected * 20
        assert [one.to_dict() for one in await client.evaluate_many(QUESTIONS)] == expected
        assert await client.permitted("user:7", "read", ["board:x", "board:news"]) == ["board:news"]
        assert await client.evaluate_many([]) == []

    asyncio.run(ask())


def test_mistakes_are_told_before_anything_is_sent(url: str) -> None:
    client = pdp.Client(url)
    with pytest.raises(pdp.RequestError) as raised:
        client.evaluate_many([QUESTIONS[0], ("", "read", "board:news")])
    assert raised.value.field == "requests[1].actor"

    async def ask() -> None:
        with pytest.raises(pdp.RequestError):
            await pdp.AsyncClient(url).decide(("user:7", "read", "board"))

    asyncio.run(ask())


def test_a_refusal_says_why(served: Served) -> None:
    for url in served.urls[:2]:
        with pytest.raises(pdp.RefusedError) as raised:
            pdp.Client(url, key="nobody's", deadline=10).decide(QUESTIONS[0])
        assert raised.value.kind == "unauthenticated"
        with pytest.raises(pdp.RefusedError) as raised:
            pdp.Client(url, deadline=10).evaluate_many(QUESTIONS[:1] * 1_001)
        assert raised.value.field == "requests"


def test_threads_share_a_client(url: str) -> None:
    client, wrong = pdp.Client(url, deadline=20), []

    def ask() -> None:
        for number in range(20):
            question, may = QUESTIONS[number % 2], number % 2 == 0
            if client.decide(question).permitted is not may:
                wrong.append(number)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert wrong == []


def test_a_fork_asks_for_itself(url: str) -> None:
    client = pdp.Client(url, deadline=10)
    assert client.decide(QUESTIONS[0])
    child = os.fork()
    if child == 0:
        os._exit(0 if client.decide(QUESTIONS[0]).permitted else 1)
    until = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended == (child, 0)
    assert client.decide(QUESTIONS[0])


def test_a_decision_point_that_dies_is_no_permit(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.yaml").write_text(BOARD)
    with Served(tmp_path / "policies", tmp_path) as served:
        clients = [pdp.Client(url, deadline=5) for url in served.urls]
        assert all(client.decide(QUESTIONS[0]) for client in clients)
    for client in clients:
        for _ in range(8):
            with pytest.raises(pdp.UnavailableError):
                client.decide(QUESTIONS[0])
        begin = time.perf_counter()
        with pytest.raises(pdp.UnavailableError, match="not asked, since the last calls failed"):
            client.decide(QUESTIONS[0])
        assert time.perf_counter() - begin < 1


def test_a_decision_point_that_says_nothing_is_given_up() -> None:
    """Somebody listens, takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        for url in (f"http://{address}", f"grpc://{address}"):
            begin = time.perf_counter()
            with pytest.raises(pdp.UnavailableError):
                pdp.Client(url, deadline=0.2).decide(QUESTIONS[0])
            assert 0.1 < time.perf_counter() - begin < 10


def test_an_answer_that_is_none_is_no_permit() -> None:
    answers = [
        b"{}",
        b'{"effect": "permit"}',
        b'{"decision_id":"x","effect":"allow","reason":"r","rule":null,"bypass":false,"obligations":[],"errors":[],"policy":{"digest":"sha256:' + b"0" * 64 + b'","revision":1}}',
        b"permit",
    ]
    with socket.create_server(("127.0.0.1", 0)) as liar:

        def serve() -> None:
            for answer in answers:
                connection, _ = liar.accept()
                with connection:
                    connection.recv(65_536)
                    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\nconnection: close\r\n\r\n"
                    connection.sendall(head.encode() + answer)

        thread = threading.Thread(target=serve)
        thread.start()
        for _ in answers:
            client = pdp.Client(f"http://127.0.0.1:{liar.getsockname()[1]}", deadline=10)
            with pytest.raises(pdp.UnavailableError, match="not an answer"):
                client.decide(QUESTIONS[0])
        thread.join(timeout=20)


def test_who_stops_waiting_ends_the_call() -> None:
    async def ask(url: str) -> None:
        client = pdp.AsyncClient(url, deadline=60)
        begin = time.perf_counter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.decide(QUESTIONS[0])
        assert time.perf_counter() - begin < 10

    with socket.create_server(("127.0.0.1", 0)) as mute:
        for scheme in ("http", "grpc"):
            asyncio.run(ask(f"{scheme}://127.0.0.1:{mute.getsockname()[1]}"))


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("ftp://x", {}),
        ("http://", {}),
        ("http://127.0.0.1:1", {"deadline": 0}),
        ("http://127.0.0.1:1", {"deadline": -1}),
        ("http://127.0.0.1:1", {"deadline": float("nan")}),
        ("http://127.0.0.1:1", {"connections": 0}),
        ("http://127.0.0.1:1", {"key": "a\nb"}),
        ("https://127.0.0.1:1", {}),
        ("https://127.0.0.1:1", {"certificate": "x"}),
        ("https://127.0.0.1:1", {"certificate": "x", "private_key": "y"}),
    ],
)
def test_settings_that_cannot_be(url: str, settings: dict) -> None:
    with pytest.raises(ValueError):
        pdp.Client(url, **settings)
