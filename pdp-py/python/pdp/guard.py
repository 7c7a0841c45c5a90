"""What all guards have in common: whom they ask, and what they answer in the place of a handler."""

import contextlib
import inspect
import logging
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypedDict, TypeVar

from starlette.applications import Starlette
from starlette.background import BackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse

from pdp import AsyncClient, Client, Decision, Engine, NoDecisionError, Request, RequestError
from pdp.testing import Scripted

__all__ = [
    "NAME",
    "PDP",
    "AccessDenied",
    "InvalidRequest",
    "NoDecision",
    "Refusal",
    "Settings",
    "Template",
    "Unauthenticated",
    "call",
    "fill",
    "new_id",
    "request_id_of",
    "undecided",
]

_LOG = logging.getLogger("pdp")
_T = TypeVar("_T")

#: Who may be asked.
Decider = Engine | AsyncClient | Client | Scripted
#: A resource, as `type:id` or as a pair of both, in which `{name}` stands for a parameter of a path.
Template = str | tuple[str, str]
#: A parameter of a path in a template.
NAME = re.compile(r"\{(\w+)\}")


class Refusal(HTTPException):
    """A request is not let through. As an answer: `{"error": …, "request_id": …}`."""

    status = 403
    error = "access_denied"
    #: With which code a WebSocket is closed.
    close_code = 1008

    def __init__(self, request_id: str, **more: str):
        self.body = {"error": self.error, **more, "request_id": request_id}
        headers = {"X-Request-ID": request_id}
        super().__init__(self.status, detail=self.body, headers=headers)  # type: ignore[arg-type]

    @property
    def response(self) -> JSONResponse:
        """As an answer."""
        return JSONResponse(self.body, self.status_code, self.headers)

    @property
    def close_reason(self) -> str:
        """What is said when a WebSocket is closed."""
        return self.body.get("reason", self.error)[:120]


class Unauthenticated(Refusal):
    """Nobody is known to ask: 401."""

    status = 401
    error = "unauthenticated"


class AccessDenied(Refusal):
    """The decision is a deny: 403, with the reason unless that is kept back."""


class NoDecision(Refusal):
    """There is no decision: 503."""

    status = 503
    error = "pdp_unavailable"
    close_code = 1013


class InvalidRequest(Refusal):
    """What the path or the body names cannot be asked about, such as an id that is too long: 422."""

    status = 422
    error = "invalid_request"


class Settings(TypedDict, total=False):
    """What a `PDP` is told by name."""

    engine: Engine | None
    client: AsyncClient | Client | None
    url: str | None
    key: str | None
    expose_reason: bool
    fulfilling: Collection[str]


class PDP:
    """Asks an engine in this process (`engine`), or a decision point elsewhere (`client`, or the `url`
    of one and the `key` by which it knows this service), and refuses all but permits.

    `expose_reason=False` answers every deny alike.
    `fulfilling` names the obligations that handlers carry out: a permit with any other is a deny.
    """

    def __init__(
        self,
        app: Starlette | None = None,
        *,
        engine: Engine | None = None,
        client: AsyncClient | Client | None = None,
        url: str | None = None,
        key: str | None = None,
        expose_reason: bool = True,
        fulfilling: Collection[str] = (),
    ):
        if url is not None:
            if client is not None:
                raise ValueError("one of `client` and `url`")
            client = AsyncClient(url, key=key)
        if (engine is None) == (client is None):
            raise ValueError("one of `engine`, `client` and `url`")
        self._decider: Decider = engine if engine is not None else client  # type: ignore[assignment]
        self._expose_reason = expose_reason
        self._fulfilling = frozenset(fulfilling)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Starlette) -> None:
        """Has an application answer with the bodies of refusals. Mounted applications need it, too;
        without it they answer with the same, under `detail`."""
        app.add_exception_handler(Refusal, _answer)

    @contextlib.contextmanager
    def deciding(self, decider: Decider) -> Iterator[None]:
        """Has another decider answer meanwhile, such as `pdp.testing.Scripted` in a test."""
        before, self._decider = self._decider, decider
        try:
            yield
        finally:
            self._decider = before

    async def check(
        self,
        actor: Any,
        action: str,
        resource: Any,
        context: dict[str, Any] | None = None,
        *,
        fulfilling: Collection[str] = (),
        request_id: str | None = None,
    ) -> Decision:
        """The permit, or a `Refusal`: for handlers that ask themselves, such as those of a WebSocket
        for each message."""
        request_id = request_id or new_id()
        decision = await self.decide(actor, action, resource, context, request_id=request_id)
        if not decision.permitted:
            raise self.denied(request_id, decision.reason)
        if unmet := self._unmet(decision, fulfilling):
            _LOG.warning("denied: nobody carries out %s", ", ".join(sorted(unmet)))
            raise self.denied(request_id, "obligation_not_fulfilled")
        return decision

    async def decide(
        self,
        actor: Any,
        action: str,
        resource: Any,
        context: dict[str, Any] | None = None,
        *,
        request_id: str | None = None,
    ) -> Decision:
        """The decision, permit or deny; a `Refusal` where there is no actor or no decision."""
        request_id = request_id or new_id()
        if actor is None:
            raise Unauthenticated(request_id)
        with undecided(request_id):
            return await self._decide(Request(actor, action, resource, context), request_id)

    async def permitted(
        self,
        actor: Any,
        action: str,
        items: Iterable[_T],
        resource: Callable[[_T], Any],
        context: dict[str, Any] | None = None,
    ) -> list[_T]:
        """Those of some items on whose resource the actor may do the action, asked all at once."""
        request_id, items = new_id(), list(items)
        if actor is None:
            raise Unauthenticated(request_id)
        with undecided(request_id):
            questions = [Request(actor, action, resource(item), context) for item in items]
            decisions = await self._decide_all(questions, request_id)
        answered = zip(items, decisions, strict=True)
        return [item for item, one in answered if one.permitted and not self._unmet(one)]

    def add_task(
        self,
        tasks: BackgroundTasks,
        task: Callable[..., Any],
        *arguments: Any,
        actor: Any,
        action: str,
        resource: Any,
        **named: Any,
    ) -> None:
        """Adds a background task that asks again when its turn has come, and does nothing if the
        actor may not any more."""

        async def guarded() -> None:
            try:
                await self.check(actor, action, resource)
            except Refusal as refusal:
                name = getattr(task, "__qualname__", repr(task))
                _LOG.warning("%s not begun: %s", name, refusal.body)
                return
            await call(task, *arguments, **named)

        tasks.add_task(guarded)

    async def _decide(self, question: Request, request_id: str) -> Decision:
        if isinstance(self._decider, AsyncClient):
            return await self._decider.decide(question, request_id=request_id)
        if isinstance(self._decider, Client):
            return await run_in_threadpool(self._decider.decide, question, request_id=request_id)
        return self._decider.decide(question)

    async def _decide_all(self, questions: list[Request], request_id: str) -> list[Decision]:
        if isinstance(self._decider, AsyncClient):
            return await self._decider.evaluate_many(questions, request_id=request_id)
        if isinstance(self._decider, Client):
            ask = self._decider.evaluate_many
            return await run_in_threadpool(ask, questions, request_id=request_id)
        return self._decider.evaluate_many(questions)

    def _unmet(self, decision: Decision, fulfilling: Collection[str] = ()) -> set[str]:
        """The obligations that nobody carries out."""
        duties = {duty["type"] for duty in decision.obligations}
        return duties - self._fulfilling - set(fulfilling)

    def denied(self, request_id: str, reason: str) -> AccessDenied:
        """The refusal for a deny, with its reason unless that is kept back."""
        return AccessDenied(request_id, **({"reason": reason} if self._expose_reason else {}))


@contextlib.contextmanager
def undecided(request_id: str) -> Iterator[None]:
    """Makes of whatever is raised a `NoDecision`."""
    try:
        yield
    except Refusal:
        raise
    except RequestError as error:
        if error.field is not None and re.match(r"(resource|context)\b", error.field):
            raise InvalidRequest(request_id, field=error.field) from error
        _LOG.exception("no decision")
        raise NoDecision(request_id) from error
    except NoDecisionError as error:
        _LOG.warning("no decision: %s", error)
        raise NoDecision(request_id) from error
    except Exception as error:
        _LOG.exception("no decision")
        raise NoDecision(request_id) from error


def fill(template: Template, parameters: dict[str, Any]) -> Template:
    """The reference, or the pair of type and id, that a template makes of the parameters of a path. A
    name that the path does not have is a mistake of the program, and no empty text."""
    if isinstance(template, tuple):
        kind, id = template
        return _filled(kind, parameters), _filled(id, parameters)
    return _filled(template, parameters)


def _filled(template: str, parameters: dict[str, Any]) -> str:
    return NAME.sub(lambda name: str(parameters[name[1]]), template)


async def _answer(_request: HTTPRequest, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    return refusal.response


async def call(task: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Calls what may be a coroutine function; what is none runs in a thread."""
    if inspect.iscoroutinefunction(task):
        return await task(*arguments, **named)
    made = await run_in_threadpool(task, *arguments, **named)
    return await made if inspect.isawaitable(made) else made


def request_id_of(connection: HTTPConnection) -> str:
    """The request id: `X-Request-ID`, where the caller states one that is one; otherwise a new one."""
    stated = connection.headers.get("x-request-id", "")
    return stated if re.fullmatch(r"[\x21-\x7e]{1,128}", stated) else new_id()


def new_id() -> str:
    """A request id."""
    return str(uuid.uuid4())
