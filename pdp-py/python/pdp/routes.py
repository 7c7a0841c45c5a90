"""Which routes of an application are guarded: for its tests."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from starlette.routing import Host, Mount

__all__ = ["Guarding", "Layer", "assert_all_guarded"]


class Guarding:
    """A dependency that keeps its route."""


class Layer:
    """A middleware that keeps all that is under it, but for what is `public`: paths as routes have
    them, read from where it stands."""

    def __init__(self, app: Any, *, public: Collection[str] = ()):
        self.app = app
        self.public = frozenset(public)


def assert_all_guarded(app: Any, *, public: Collection[str] = ()) -> None:
    """Fails, naming them, if there are routes without a guard: of the application, of what is mounted
    in it, and its WebSockets. A guard is `pdp.fastapi.PDP.require`, or a `pdp.starlette.Guarded`
    around them that does not list them as public. `public` are the paths that need none, as the
    routes have them."""
    routes = list(_routes(app, "", []))
    if missing := set(public) - {path for path, _ in routes}:
        raise AssertionError(f"no such route: {', '.join(sorted(missing))}")
    if left := [path for path, guarded in routes if not guarded and path not in public]:
        raise AssertionError(f"not guarded: {', '.join(left)}")


#: Where each layer stands, and what is public there.
_Layers = list[tuple[str, Collection[str]]]


def _routes(app: Any, prefix: str, layers: _Layers) -> Iterator[tuple[str, bool]]:
    """Each path, and whether it is guarded."""
    for middleware in getattr(app, "user_middleware", []):
        if isinstance(middleware.cls, type) and issubclass(middleware.cls, Layer):
            layers = [*layers, (prefix, middleware.kwargs.get("public", ()))]
    if not hasattr(app, "routes"):
        app, layers = _unwrapped(app, prefix, layers)
        yield from _routes(app, prefix, layers) if hasattr(app, "routes") else ()
        return
    for route in _each(app.routes):
        path = prefix + getattr(route, "path", "")
        if not isinstance(route, Mount | Host):
            _, around = _unwrapped(getattr(route, "app", None), prefix, layers)
            yield path, _has_guard(getattr(route, "dependant", None)) or _keep(around, path)
            continue
        inner, around = _unwrapped(route.app, path, layers)
        if getattr(inner, "routes", None):
            yield from _routes(inner, path, around)
        else:
            yield path or "/", _keep(around, path + "/{path:path}")
    # Files that FastAPI gives where no route fits (`app.frontend`) are in no list that is public.
    for group in getattr(getattr(app, "router", app), "_low_priority_routes", []):
        for route in group.routes:
            path = prefix + route.path.rstrip("/")
            guarded = _has_guard(group.dependant) or _keep(layers, path + "/{path:path}")
            yield path or "/", guarded


def _each(routes: Iterable[Any]) -> Iterator[Any]:
    """The routes; in the place of a router that FastAPI includes, what it has there."""
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from (one.starlette_route or one for one in route.effective_route_contexts())
        else:
            yield route


def _unwrapped(app: Any, prefix: str, layers: _Layers) -> tuple[Any, _Layers]:
    """What is inside of middlewares, and the layers among them."""
    while app is not None and not hasattr(app, "routes"):
        if isinstance(app, Layer):
            layers = [*layers, (prefix, app.public)]
        app = getattr(app, "app", None)
    return app, layers


def _has_guard(dependant: Any) -> bool:
    """Whether a route of FastAPI depends on a guard."""
    dependencies = getattr(dependant, "dependencies", [])
    return any(isinstance(one.call, Guarding) or _has_guard(one) for one in dependencies)


def _keep(layers: _Layers, path: str) -> bool:
    """Whether there is a layer to which nothing is public that the path of a route fits."""
    return any(
        not any(_meet(pattern.split("/"), path[len(prefix) :].split("/")) for pattern in public)
        for prefix, public in layers
    )


def _meet(one: list[str], other: list[str]) -> bool:
    """Whether a path may fit both. Where that is hard to say, it may."""
    if not one or not other:
        return one == other
    if any(_ANY_LENGTH.search(segment) for segment in (one[0], other[0])):
        return True
    alike = one[0] == other[0] or "{" in one[0] + other[0]
    return alike and _meet(one[1:], other[1:])


#: A parameter that may hold `/`: any but those of which that is known.
_ANY_LENGTH = re.compile(r"\{\w+:(?!(?:str|int|float|uuid)\})")
