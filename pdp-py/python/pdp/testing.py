"""For the tests of an application: decisions without policies and without a server.

>>> from pdp.testing import Scripted
>>> decider = Scripted().deny("read", reason="banned")
>>> [decider.evaluate("user:7", action, "board:news").reason for action in ("post", "read")]
['permitted_in_test', 'banned']
>>> [question.action for question in decider.asked]
['post', 'read']

An application that is guarded by `pdp.fastapi.PDP` asks it within `with guard.deciding(decider):`.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from pdp._pdp import Decision, Request
from pdp.errors import UnavailableError

if TYPE_CHECKING:
    from pdp._pdp import _AskedActor, _AskedResource, _Question, _Time, _Values

__all__ = ["Scripted"]


class Scripted:
    """A decider that answers what a test wants, and notes in `asked` what it was asked.

    What nothing was said of is permitted, or denied with `permits=False`. Of what was said of an
    action and a resource, the last that fits counts; `None` fits any. A resource is `type:id`.
    """

    def __init__(self, *, permits: bool = True):
        self.asked: list[Request] = []
        self._script: list[tuple[str | None, str | None, Decision | None]] = []
        self._otherwise = _decision(permits, None, ())

    def permit(
        self,
        action: str | None = None,
        resource: str | None = None,
        *,
        reason: str | None = None,
        obligations: Iterable[dict[str, Any]] = (),
    ) -> Self:
        """From now on this is permitted. Obligations are dicts with `type` and `properties`."""
        self._script.append((action, resource, _decision(True, reason, obligations)))
        return self

    def deny(
        self, action: str | None = None, resource: str | None = None, *, reason: str | None = None
    ) -> Self:
        """From now on this is denied."""
        self._script.append((action, resource, _decision(False, reason, ())))
        return self

    def fail(self, action: str | None = None, resource: str | None = None) -> Self:
        """From now on there is no decision on this: `pdp.UnavailableError`."""
        self._script.append((action, resource, None))
        return self

    def evaluate(
        self,
        actor: "_AskedActor",
        action: str,
        resource: "_AskedResource",
        context: "_Values | None" = None,
        now: "_Time | None" = None,
    ) -> Decision:
        """As `pdp.Engine.evaluate`."""
        return self.decide(Request(actor, action, resource, context, now))

    def decide(self, request: "_Question") -> Decision:
        """As `pdp.Engine.decide`."""
        question = _read(request)
        self.asked.append(question)
        named = f"{question.resource.type}:{question.resource.id}"
        for action, resource, decision in reversed(self._script):
            if action in (None, question.action) and resource in (None, named):
                if decision is None:
                    raise UnavailableError("as the test wants it")
                return decision
        return self._otherwise

    def evaluate_many(self, requests: "Iterable[_Question]") -> list[Decision]:
        """As `pdp.Engine.evaluate_many`."""
        return [self.decide(request) for request in requests]


def _read(request: "_Question") -> Request:
    if isinstance(request, Request):
        return request
    return Request(**request) if isinstance(request, dict) else Request(*request)


def _decision(
    permits: bool, reason: str | None, obligations: Iterable[dict[str, Any]]
) -> Decision:
    decision = {
        "decision_id": "00000000-0000-7000-8000-000000000000",
        "effect": "permit" if permits else "deny",
        "reason": reason or ("permitted_in_test" if permits else "denied_in_test"),
        "rule": None,
        "bypass": False,
        "obligations": list(obligations),
        "errors": [],
        "policy": {"digest": "sha256:" + "0" * 64, "revision": 1},
    }
    return Decision.from_json(json.dumps(decision))
