"""Ask a decision point elsewhere: `pdp serve` over HTTP or gRPC.

The questions are those of `pdp.Engine`, and so are the answers.
"""

import asyncio
from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING, Generic, TypeVar

from pdp._pdp import Connection, Decision, Request

if TYPE_CHECKING:
    from pdp._pdp import (
        Call,
        _AskedActor,
        _AskedResource,
        _Question,
        _R,
        _Time,
        _Values,
    )

__all__ = ["AsyncClient", "Client"]

_T = TypeVar("_T")

#: How long a call may take, where nothing else is said.
DEADLINE_SECONDS = 1.0


class _Base:
    """`url` is `http://HOST:PORT`, `https://…`, `grpc://HOST:PORT`, `grpcs://…`, `unix:PATH` or
    `grpc+unix:PATH`. `key` is the API key by which the decision point knows this caller. `deadline`
    is how many seconds a call may take, with whatever it takes to connect. `connections` is how many
    are used at once. `ca`, `certificate` and `private_key` are files in PEM: whom to trust, and who
    to be.

    After five failures in a row nothing is asked for a second: calls fail at once.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        deadline: float = DEADLINE_SECONDS,
        connections: int | None = None,
        ca: str | PathLike[str] | None = None,
        certificate: str | PathLike[str] | None = None,
        private_key: str | PathLike[str] | None = None,
    ):
        self._url = url
        identity = None
        if certificate is not None and private_key is not None:
            identity = (certificate, private_key)
        elif certificate is not None or private_key is not None:
            raise ValueError("`certificate` and `private_key` go together")
        if ca is None and identity is not None:
            raise ValueError("`certificate` goes with `ca`")
        tls = None if ca is None else (ca, identity)
        self._connection = Connection(url, key, deadline, connections, tls)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"


class Client(_Base):
    __doc__ = f"""Asks a decision point elsewhere, and waits for its answers. Threads may share it.

    {_Base.__doc__}

    >>> pdp.Client("http://127.0.0.1:7012")
    Client('http://127.0.0.1:7012')
    """

    def evaluate(
        self,
        actor: "_AskedActor",
        action: str,
        resource: "_AskedResource",
        context: "_Values | None" = None,
        now: "_Time | None" = None,
        *,
        request_id: str | None = None,
    ) -> Decision:
        """Decides one question, as `pdp.Engine.evaluate` does; under an `X-Request-ID`.

        Raises `pdp.RequestError`, or `pdp.NoDecisionError` where there is no decision.
        """
        return self.decide(Request(actor, action, resource, context, now), request_id=request_id)

    def decide(self, request: "_Question", *, request_id: str | None = None) -> Decision:
        """Decides a whole question, as `pdp.Engine.decide` does; raises as `evaluate`."""
        return self._connection.ask(request, request_id)

    def evaluate_many(
        self, requests: "Iterable[_Question]", *, request_id: str | None = None
    ) -> list[Decision]:
        """Decides several questions by one revision, in one call; raises as `evaluate`."""
        requests = list(requests)
        return self._connection.ask_many(requests, request_id) if requests else []

    def permitted(
        self,
        actor: "_AskedActor",
        action: str,
        resources: "Iterable[_R]",
        context: "_Values | None" = None,
        now: "_Time | None" = None,
        *,
        request_id: str | None = None,
    ) -> "list[_R]":
        """Those of some resources on which the actor may do the action; raises as `evaluate`."""
        resources = list(resources)
        questions = [Request(actor, action, one, context, now) for one in resources]
        decisions = self.evaluate_many(questions, request_id=request_id)
        return [one for one, decision in zip(resources, decisions, strict=True) if decision]


class AsyncClient(_Base):
    __doc__ = f"""Asks a decision point elsewhere, from an event loop of asyncio.

    {_Base.__doc__}

    >>> pdp.AsyncClient("grpc://127.0.0.1:7022")
    AsyncClient('grpc://127.0.0.1:7022')
    """

    async def evaluate(
        self,
        actor: "_AskedActor",
        action: str,
        resource: "_AskedResource",
        context: "_Values | None" = None,
        now: "_Time | None" = None,
        *,
        request_id: str | None = None,
    ) -> Decision:
        """Decides one question, as `pdp.Engine.evaluate` does; under an `X-Request-ID`.

        Raises `pdp.RequestError`, or `pdp.NoDecisionError` where there is no decision.
        """
        question = Request(actor, action, resource, context, now)
        return await self.decide(question, request_id=request_id)

    async def decide(self, request: "_Question", *, request_id: str | None = None) -> Decision:
        """Decides a whole question, as `pdp.Engine.decide` does; raises as `evaluate`."""
        answer: _Answer[Decision] = _Answer()
        call = self._connection.begin(request, request_id, answer.event_loop, answer.settle)
        return await answer.of(call)

    async def evaluate_many(
        self, requests: "Iterable[_Question]", *, request_id: str | None = None
    ) -> list[Decision]:
        """Decides several questions by one revision, in one call; raises as `evaluate`."""
        requests = list(requests)
        if not requests:
            return []
        answer: _Answer[list[Decision]] = _Answer()
        call = self._connection.begin_many(requests, request_id, answer.event_loop, answer.settle)
        return await answer.of(call)

    async def permitted(
        self,
        actor: "_AskedActor",
        action: str,
        resources: "Iterable[_R]",
        context: "_Values | None" = None,
        now: "_Time | None" = None,
        *,
        request_id: str | None = None,
    ) -> "list[_R]":
        """Those of some resources on which the actor may do the action; raises as `evaluate`."""
        resources = list(resources)
        questions = [Request(actor, action, one, context, now) for one in resources]
        decisions = await self.evaluate_many(questions, request_id=request_id)
        return [one for one, decision in zip(resources, decisions, strict=True) if decision]


class _Answer(Generic[_T]):
    """What an event loop waits for."""

    def __init__(self) -> None:
        self.event_loop = asyncio.get_running_loop()
        self._future: asyncio.Future[_T] = self.event_loop.create_future()

    def settle(self, made: _T, fault: BaseException | None) -> None:
        """Called in the event loop when the answer is there."""
        if self._future.done():
            return
        if fault is None:
            self._future.set_result(made)
        else:
            self._future.set_exception(fault)

    async def of(self, call: "Call") -> _T:
        """The answer; whoever stops waiting for it ends the call."""
        try:
            return await self._future
        finally:
            call.cancel()
