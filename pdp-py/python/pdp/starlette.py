"""Guards around whole applications: a middleware for Starlette, FastAPI and any other of ASGI.

What no rule names is denied.

    pdp = PDP(engine=Engine.load("policies"))
    rules = [
        Rule("/boards/{board_id}", "read", "board:{board_id}", methods=["GET"]),
        Rule("/admin/{path:path}", "administer", "system:all"),
    ]
    app = Starlette(routes=…)
    app.add_middleware(Guarded, pdp=pdp, get_actor=current_actor, rules=rules, public=["/health"])
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from starlette.requests import HTTPConnection
from starlette.routing import Match, Route, WebSocketRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pdp import Decision
from pdp.guard import (
    NAME,
    PDP,
    AccessDenied,
    InvalidRequest,
    NoDecision,
    Refusal,
    Template,
    Unauthenticated,
    call,
    fill,
    request_id_of,
    undecided,
)
from pdp.routes import Layer, assert_all_guarded

__all__ = [
    "PDP",
    "AccessDenied",
    "Guarded",
    "InvalidRequest",
    "NoDecision",
    "Refusal",
    "Rule",
    "Unauthenticated",
    "assert_all_guarded",
    "request_id_of",
]

#: The method by which rules name WebSockets.
WEBSOCKET = "WEBSOCKET"

#: Paths that some read as others: with empty segments, with dots, with what is still encoded.
_AMBIGUOUS = re.compile(r"//|/\.{1,2}(?:/|$)|[\\\x00-\x1f\x7f]|%(?:2[ef5]|5c|00)", re.IGNORECASE)


class Rule:
    """What must be permitted where a path and a method fit.

    `path` is written as the routes of Starlette are, and fits as they do: `/boards/{board_id}`, or
    `/admin/{path:path}` for all below. `methods` are those of HTTP, and `WEBSOCKET`; without them
    the rule is for all. `resource` is a template, `type:id` or a pair of both, in which `{name}`
    stands for a parameter of the path; or a function, plain or async, that makes the resource of a
    `starlette.requests.HTTPConnection`. `context` is such a function, too. They see the path, the
    query and the headers, not the body. `fulfilling` names obligations that the handlers carry out.
    """

    def __init__(
        self,
        path: str,
        action: str,
        resource: Template | Callable[[HTTPConnection], Any],
        *,
        methods: Collection[str] | None = None,
        context: Callable[[HTTPConnection], Any] | None = None,
        fulfilling: Collection[str] = (),
    ):
        if isinstance(methods, str):
            raise ValueError("`methods` is a list")
        self.path, self.action, self.resource = path, action, resource
        self.context, self.fulfilling = context, fulfilling
        self._pattern = Pattern(path, methods)
        if not callable(resource):
            templates = resource if isinstance(resource, tuple) else (resource,)
            names = {name for template in templates for name in NAME.findall(template)}
            if missing := names - compile_path(path)[2].keys():
                raise ValueError(f"`{path}` has no {', '.join(sorted(missing))}")

    def fits(self, scope: Scope) -> HTTPConnection | None:
        """What the rule is asked about, with the parameters of its path, if it fits."""
        found = self._pattern.fits(scope)
        return None if found is None else HTTPConnection({**scope, **found})

    def __repr__(self) -> str:
        return f"<Rule {self.path}: {self.action} on {self.resource}>"


class Pattern:
    """A path, and methods, that fit as those of a route do: since they are one."""

    def __init__(self, path: str, methods: Collection[str] | None = None):
        of_http = None if methods is None else [one for one in methods if one != WEBSOCKET]
        self._routes: list[Route | WebSocketRoute] = []
        if of_http is None or of_http:
            self._routes.append(Route(path, _Nothing(), methods=of_http))
        if methods is None or WEBSOCKET in methods:
            self._routes.append(WebSocketRoute(path, _Nothing()))

    def fits(self, scope: Scope) -> Scope | None:
        """What routing adds to a scope that fits."""
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                return found
        return None


class Guarded(Layer):
    """Lets a request through to an application only where the first rule that fits it permits it, or
    where it is `public`: paths as routes have them, which are looked at before all rules, and are
    public for every method, whichever handler answers it. `pdp` is that of this module or that of
    `pdp.fastapi`.

    `get_actor` is a function, plain or async, that finds out from a connection who asks, in any form
    that `pdp.Engine.evaluate` takes; it gives `None` where nobody is known to. The decision is
    `request.state.decision`, `None` where it is public. Refusals are those of the guards of `pdp.fastapi`, 503 also where
    `get_actor` or a rule raise. A deny where no rule fits has the reason `no_rule`; so have paths
    that some might read as another: with `//`, with `.` and `..`, with `\\`, encoded twice.

    Added by `add_middleware`, it reads paths from where the application is mounted, as its routes
    do. What stands around it goes first: CORS belongs there, since a preflight names nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        pdp: PDP,
        get_actor: Callable[[HTTPConnection], Any],
        rules: Iterable[Rule],
        public: Collection[str] = (),
    ):
        if isinstance(public, str):
            raise ValueError("`public` is a list")
        if getattr(app, "root_path", ""):
            raise ValueError("an application with a `root_path` is guarded by `add_middleware`")
        super().__init__(app, public=public)
        self._pdp, self._get_actor, self._rules = pdp, get_actor, tuple(rules)
        self._open = tuple(Pattern(path) for path in public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        _put_under_root(scope)
        state = scope.setdefault("state", {})
        request_id = request_id_of(HTTPConnection(scope))
        try:
            with undecided(request_id):
                decision = await self._decide(scope, request_id)
        except Refusal as refusal:
            if scope["type"] == "websocket":
                await WebSocketClose(refusal.close_code, refusal.close_reason)(scope, receive, send)
            else:
                await refusal.response(scope, receive, send)
            return
        state["decision"] = decision
        await self.app(scope, receive, send)

    async def _decide(self, scope: Scope, request_id: str) -> Decision | None:
        """The permit; `None` for what is public."""
        plain = not _AMBIGUOUS.search(scope["path"])
        if plain and any(pattern.fits(scope) is not None for pattern in self._open):
            return None
        actor = await call(self._get_actor, HTTPConnection(scope))
        if actor is None:
            raise Unauthenticated(request_id)
        for rule in self._rules if plain else ():
            if (connection := rule.fits(scope)) is not None:
                return await self._check(rule, connection, actor, request_id)
        raise self._pdp.denied(request_id, "no_rule")

    async def _check(
        self, rule: Rule, connection: HTTPConnection, actor: Any, request_id: str
    ) -> Decision:
        if callable(rule.resource):
            resource = await call(rule.resource, connection)
        else:
            resource = fill(rule.resource, connection.path_params)
        context = None if rule.context is None else await call(rule.context, connection)
        return await self._pdp.check(
            actor,
            rule.action,
            resource,
            context,
            fulfilling=rule.fulfilling,
            request_id=request_id,
        )


class _Nothing:
    """What the routes of patterns lead to: they are asked whether they fit, and no more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError


def _put_under_root(scope: Scope) -> None:
    """Has the path begin with the root path, as ASGI wants it. Where a proxy took that away, what is
    mounted would read another path than what stands around it."""
    root = scope.get("root_path", "").rstrip("/")
    if root and scope["path"] != root and not scope["path"].startswith(root + "/"):
        scope["path"] = root + scope["path"]
