"""How long a decision takes beside other engines that Python has: Cedar (cedarpy) and Casbin (pycasbin).

    pip install cedarpy==4.12.2 casbin==1.43.0
    python peers.py FOLDER      # what `workload` wrote there

Each has the strongest form that it offers: what can be prepared is, and every resource has a small set
of policies of its own, which the caller looks up. All are held against the reference first.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import casbin
import cedarpy
import pdp

ROUNDS = 7
MANAGERS = ("owners", "admins")
ALL = ("owners", "admins", "members")

#: Of a resource: actions, who may do them, and who may not although they might.
Rules = list[tuple[tuple[str, ...], list[str], list[str]]]


def rules_of(documents: dict[str, dict[str, Any]]) -> Iterator[tuple[tuple[str, str], Rules]]:
    """By type and id, the rules of the seed."""

    def members(microdao: str, lists: Any) -> list[str]:
        document = documents["microdao"][microdao]
        return [actor for name in lists for actor in document[name]]

    for id in documents["microdao"]:
        managers = members(id, MANAGERS)
        yield ("usage", id), [(("view_usage",), managers, [])]
        of_microdao: Rules = [(("read",), members(id, ALL), []), (("manage", "invite"), managers, [])]
        yield ("microdao", id), of_microdao
    for id, document in documents["channel"].items():
        allowed = members(document["microdao"], document["allowed"])
        managers = members(document["microdao"], MANAGERS)
        talking = (("read", "send_message"), allowed, document["blocked"])
        yield ("channel", id), [talking, (("manage",), managers, [])]
    for id, document in documents["tool"].items():
        roles = [f"role:{role}" for role in document["roles"]]
        yield ("tool", id), [(("exec_tool",), document["agents"] + roles, [])]
    for id, document in documents["agent"].items():
        microdao = document["microdao"]
        of_agent: Rules = [(("read",), members(microdao, ALL), []), (("manage",), members(microdao, MANAGERS), [])]
        yield ("agent", id), of_agent


TYPES = {"human": "User", "agent": "Agent", "service": "Service"}


class Cedar:
    """Literal lists of principals; the roles that a request claims stand in the context."""

    GLOBAL = 'permit(principal, action, resource) when { context.roles.contains("system_admin") };\n'

    def __init__(self, documents: dict[str, dict[str, Any]]):
        self.all = cedarpy.PolicySet.from_str(self.GLOBAL)
        self.nothing = cedarpy.Entities.from_json_str("[]")
        self.slices = {
            resource: cedarpy.PolicySet.from_str(self.GLOBAL + "".join(map(self.policy, rules)))
            for resource, rules in rules_of(documents)
        }

    def policy(self, rule: tuple[tuple[str, ...], list[str], list[str]]) -> str:
        actions, may, may_not = rule
        action = ", ".join(f'Action::"{action}"' for action in actions)
        roles = [name.removeprefix("role:") for name in may if name.startswith("role:")]
        parts = [f"{self.listed(may)}.contains(principal)"]
        if roles:
            parts.append(f"context.roles.containsAny({json.dumps(roles)})")
        if "user:*" in may:
            parts.append("principal is User")
        unless = f" unless {{ {self.listed(may_not)}.contains(principal) }}" if may_not else ""
        return f"permit(principal, action in [{action}], resource) when {{ {' || '.join(parts)} }}{unless};\n"

    @staticmethod
    def listed(actors: list[str]) -> str:
        named = [actor for actor in actors if actor != "user:*" and not actor.startswith("role:")]
        kinds = {"user": "User", "agent": "Agent", "service": "Service"}
        return "[" + ", ".join(f'{kinds[one.split(":")[0]]}::"{one}"' for one in named) + "]"

    def question(self, request: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, str]]:
        actor, resource = request["actor"], request["resource"]
        asked = {
            "principal": f'{TYPES[actor["actor_type"]]}::"{actor["actor_id"]}"',
            "action": f'Action::"{request["action"]}"',
            "resource": f'{resource["type"].capitalize()}::"{resource["id"]}"',
            "context": {"roles": actor["roles"]},
        }
        return asked, (resource["type"], resource["id"])

    def permits(self, question: tuple[dict[str, Any], tuple[str, str]]) -> bool:
        asked, resource = question
        policies = self.slices.get(resource, self.all)
        return bool(cedarpy.is_authorized(asked, policies, self.nothing).allowed)


class Casbin:
    """A small enforcer for each resource; the request carries its roles, and `user:*` for humans."""

    MODEL = """
[request_definition]
r = sub, roles, act
[policy_definition]
p = sub, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (r.sub == p.sub || p.sub in r.roles) && r.act == p.act && (p.eft == "allow" || !("role:system_admin" in r.roles)) || p.sub == "role:system_admin" && p.sub in r.roles
"""
    ADMIN = ["role:system_admin", "*", "allow"]

    def __init__(self, documents: dict[str, dict[str, Any]]):
        self.all = self.enforcer([])
        self.slices = {resource: self.enforcer(rules) for resource, rules in rules_of(documents)}

    def enforcer(self, rules: Rules) -> casbin.FastEnforcer:
        model = casbin.Model()
        model.load_model_from_text(self.MODEL)
        enforcer = casbin.Enforcer(model)
        lines = [self.ADMIN]
        for actions, may, may_not in rules:
            for action in actions:
                lines += [[actor, action, "allow"] for actor in dict.fromkeys(may)]
                lines += [[actor, action, "deny"] for actor in dict.fromkeys(may_not)]
        enforcer.add_policies(lines)
        return enforcer

    def question(self, request: dict[str, Any]) -> tuple[tuple[str, list[str], str], tuple[str, str]]:
        actor, resource = request["actor"], request["resource"]
        roles = [f"role:{role}" for role in actor["roles"]]
        if actor["actor_type"] == "human":
            roles.append("user:*")
        return (actor["actor_id"], roles, request["action"]), (resource["type"], resource["id"])

    def permits(self, question: tuple[tuple[str, list[str], str], tuple[str, str]]) -> bool:
        asked, resource = question
        return bool(self.slices.get(resource, self.all).enforce(*asked))


def main() -> None:
    folder = Path(sys.argv[1])
    documents = json.loads((folder / "documents.json").read_text())
    lines = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
    requests, permits = [line["request"] for line in lines], [line["permits"] for line in lines]
    begin = time.perf_counter()
    engine = pdp.Engine.load(folder / "policies")
    loaded = {"pdp": time.perf_counter() - begin}
    begin = time.perf_counter()
    cedar = Cedar(documents)
    loaded["Cedar"] = time.perf_counter() - begin
    begin = time.perf_counter()
    rules = Casbin(documents)
    loaded["Casbin"] = time.perf_counter() - begin

    ways: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
        "pdp, dict from JSON": (engine.decide, requests),
        "pdp, Request": (
            engine.decide,
            [pdp.Request(one["actor"], one["action"], one["resource"]) for one in requests],
        ),
        "Cedar": (cedar.permits, [cedar.question(one) for one in requests]),
        "Casbin": (rules.permits, [rules.question(one) for one in requests]),
    }
    for name, (ask, questions) in ways.items():
        assert [bool(ask(one)) for one in questions] == permits, name
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (ask, questions) in ways.items():
            begin = time.perf_counter()
            for one in questions:
                ask(one)
            times[name].append((time.perf_counter() - begin) / len(questions) * 1e6)
    print("loading, ms: " + ", ".join(f"{name} {took * 1e3:.0f}" for name, took in loaded.items()))
    print("microseconds a decision: median (least-most), and how many times that of a dict")
    reference = statistics.median(times["pdp, dict from JSON"])
    for name, each in times.items():
        middle = statistics.median(each)
        print(f"{name:18} {middle:8.2f} ({min(each):.2f}-{max(each):.2f}) {middle / reference:8.1f}")


main()
