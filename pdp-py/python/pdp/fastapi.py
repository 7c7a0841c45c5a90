"""Guards for the routes of a FastAPI application.

A guard runs before the handler does. It lets a request through only where a decision permits it:
without an actor it answers 401, denied 403, and where there is no decision 503. No exception is
ever a permit.

    app = FastAPI()
    pdp = PDP(app, engine=Engine.load("policies"), get_actor=current_actor)

    @app.get("/boards/{board_id}")
    async def read(board_id: str, decision: Annotated[Decision, pdp.require("read", "board:{board_id}")]): ...
"""

import inspect
from collections.abc import Callable, Collection
from typing import Annotated, Any, Unpack

from fastapi import Depends
from starlette.applications import Starlette
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection

from pdp import Decision, guard
from pdp.guard import (
    AccessDenied,
    InvalidRequest,
    NoDecision,
    Refusal,
    Settings,
    Template,
    Unauthenticated,
    fill,
    request_id_of,
)
from pdp.routes import Guarding, assert_all_guarded

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

#: What a resource, or a context, may be made of: a template, or a dependency that gives it.
_Source = Template | Callable[..., Any]


class PDP(guard.PDP):
    __doc__ = f"""{guard.PDP.__doc__}
    `get_actor` is a dependency that gives the actor, in any form that `pdp.Engine.evaluate` takes,
    or `None` where nobody is known to ask.
    """

    def __init__(
        self,
        app: Starlette | None = None,
        *,
        get_actor: Callable[..., Any],
        **settings: Unpack[Settings],
    ):
        super().__init__(app, **settings)
        self.get_actor = get_actor

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


class Guard(Guarding):
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
        }
        # A template needs no dependency of its own: FastAPI takes longer for one than a decision does.
        if callable(resource):
            parameters["resource"] = Annotated[Any, Depends(resource)]
        if context is not None:
            parameters["context"] = Annotated[Any, Depends(context)]
        kind = inspect.Parameter.KEYWORD_ONLY
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(name, kind, annotation=of) for name, of in parameters.items()]
        )

    async def __call__(
        self, connection: HTTPConnection, actor: Any, resource: Any = None, context: Any = None
    ) -> Decision:
        request_id = request_id_of(connection)
        if not callable(self.resource):
            resource = fill(self.resource, connection.path_params)
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
                raise WebSocketException(refusal.close_code, refusal.close_reason) from refusal
            raise

    def __repr__(self) -> str:
        return f"<Guard {self.action} on {self.resource}>"
