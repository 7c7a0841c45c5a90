"""What can go wrong, by who made the mistake.

None of these is ever a permit: whoever catches one has no decision, and denies.
"""

from dataclasses import dataclass

__all__ = [
    "ChangeError",
    "Mistake",
    "NoDecisionError",
    "PdpError",
    "PolicyError",
    "RefusedError",
    "RequestError",
    "SourceError",
    "UnavailableError",
]


class PdpError(Exception):
    """Whatever the package raises of its own."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a policy set, with its place.

    `kind` is a word for machines, such as `unknown_name`; `line` and `column` are counted from 1;
    `hint` says what may have been meant.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str | None
    kind: str

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}"


class PolicyError(PdpError, ValueError):
    """A policy set has mistakes: all of them, in `mistakes`, the first thousand if there are more.

    `file`, `line`, `column` and `hint` are those of the first one.

    >>> import pdp
    >>> try:
    ...     pdp.Engine.from_yaml("version: 1\\ntypes: {board: {acions: [read]}}", name="board.yaml")
    ... except pdp.PolicyError as error:
    ...     print(error.file, error.line, error.hint)
    board.yaml 2 did you mean `actions`?
    """

    def __init__(self, mistakes: list[tuple[str, int, int, str, str | None, str]], omitted: int):
        self.mistakes = tuple(Mistake(*mistake) for mistake in mistakes)
        self.omitted = omitted
        first = self.mistakes[0]
        self.file, self.line, self.column, self.hint = (
            first.file,
            first.line,
            first.column,
            first.hint,
        )
        more = [f"and {omitted} more"] if omitted else []
        super().__init__("\n".join([*map(str, self.mistakes), *more]))


class SourceError(PdpError):
    """A policy set cannot be read: a file is missing, is no policy file, is not what the lock says."""


class _FieldError(PdpError, ValueError):
    def __init__(self, message: str, kind: str, field: str | None):
        self.message, self.kind, self.field = message, kind, field
        super().__init__(f"{field}: {message}" if field else message)


class RequestError(_FieldError):
    """What was asked is no request; `field` says where, such as `actor.roles[0]`.

    `kind` is `shape` (missing, unknown, of the wrong type) or `size` (over a limit).
    """


class ChangeError(_FieldError):
    """Facts cannot be changed like this; `field` says where.

    `kind` is one of `syntax`, `shape`, `size`, `unknown` (not declared), `refused` (declared, and
    cannot be stated) and `conflict` (a key that was used for other changes).
    """


class NoDecisionError(PdpError):
    """A decision point elsewhere gave no decision. Whoever asked must deny."""


class UnavailableError(NoDecisionError):
    """It was not reached, or what came was no answer, within the deadline."""


class RefusedError(NoDecisionError):
    """It refused to decide: the caller or its request is to blame, or there is too much to do.

    `kind` is the word of its answer, such as `forbidden` or `overloaded`, `field` the field of the
    request that is meant; both may be `None`.
    """

    def __init__(self, message: str, kind: str | None, field: str | None):
        self.kind, self.field = kind, field
        super().__init__(message)
