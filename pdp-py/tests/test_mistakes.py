"""Whatever is no question is an exception with a place, and never a permit."""

import importlib
import sys

import pytest

import pdp


class Text(str):
    """A text whose class lies."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7

    def __str__(self) -> str:
        raise RuntimeError("asked for its text")


PERMITTED = ("user:7", "read", "board:news")


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ((7, "read", "board:news"), "actor"),
        (("", "read", "board:news"), "actor"),
        (("a" * 1025, "read", "board:news"), "actor"),
        (("a\n", "read", "board:news"), "actor"),
        (("\ud800", "read", "board:news"), "actor"),
        (({"actor_id": "a"}, "read", "board:news"), "actor.actor_type"),
        (({"actor_id": "a", "actor_type": "god"}, "read", "board:news"), "actor.actor_type"),
        (({"actor_id": "a", "actor_type": "human", "role": []}, "x", "b:n"), "actor.role"),
        (({"actor_id": "a", "actor_type": "human", "roles": "x"}, "x", "b:n"), "actor.roles"),
        (({"actor_id": "a", "actor_type": "human", "roles": [1]}, "x", "b:n"), "actor.roles[0]"),
        (
            ({"actor_id": "a", "actor_type": "human", "memberships": [1]}, "x", "b:n"),
            "actor.memberships[0]",
        ),
        (("user:7", b"read", "board:news"), "action"),
        (("user:7", "read", "news"), "resource"),
        (("user:7", "read", ("board",)), "resource"),
        (("user:7", "read", ("board", 7)), "resource[1]"),
        (("user:7", "read", {"type": "board"}), "resource.id"),
        (("user:7", "read", "board:news", []), "context"),
        (("user:7", "read", "board:news", {1: 2}), "context"),
        (("user:7", "read", "board:news", {"a": [object()]}), "context.a[0]"),
        (("user:7", "read", "board:news", {"a": float("inf")}), "context.a"),
        (("user:7", "read", "board:news", {"a": 2**64}), "context.a"),
        (("user:7", "read", "board:news", {"a": "x" * 2**20}), "context.a"),
        (("user:7", "read", "board:news", None, 7), "now"),
    ],
)
def test_it_names_the_field(board: pdp.Engine, question: tuple, field: str) -> None:
    for ask in (lambda: board.evaluate(*question), lambda: board.decide(question)):
        with pytest.raises(pdp.RequestError) as raised:
            ask()
        assert raised.value.field == field
        assert str(raised.value).startswith(f"{field}: ")
    with pytest.raises(pdp.RequestError) as raised:
        board.evaluate_many([PERMITTED, question])
    assert raised.value.field == f"requests[1].{field}"


@pytest.mark.parametrize("question", [None, 7, "user:7", [], (), ("a", "b"), ("a",) * 6])
def test_what_is_no_question_at_all(board: pdp.Engine, question: object) -> None:
    with pytest.raises(pdp.RequestError):
        board.decide(question)


def test_a_whole_request_has_no_other_fields(board: pdp.Engine) -> None:
    request = {"actor": "user:7", "action": "read", "resource": "board:news"}
    assert board.decide(request).permitted
    with pytest.raises(pdp.RequestError, match="contxt: unknown field"):
        board.decide(request | {"contxt": {}})
    with pytest.raises(pdp.RequestError, match="action: missing"):
        board.decide({"actor": "user:7", "resource": "board:news"})


def test_values_without_an_end(board: pdp.Engine) -> None:
    circle: dict = {}
    circle["again"] = [circle]
    with pytest.raises(pdp.RequestError, match="nested more than 32 deep"):
        board.evaluate("user:7", "read", "board:news", circle)
    with pytest.raises(pdp.RequestError, match="bytes in all"):
        board.evaluate("user:7", "read", "board:news", {"a": [0] * 2**21})


def test_classes_that_lie_are_not_asked(board: pdp.Engine) -> None:
    """What counts is the text that a `str` holds, not what its class says of it."""
    assert board.evaluate(Text("user:7"), Text("read"), Text("board:news")).permitted
    assert not board.evaluate(Text("user:666"), Text("read"), Text("board:news")).permitted
    actor = {Text("actor_id"): "user:7", Text("actor_type"): "human"}
    with pytest.raises(pdp.RequestError):
        board.evaluate(actor, "read", "board:news")


def test_a_dict_that_changes_while_it_is_read(board: pdp.Engine) -> None:
    class Name(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            context.clear()
            return str.__eq__(self, other)

    context = {Name(f"n{n}"): {Name("x"): n} for n in range(100)}
    board.evaluate("user:7", "read", "board:news", context)
    actor = {Name("actor_id"): "user:7", Name("actor_type"): "human", Name("more"): 1}
    with pytest.raises(pdp.RequestError):
        board.evaluate(actor, "read", "board:news")


def test_names_are_read_without_their_own_code(board: pdp.Engine) -> None:
    class Name(str):
        asked = 0
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            Name.asked += 1
            return False

    actor = {Name("actor_id"): "user:7", "actor_type": "human"}
    assert board.evaluate(actor, "read", "board:news").permitted
    with pytest.raises(pdp.RequestError, match="actor.actor_id: stands there twice"):
        both = {**actor, "actor_id": "user:666"}
        before = Name.asked
        board.evaluate(both, "read", "board:news")
    assert Name.asked == before > 0


def test_an_exception_on_the_way_goes_through(board: pdp.Engine) -> None:
    def questions():
        yield PERMITTED
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        board.evaluate_many(questions())
    with pytest.raises(ZeroDivisionError):
        board.permitted("user:7", "read", (1 // 0 for _ in "x"))


def test_a_policy_set_tells_all_its_mistakes() -> None:
    text = "version: 1\ntypes: {board: {acions: [read]}}\nrules: [{id: x, effect: alow}]"
    with pytest.raises(pdp.PolicyError) as raised:
        pdp.Engine.from_yaml(text, name="board.yaml")
    error = raised.value
    assert (error.file, error.line, error.column) == ("board.yaml", 2, 17)
    assert error.hint == "did you mean `actions`?"
    assert len(error.mistakes) == 2
    assert [mistake.line for mistake in error.mistakes] == [2, 3]
    assert str(error).startswith("board.yaml:2:17: ")
    assert isinstance(error, ValueError) and isinstance(error, pdp.PdpError)


def test_a_policy_set_that_is_not_there() -> None:
    with pytest.raises(pdp.SourceError, match="`/nowhere` does not exist"):
        pdp.Engine.load("/nowhere")
    with pytest.raises(pdp.SourceError):
        pdp.Engine.load([])
    with pytest.raises(TypeError):
        pdp.Engine.load(7)


def test_decisions_cannot_be_changed_nor_made(board: pdp.Engine) -> None:
    decision = board.evaluate("user:666", "read", "board:news")
    for name in ("effect", "permitted", "reason"):
        with pytest.raises(AttributeError):
            setattr(decision, name, "permit")
    with pytest.raises(TypeError):
        pdp.Decision()
    with pytest.raises(TypeError):
        type("Permit", (pdp.Decision,), {"__bool__": lambda self: True})


def test_a_sub_interpreter_is_refused() -> None:
    name = "_xxsubinterpreters" if sys.version_info < (3, 13) else "_interpreters"
    interpreters = importlib.import_module(name)
    interpreter = interpreters.create()
    try:
        with pytest.raises(Exception, match="one interpreter of a process|subinterpreters"):
            failed = interpreters.run_string(interpreter, "import pdp")
            if failed is not None:
                raise ImportError(str(failed))
    finally:
        interpreters.destroy(interpreter)
