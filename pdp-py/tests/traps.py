"""Objects whose own code does harm while the package reads them, for `hostile.py`.

A trap is of a class that Python has, and holds a value as that does; whatever method of it is
called while traps are armed does the deed of the day.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["DEEDS", "Odd", "Sprung", "SprungBase", "TRAPS", "Traps", "plain", "trap"]


class Sprung(Exception):
    """Raised by a trap."""


class SprungBase(BaseException):
    """Raised by a trap, and no `Exception`."""


class Traps:
    """What traps have in common."""

    def __init__(self) -> None:
        self.armed = False
        self.deed: Callable[[Any], Any] = lambda _: None
        self.victims: list[Any] = []
        self.asks: Callable[[], Any] = bool
        self.sprung = 0

    def spring(self, otherwise: Callable[[], Any]) -> Any:
        if not self.armed:
            return otherwise()
        self.sprung += 1
        # What a deed itself calls does no deeds.
        self.armed = False
        try:
            lie = self.deed(self)
        finally:
            self.armed = True
        return otherwise() if lie is None else lie


TRAPS = Traps()


def forget(_: Traps) -> None:
    """Does nothing."""


def fail(_: Traps) -> None:
    raise Sprung


def fail_hard(_: Traps) -> None:
    raise SprungBase


def run_out(_: Traps) -> None:
    raise MemoryError


def stop(_: Traps) -> None:
    raise StopIteration


def collect(_: Traps) -> None:
    gc.collect(0)


def ask(traps: Traps) -> None:
    traps.asks()


def empty(traps: Traps) -> None:
    for victim in traps.victims:
        type(victim).__mro__[-2].clear(victim)


def grow(traps: Traps) -> None:
    for victim in traps.victims:
        if isinstance(victim, dict):
            dict.__setitem__(victim, f"n{dict.__len__(victim) % 50}", ["more"])
        elif list.__len__(victim) < 50:
            list.append(victim, "more")


def agree(_: Traps) -> bool:
    """Lies: whatever was asked, it is so."""
    return True


def confuse(_: Traps) -> object:
    """Lies: whatever was asked, it is something else."""
    return object()


DEEDS = [forget, fail, fail_hard, run_out, stop, collect, ask, empty, grow, agree, confuse]

#: What objects need to come to be.
LEFT_ALONE = {"__new__", "__init__", "__class__", "__init_subclass__", "__subclasshook__", "__doc__", "__class_getitem__"}


def trapped(base: type) -> type:
    """A class of which every method is a trap."""

    def method(name: str, original: Any) -> Any:
        return lambda self, *given, **named: TRAPS.spring(lambda: original(self, *given, **named))

    names = [name for name in dir(base) if callable(getattr(base, name)) and name not in LEFT_ALONE]
    methods = {name: method(name, getattr(base, name)) for name in names}
    return type(f"Trap_{base.__name__}", (base,), methods)


OF = {base: trapped(base) for base in (str, int, float, list, tuple, dict)}


class Odd:
    """Of no use, and says of itself that it is a text."""

    __class__ = property(lambda self: TRAPS.spring(lambda: str))  # type: ignore[assignment]

    def __del__(self) -> None:
        TRAPS.asks()

    def __getattr__(self, name: str) -> Any:
        return TRAPS.spring(lambda: lambda *_: "2026-01-01T00:00:00Z")

    def __iter__(self) -> Iterator[Any]:
        yield "board:news"
        yield TRAPS.spring(lambda: "board:none")

    def __str__(self) -> str:
        return TRAPS.spring(lambda: "user:7")  # type: ignore[no-any-return]

    __index__ = __float__ = __fspath__ = __bytes__ = __hash__ = __len__ = __str__  # type: ignore[assignment]


def trap(value: Any) -> Any:
    """The value as a trap, where there are traps of its class."""
    kind = OF.get(type(value))
    return value if kind is None else kind(value)


def plain(value: Any, depth: int = 0) -> Any:
    """The value that it holds, by the classes that Python has, whatever its own says. Beyond any depth
    that is taken, and of other classes, it stays what it is."""
    if depth > 40 or isinstance(value, bool):
        return value
    kind = type(value).__mro__
    if str in kind:
        return str.__str__(value)
    if int in kind:
        return int.__index__(value)
    if float in kind:
        return float.__float__(value)
    if dict in kind:
        items = list(dict.items(value))
        return {plain(name, depth + 1): plain(one, depth + 1) for name, one in items}
    if list in kind:
        return [plain(one, depth + 1) for one in list.__iter__(value)]
    if tuple in kind:
        return tuple([plain(one, depth + 1) for one in tuple.__iter__(value)])
    return value
