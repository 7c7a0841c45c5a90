"""How long a decision takes in Python: the engine beside the same rules as plain `if`s.

    python decide.py FOLDER      # what `workload` wrote there

Every way to ask is held against the reference before anything is timed. Times are of one call, the
median of rounds (and the least and the most), each a pass over all hot requests; the ways take turns.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdp

ROUNDS = 31


class Plain:
    """The rules of the seed as a Python program would have them: dicts, lists and `if`."""

    def __init__(self, documents: dict[str, dict[str, Any]]):
        self.documents = documents

    def evaluate(self, request: dict[str, Any]) -> bool:
        actor, resource, action = request["actor"], request["resource"], request["action"]
        if "system_admin" in actor["roles"]:
            return True
        kind, id = resource["type"], resource["id"]
        if kind == "usage":
            microdao = self.documents["microdao"].get(id)
            return (
                microdao is not None
                and action == "view_usage"
                and self.has(actor, microdao, ("owners", "admins"))
            )
        document = self.documents[kind].get(id)
        if document is None:
            return False
        if kind == "microdao":
            if action == "read":
                return self.has(actor, document, ("owners", "admins", "members"))
            return action in ("manage", "invite") and self.has(actor, document, ("owners", "admins"))
        if kind == "tool":
            if action != "exec_tool":
                return False
            if actor["actor_id"] in document["agents"]:
                return True
            return any(role in actor["roles"] for role in document["roles"])
        microdao = self.documents["microdao"][document["microdao"]]
        if kind == "channel":
            if action in ("read", "send_message"):
                if actor["actor_id"] in document["blocked"]:
                    return False
                return self.has(actor, microdao, document["allowed"])
            return action == "manage" and self.has(actor, microdao, ("owners", "admins"))
        if action == "read":
            return self.has(actor, microdao, ("owners", "admins", "members"))
        return action == "manage" and self.has(actor, microdao, ("owners", "admins"))

    @staticmethod
    def has(actor: dict[str, Any], microdao: dict[str, Any], lists: Any) -> bool:
        id = actor["actor_id"]
        for name in lists:
            if id in microdao[name]:
                return True
            if name == "members" and actor["actor_type"] == "human" and "user:*" in microdao[name]:
                return True
        return False


def main() -> None:
    folder = Path(sys.argv[1])
    plain = Plain(json.loads((folder / "documents.json").read_text()))
    engine = pdp.Engine.load(folder / "policies")
    lines = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
    requests, permits = [line["request"] for line in lines], [line["permits"] for line in lines]
    prepared = [
        pdp.Request(one["actor"], one["action"], one["resource"]) for one in requests
    ]
    parts = [
        (
            one["actor"]["actor_id"],
            one["actor"]["actor_type"],
            one["actor"]["microdao_ids"],
            one["actor"]["roles"],
            one["action"],
            one["resource"]["type"],
            one["resource"]["id"],
        )
        for one in requests
    ]
    # Who asks is known once a session, what is asked about differs: an actor that was made before.
    positional = [
        (pdp.Actor(id, kind, tenants=tenants, roles=roles), action, (of, resource))
        for id, kind, tenants, roles, action, of, resource in parts
    ]

    def built(one: tuple[Any, ...]) -> dict[str, Any]:
        id, kind, tenants, roles, action, of, resource = one
        return {
            "actor": {
                "actor_id": id,
                "actor_type": kind,
                "microdao_ids": tenants,
                "roles": roles,
            },
            "action": action,
            "resource": {"type": of, "id": resource},
        }

    ready = [built(one) for one in parts]
    ways: dict[str, Callable[[], list[Any]]] = {
        "plain, dict built": lambda: [plain.evaluate(built(one)) for one in parts],
        "plain, ready dict": lambda: [plain.evaluate(one) for one in ready],
        "pdp, dict built": lambda: [engine.decide(built(one)) for one in parts],
        "pdp, ready dict": lambda: [engine.decide(one) for one in ready],
        # With every field that there is, in another order, and names that are not interned.
        "pdp, dict from JSON": lambda: [engine.decide(one) for one in requests],
        "pdp, Actor and texts": lambda: [engine.evaluate(a, b, c) for a, b, c in positional],
        "pdp, Request": lambda: [engine.decide(one) for one in prepared],
        "pdp, batches of dicts": lambda: batches(engine, ready),
        "pdp, batches of Request": lambda: batches(engine, prepared),
    }
    for name, way in ways.items():
        assert [bool(one) for one in way()] == permits, name
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begin = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - begin) / len(requests) * 1e9)
    report(times, sum(permits) / len(permits))


def batches(engine: pdp.Engine, requests: list[Any]) -> list[pdp.Decision]:
    decisions = []
    for begin in range(0, len(requests), 1_000):
        decisions += engine.evaluate_many(requests[begin : begin + 1_000])
    return decisions


def report(times: dict[str, list[float]], permitted: float) -> None:
    print(f"{permitted:.0%} permitted; nanoseconds a decision: median (least-most), and the ratio")
    for name, each in times.items():
        against = "plain, dict built" if "built" in name or "texts" in name else "plain, ready dict"
        ratio = statistics.median(times[against]) / statistics.median(each)
        spread = f"({min(each):.0f}-{max(each):.0f})"
        print(f"{name:26} {statistics.median(each):7.0f} {spread:14} {ratio:5.2f} of `{against}`")


main()
