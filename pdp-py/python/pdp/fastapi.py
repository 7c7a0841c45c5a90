"""Guards for the routes of a FastAPI application.

A guard runs before the handler does. It lets a request through only where a decision permits it:
without an actor it answers 401, denied 403, and where there is no decision 503. No exception is
ever a permit.

    app = FastAPI()
    pdp = PDP(app, engine=Engine.load("policies"), get_actor=current_actor)

    @app.get("/boards/{board_id}")
    async def read(board_id: str, decision: Annotated[Decision, pdp.require("read", "board:{board_id}")]): ...
"""

import contextlib
import inspect
import logging
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends as Dependency
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection, Request as HTTPRequest
from starlette.routing import BaseRoute, Mount

from pdp import AsyncClient, Decision, Engine, NoDecisionError, Request, RequestError
from pdp.testing import Scripted

__all__ = [
    "PDP",
    "AccessDenied",
    "Guard",
    "InvalidRequest",
    "NoDecision",
    "Refusal",
    "Unauthenticated",
    "assert_all_guarded",
    "request_id_of",
]

_LOG = logging.getLogger("pdp")
_T = TypeVar("_T")

#: What a resource, or a context, may be made of: a template, or a dependency that gives it.
_Source = str | tuple[str, str] | Callable[..., Any]


class Refusal(HTTPException):
    """A request is not let through. As an answer: `{"error": …, "request_id": …}`."""

    status = 403
    error = "access_denied"
    #: With which code a WebSocket is closed.
    close_code = 1008

    def __init__(self, request_id: str, **more: str):
        self.body = {"error": self.error, **more, "request_id": request_id}
        headers = {"X-Request-ID": request_id}
        super().__init__(self.status, detail=self.body, headers=headers)


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


class PDP:
    """Guards the routes of an application by an engine in this process (`engine`), or by a decision
    point elsewhere (`client`, or the `url` of one and the `key` by which it knows this service).

    `get_actor` is a dependency that gives the actor, in any form that `pdp.Engine.evaluate` takes,
    or `None` where nobody is known to ask. `expose_reason=False` answers every deny alike.
    `fulfilling` names the obligations that handlers carry out: a permit with any other is a deny.
    """

    def __init__(
        self,
        app: FastAPI | None = None,
        *,
        get_actor: Callable[..., Any],
        engine: Engine | None = None,
        client: AsyncClient | None = None,
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
        self._decider: Engine | AsyncClient | Scripted = engine if engine is not None else client  # type: ignore[assignment]
        self.get_actor = get_actor
        self._expose_reason = expose_reason
        self._fulfilling = frozenset(fulfilling)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: FastAPI) -> None:
        """Has an application answer with the bodies of refusals. Mounted applications need it, too;
        without it they answer with the same, under `detail`."""
        app.add_exception_handler(Refusal, _answer)

    @contextlib.contextmanager
    def deciding(self, decider: Engine | AsyncClient | Scripted) -> Iterator[None]:
        """Has another decider answer meanwhile, such as `pdp.testing.Scripted` in a test."""
        before, self._decider = self._decider, decider
        try:
            yield
        finally:
            self._decider = before

    def require(
        self,
        action: str,
        resource: _Source,
        *,
        context: Callable[..., Any] | None = None,
        fulfilling: Collection[str] = (),
    ) -> Any:
        """A dependency that lets a request through only if its actor may do the action.

        `resource` is a template, `type:id` or a pair of both, in which `{name}` stands for a
        parameter of the path; or a dependency that gives the resource. `context` is a dependency
        that gives the context. A handler that takes the dependency gets the decision.
        """
        return Depends(Guard(self, action, resource, context, fulfilling))

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
        request_id = request_id or _new_id()
        decision = await self.decide(actor, action, resource, context, request_id=request_id)
        if not decision.permitted:
            raise self._denied(request_id, decision.reason)
        if unmet := self._unmet(decision, fulfilling):
            _LOG.warning("denied: nobody carries out %s", ", ".join(sorted(unmet)))
            raise self._denied(request_id, "obligation_not_fulfilled")
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
        request_id = request_id or _new_id()
        if actor is None:
            raise Unauthenticated(request_id)
        with _undecided(request_id):
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
        request_id, items = _new_id(), list(items)
        if actor is None:
            raise Unauthenticated(request_id)
        with _undecided(request_id):
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
            await _call(task, *arguments, **named)

        tasks.add_task(guarded)

    async def _decide(self, question: Request, request_id: str) -> Decision:
        if isinstance(self._decider, AsyncClient):
            return await self._decider.decide(question, request_id=request_id)
        return self._decider.decide(question)

    async def _decide_all(self, questions: list[Request], request_id: str) -> list[Decision]:
        if isinstance(self._decider, AsyncClient):
            return await self._decider.evaluate_many(questions, request_id=request_id)
        return self._decider.evaluate_many(questions)

    def _unmet(self, decision: Decision, fulfilling: Collection[str] = ()) -> set[str]:
        """The obligations that nobody carries out."""
        duties = {duty["type"] for duty in decision.obligations}
        return duties - self._fulfilling - set(fulfilling)

    def _denied(self, request_id: str, reason: str) -> AccessDenied:
        return AccessDenied(request_id, **({"reason": reason} if self._expose_reason else {}))


class Guard:
    """The dependency that `PDP.require` makes; its `__signature__` asks FastAPI for what it needs."""

    def __init__(
        self,
        pdp: PDP,
        action: str,
        resource: _Source,
        context: Callable[..., Any] | None,
        fulfilling: Collection[str],
    ):
        self._pdp, self.action, self._fulfilling = pdp, action, fulfilling
        self.resource = resource
        parameters = {
            "connection": HTTPConnection,
            "actor": Annotated[Any, Depends(pdp.get_actor)],
            "resource": Annotated[Any, Depends(_resource(resource))],
        }
        if context is not None:
            parameters["context"] = Annotated[Any, Depends(context)]
        kind = inspect.Parameter.KEYWORD_ONLY
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(name, kind, annotation=of) for name, of in parameters.items()]
        )

    async def __call__(
        self, connection: HTTPConnection, actor: Any, resource: Any, context: Any = None
    ) -> Decision:
        request_id = request_id_of(connection)
        try:
            return await self._pdp.check(
                actor,
                self.action,
                resource,
                context,
                fulfilling=self._fulfilling,
                request_id=request_id,
            )
        except Refusal as refusal:
            if connection.scope["type"] == "websocket":
                reason = refusal.body.get("reason", refusal.error)
                raise WebSocketException(refusal.close_code, reason[:120]) from refusal
            raise

    def __repr__(self) -> str:
        return f"<Guard {self.action} on {self.resource}>"


def assert_all_guarded(app: Any, *, public: Collection[str] = ()) -> None:
    """Fails, naming them, if there are routes without a guard: of the application, of what is mounted
    in it, and its WebSockets. `public` are the paths that need none, as the routes have them."""
    unguarded = [path for path, route in _routes(app, "") if not _is_guarded(route)]
    known = {path for path, _ in _routes(app, "")}
    if missing := set(public) - known:
        raise AssertionError(f"no such route: {', '.join(sorted(missing))}")
    if left := [path for path in unguarded if path not in public]:
        raise AssertionError(f"not guarded: {', '.join(left)}")


def _routes(app: Any, prefix: str) -> Iterator[tuple[str, BaseRoute]]:
    for route in getattr(app, "routes", []):
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Mount) and getattr(route, "routes", None):
            yield from _routes(route, path)
        else:
            yield path or "/", route


def _is_guarded(route: BaseRoute) -> bool:
    dependant = getattr(route, "dependant", None)
    return isinstance(dependant, Dependant) and _has_guard(dependant)


def _has_guard(dependant: Dependant) -> bool:
    return any(
        isinstance(inner.call, Guard) or _has_guard(inner) for inner in dependant.dependencies
    )


def _resource(source: _Source) -> Callable[..., Any]:
    """The dependency that gives the resource."""
    if callable(source):
        return source.dependency if isinstance(source, Dependency) else source
    templates = source if isinstance(source, tuple) else (source,)

    def filled(connection: HTTPConnection) -> str | tuple[str, ...]:
        filled = tuple(_fill(template, connection.path_params) for template in templates)
        return filled if isinstance(source, tuple) else filled[0]

    return filled


def _fill(template: str, parameters: dict[str, Any]) -> str:
    """A name that the path does not have is a mistake of the program, and no empty text."""
    return re.sub(r"\{(\w+)\}", lambda name: str(parameters[name[1]]), template)


@contextlib.contextmanager
def _undecided(request_id: str) -> Iterator[None]:
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


async def _answer(_request: HTTPRequest, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    return JSONResponse(refusal.body, refusal.status_code, refusal.headers)


async def _call(task: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    if inspect.iscoroutinefunction(task):
        await task(*arguments, **named)
    else:
        await run_in_threadpool(task, *arguments, **named)


def request_id_of(connection: HTTPConnection) -> str:
    """The request id: `X-Request-ID`, where the caller states one that is one; otherwise a new one."""
    stated = connection.headers.get("x-request-id", "")
    return stated if re.fullmatch(r"[\x21-\x7e]{1,128}", stated) else _new_id()


def _new_id() -> str:
    return str(uuid.uuid4())
