"""Threads, forks, and a collector of garbage that comes at the worst moment."""

import gc
import os
import sys
import threading
import time

import pdp


def test_threads_share_an_engine_while_facts_change(board: pdp.Engine) -> None:
    over, wrong = threading.Event(), []

    def ask(actor: str, may: bool) -> None:
        while not over.is_set():
            if board.evaluate(actor, "read", "board:news").permitted is not may:
                wrong.append(actor)

    threads = [threading.Thread(target=ask, args=each) for each in [("user:7", True), ("x", False)] * 4]
    for thread in threads:
        thread.start()
    for number in range(200):
        board.add(resource="board:other", relation="member", actor=f"user:{number}")
    over.set()
    for thread in threads:
        thread.join(timeout=20)
    assert wrong == []
    assert board.revision == 201


def test_a_large_batch_lets_other_threads_run(board: pdp.Engine) -> None:
    """While a batch of prepared requests is decided, nobody waits for it longer than for a turn."""
    requests = [pdp.Request("user:7", "read", "board:news")] * 300_000
    longest, over = 0.0, threading.Event()

    def tick() -> None:
        nonlocal longest
        before = time.perf_counter()
        while not over.is_set():
            now = time.perf_counter()
            longest = max(longest, now - before)
            before = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    begin = time.perf_counter()
    decisions = board.evaluate_many(requests)
    took = time.perf_counter() - begin
    over.set()
    ticking.join(timeout=20)
    assert len(decisions) == 300_000 and all(decisions)
    assert longest < took, f"{longest} s of {took} s"


def test_a_fork_decides_and_changes_facts(board: pdp.Engine) -> None:
    child = os.fork()
    if child == 0:
        ok = board.evaluate("user:7", "read", "board:news").permitted
        board.add(resource="board:x", relation="member", actor="u")
        ok &= board.evaluate("u", "read", "board:x").permitted
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not board.evaluate("u", "read", "board:x").permitted


def test_a_fork_lets_go_of_a_watch(tmp_path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\ntypes: {door: {actions: [open]}}")
    watch = pdp.Engine.load(tmp_path).watch()
    child = os.fork()
    if child == 0:
        watch.stop()
        os._exit(0)
    until = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    watch.stop()
    assert ended == (child, 0)


def test_garbage_is_collected_in_the_middle_of_a_call(board: pdp.Engine) -> None:
    """What is collected asks the engine itself, while the engine makes objects."""
    asked = 0

    class Asks:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            nonlocal asked
            asked += board.evaluate("user:7", "read", "board:news").permitted

    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for number in range(300):
            Asks()
            board.add(resource="board:x", relation="member", actor=f"u:{number}")
            decision = board.evaluate("user:666", "read", "board:news")
            assert not decision and decision.to_dict()["reason"] == "banned"
            assert len(board.evaluate_many([("user:7", "read", "board:news")] * 3)) == 3
    finally:
        gc.set_threshold(*before)
    gc.collect()
    assert asked >= 300


def test_nothing_is_lost_or_kept(board: pdp.Engine) -> None:
    """References go up and come down again."""
    actor, action, resource = "user:" + str(os.getpid()), "re" + "ad" * 1, ("board", "ne" + "ws")
    question = {"actor": {"actor_id": actor, "actor_type": "human"}, "action": action, "resource": resource}
    for _ in range(10):
        board.decide(question)
    counts = lambda: [sys.getrefcount(each) for each in (actor, action, resource, question)]
    before = counts()
    for _ in range(1_000):
        board.decide(question)
    assert counts() == before
