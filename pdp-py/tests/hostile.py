"""Calls with hostile objects, as many as one likes: each ends in a decision or in an exception that is
one of the package, of the object itself, or said of its arguments; and none in a permit that the
same question of plain objects does not get.

    python hostile.py --calls 1000000 --seed 0

What is made of one seed depends on that seed alone. Goes on from the seed that it told last.
"""

import argparse
import asyncio
import faulthandler
import itertools
import json
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some

import pdp
from pdp.fastapi import PDP, Refusal
from traps import DEEDS, TRAPS, Odd, Sprung, SprungBase, plain, trap

#: What depends on a context shows whether that was read as it is.
POLICIES = """
version: 1
context: {level: int?}
types: {board: {actions: [read, post], relations: {member: direct, banned: direct}}}
rules:
  - {id: banned, effect: deny, resource: board, actors: {relation: banned}}
  - id: members
    effect: permit
    resource: board
    actors: {relation: member}
    when: "!has(context.level) || context.level < 5"
facts: {board:news: {member: ["user:*"], banned: user:666}}
"""
#: How many examples are made of a seed.
ROUND = 50
#: What a call may raise: of its own, of the objects that it was given, of its arguments.
ALLOWED = (pdp.PdpError, Refusal, Sprung, SprungBase, MemoryError, StopIteration, TypeError, ValueError)


class Wrong(AssertionError):
    """What must not be."""


# --- objects


def circle() -> list[Any]:
    round: list[Any] = []
    round.append({"again": round})
    return round


def deep() -> list[Any]:
    made: list[Any] = []
    for _ in range(3_000):
        made = [made]
    return made


def noted(value: Any) -> Any:
    """The value, which may be changed while it is read."""
    if isinstance(value, dict | list):
        TRAPS.victims.append(value)
    return value


def any_of(strategy: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """The values, some of them as traps."""
    both = some.tuples(strategy, some.booleans())
    return both.map(lambda pair: noted(trap(pair[0]) if pair[1] else pair[0]))


WORDS = any_of(
    some.sampled_from(
        ["user:7", "user:666", "agent:a", "read", "post", "human", "board", "news", "board:news", "board:none"]
        + ["", "é", "\ud800", "\x00", "*", ":", "a" * 1_025, "2026-01-01T00:00:00Z", "member", "user:*"]
    )
    | some.text(max_size=3)
)
NUMBERS = any_of(
    some.sampled_from([0, -1, 7, 2**63, 2**64, -(10**400), True, 0.5, float("nan"), float("inf"), 1e300])
)
ODD = some.builds(Odd) | some.builds(circle) | some.builds(deep) | some.builds(object) | some.sampled_from([b"x", "x" * 2**21])
LEAVES = WORDS | NUMBERS | some.none() | ODD
VALUES = some.recursive(
    LEAVES,
    lambda inner: any_of(some.lists(inner, max_size=3))
    | any_of(some.lists(inner, max_size=2).map(tuple))
    | any_of(some.dictionaries(some.sampled_from(["a", "b", "type", "id"]), inner, max_size=3)),
    max_leaves=5,
)


def mostly(good: some.SearchStrategy[Any], other: some.SearchStrategy[Any] = VALUES) -> some.SearchStrategy[Any]:
    """The good ones seven times out of eight."""
    return some.integers(0, 7).flatmap(lambda number: other if number == 0 else good)


def fields(optional: dict[str, Any] | None = None, **each: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """A dict that has these and perhaps the optional ones; some of its names are traps."""
    named = some.fixed_dictionaries(each, optional=optional or {})
    traps = lambda dict_: {trap(name): value for name, value in dict_.items()}
    return any_of(named | named.map(traps))


def words(*texts: str) -> some.SearchStrategy[Any]:
    return any_of(some.sampled_from(texts))


ROLES = mostly(any_of(some.lists(words("a", "b"), max_size=2)))
MEMBERSHIPS = mostly(any_of(some.lists(any_of(some.just(("t", "r"))), max_size=2)))
ATTRIBUTES = mostly(fields({"a": VALUES}))
ACTORS = mostly(
    words("user:7", "user:8", "user:666")
    | fields(
        {"roles": ROLES, "memberships": MEMBERSHIPS, "attributes": ATTRIBUTES},
        actor_id=words("user:7"),
        actor_type=words("human", "agent"),
    )
    | some.just(pdp.Actor("user:7"))
)
ACTIONS = mostly(words("read", "post"))
RESOURCES = mostly(
    words("board:news", "board:none")
    | any_of(some.just(("board", "news")))
    | fields({"attributes": ATTRIBUTES}, type=words("board"), id=words("news"))
    | some.just(pdp.Resource("board", "news"))
)
CONTEXTS = mostly(some.none() | fields({"level": NUMBERS, "more": VALUES}))
TIMES = mostly(some.none() | words("2026-01-01T00:00:00Z"))
STATED = {"resource": words("board:a", "board:b", "bord:a"), "relation": words("member", "member", "nobody")}
CHANGES = mostly(
    fields(**STATED, actor=mostly(words("user:1", "user:*")))
    | fields(**STATED, actors=mostly(any_of(some.lists(words("user:1", "user:2"), max_size=2))))
)
OPERATIONS = mostly(words("add", "remove", "replace", "forget"))


# --- calls


class Judge:
    """Makes calls, counts what comes of them, and holds permits against those of plain objects."""

    def __init__(self) -> None:
        self.calls, self.outcomes = 0, Counter[str]()
        self.wrong: BaseException | None = None
        self.engine = pdp.Engine.from_yaml(POLICIES)
        self.changing = pdp.Engine.from_yaml(POLICIES)
        TRAPS.asks = lambda: self.engine.evaluate("user:7", "read", "board:news")
        self.app = Application(self.engine)

    def call(self, entry: str, do: Callable[[], Any], *questions: tuple[Any, ...]) -> Any:
        """Makes a call that asks these questions, and judges what comes of it."""
        before = [plain(question) for question in questions]
        self.calls += 1
        TRAPS.armed = True
        try:
            made = do()
        except ALLOWED as raised:
            TRAPS.armed = False
            self.outcomes[f"{entry}: {type(raised).__name__}"] += 1
            return None
        finally:
            TRAPS.armed = False
        decided = made if entry == "evaluate_many" else [made] if type(made) is pdp.Decision else []
        for decision, question, clean in zip(decided, questions, before, strict=bool(decided)):
            if type(decision) is not pdp.Decision:
                raise Wrong(f"{entry}: {decision!r} is no decision")
            if decision and not self.permits(clean) and not self.permits(plain(question)):
                raise Wrong(f"{entry}: permits {clean!r}")
        outcome = made.effect if type(made) is pdp.Decision else type(made).__name__
        self.outcomes[f"{entry}: {outcome}"] += 1
        return made

    def permits(self, question: tuple[Any, ...]) -> bool:
        try:
            return self.engine.decide(question).permitted
        except pdp.PdpError:
            return False

    def ask(self, *question: Any) -> None:
        """Asks in every form that there is."""
        engine, (actor, action, resource, context, now) = self.engine, question
        whole = {"actor": actor, "action": action, "resource": resource, "context": context, "now": now}
        self.call("evaluate", lambda: engine.evaluate(*question), question)
        self.call("decide", lambda: engine.decide(question), question)
        self.call("decide", lambda: engine.decide(whole), question)
        self.call("decide", lambda: engine.decide(trap(whole)), question)
        if (made := self.call("Request", lambda: pdp.Request(*question))) is not None:
            self.call("decide", lambda: engine.decide(made), (made.actor, made.action, made.resource, made.context, made.now))
        self.call("evaluate_many", lambda: engine.evaluate_many([question, whole]), question, question)
        self.call("guard", lambda: at_once(self.app.guard.check(*question[:4])), (*question[:4], None))

    def permitted(self, actor: Any, action: Any, resources: list[Any], context: Any) -> None:
        """Asks what of a list may be; each that may must be permitted by itself."""
        before = [plain((actor, action, resource, context)) for resource in resources]
        for given in (resources, trap(resources), mutating(resources)):
            made = self.call("permitted", lambda: self.engine.permitted(actor, action, given, context))
            for one in made or []:
                index = next(at for at, resource in enumerate(resources) if resource is one)
                now = plain((actor, action, one, context))
                if not self.permits(before[index]) and not self.permits(now):
                    raise Wrong(f"permitted: {before[index]!r}")

    def request(self, actor: Any, resource: Any, context: Any) -> None:
        """Asks an application for a page, which it gives only by a permit."""
        question = (actor, "read", resource, context, None)
        before = plain(question)
        reached = self.call("FastAPI", lambda: self.app.request(actor, resource, context))
        if reached and not self.permits(before) and not self.permits(plain(question)):
            raise Wrong(f"FastAPI: {before!r}")

    def change(self, fields: Any, operation: Any, id: Any) -> None:
        """Makes changes of facts; one that was refused made none."""
        engine, revision = self.changing, self.changing.revision
        named = {name: one for name, one in dict.items(fields)} if isinstance(fields, dict) else {"resource": fields}
        named = {plain(name): one for name, one in named.items()}
        for entry in ("add", "remove", "replace", "forget"):
            made = self.call(entry, lambda: getattr(engine, entry)(**named))
            if made is None and engine.revision != revision:
                raise Wrong(f"{entry}: {named!r} was refused and made")
            revision = engine.revision
        change = {"op": operation, **named}
        whole = {"id": id, "changes": [change]}
        traps = trap({"id": id, trap("changes"): trap([trap(change), fields])})
        for change_set in (whole, traps, fields, id):
            made = self.call("apply", lambda: engine.apply(change_set))
            if made is None and engine.revision != revision:
                raise Wrong(f"apply: {change_set!r} was refused and made")
            revision = engine.revision

    def construct(self, one: Any, two: Any, three: Any, four: Any) -> None:
        """Makes objects of what they are made of, or not."""
        self.call("Actor", lambda: pdp.Actor(one, two, roles=three, attributes=four))
        self.call("Actor", lambda: pdp.Actor("user:7", tenants=three, memberships=three, attributes=four))
        self.call("Resource", lambda: pdp.Resource(one, two, attributes=four))
        self.call("Request", lambda: pdp.Request(one, two, one, four, two))
        self.call("from_yaml", lambda: pdp.Engine.from_yaml(one))
        self.call("from_yaml", lambda: pdp.Engine.from_yaml(POLICIES[: self.calls % 500], name=two))
        self.call("facts", lambda: self.engine.facts(one))
        self.call("declares", lambda: self.engine.declares(one, two))
        self.call("load", lambda: pdp.Engine.load(one if isinstance(one, list) else [two]))


class Application:
    """One of FastAPI, guarded, whose dependencies give what they like."""

    def __init__(self, engine: pdp.Engine):
        self.actor: Any = None
        self.resource: Any = None
        self.context: Any = None
        self.reached = False
        self.app = FastAPI()

        async def actor() -> Any:
            return self.actor

        async def resource() -> Any:
            return self.resource

        async def context() -> Any:
            return self.context

        self.guard = PDP(self.app, engine=engine, get_actor=actor)
        permit = self.guard.require("read", resource, context=context)

        @self.app.get("/")
        async def handler(_: Annotated[pdp.Decision, permit]) -> None:
            self.reached = True

    def request(self, actor: Any, resource: Any, context: Any) -> bool:
        """Whether the handler was reached."""
        self.actor, self.resource, self.context = actor, resource, context
        self.reached = False
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(_: Any) -> None: ...

        LOOP.run(self.app(scope, receive, send))
        return self.reached


LOOP = asyncio.Runner()


def at_once(coroutine: Any) -> Any:
    """What a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise Wrong("the guard of an engine waits for something")


def mutating(items: Iterable[Any]) -> Iterator[Any]:
    """The items, and after each one a trap."""
    for item in list(items):
        yield item
        try:
            TRAPS.spring(lambda: None)
        except StopIteration:
            return


def example(judge: Judge) -> Callable[[], None]:
    """What is made of one seed."""
    two = lambda strategy: some.lists(strategy, min_size=2, max_size=2)

    @settings(
        max_examples=ROUND,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.data(), some.sampled_from(DEEDS))
    def made(data: some.DataObject, deed: Callable[[Any], Any]) -> None:
        TRAPS.victims.clear()
        TRAPS.deed = deed
        draw = data.draw
        actors, actions, resources = draw(two(ACTORS)), draw(two(ACTIONS)), draw(two(RESOURCES))
        contexts, now = draw(two(CONTEXTS)), draw(TIMES)
        parts = draw(some.tuples(mostly(WORDS), mostly(WORDS), ROLES, ATTRIBUTES))
        change = draw(some.tuples(CHANGES, OPERATIONS, mostly(WORDS)))
        if judge.wrong is not None:
            return
        try:
            for question in itertools.product(actors, actions, resources, contexts, [None, now]):
                judge.ask(*question)
            for actor, action, context in itertools.product(actors, actions, contexts):
                judge.permitted(actor, action, resources, context)
            for actor, resource in itertools.product(actors, resources):
                judge.request(actor, resource, contexts[0])
            judge.construct(*parts)
            judge.change(*change)
        except BaseException as error:
            # Not raised here: what was changed on the way is not so again when hypothesis repeats it.
            judge.wrong = error

    return made


def run(calls: int, first: int) -> Judge:
    """So many calls at least, from this seed on."""
    judge, begin, told = Judge(), time.monotonic(), 0
    for number in itertools.count(first):
        judge.changing = pdp.Engine.from_yaml(POLICIES)
        seed(number)(example(judge))()
        if judge.wrong is not None:
            sys.exit("".join(traceback.format_exception(judge.wrong)) + f"at seed {number}")
        if judge.calls >= calls or judge.calls - told >= 100_000:
            told = judge.calls
            print(f"{told} calls in {time.monotonic() - begin:.0f} s, up to seed {number}", flush=True)
        if judge.calls >= calls:
            return judge
    raise AssertionError


def main() -> None:
    faulthandler.enable()
    # A guard tells the log of each question that was none.
    logging.getLogger("pdp").disabled = True
    # An event loop that is watched tells of every turn that took long.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    judge = run(arguments.calls, arguments.seed)
    print(json.dumps(dict(sorted(judge.outcomes.items())), indent=1))
    print(f"{judge.calls} calls, {TRAPS.sprung} traps sprung: no crash, no wrong permit")


if __name__ == "__main__":
    main()
