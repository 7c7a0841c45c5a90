"""The forms in which a question may be put mean the same."""

from datetime import UTC, datetime

import pytest

import pdp

ACTOR = {
    "actor_id": "user:93",
    "actor_type": "human",
    "microdao_ids": ["microdao:7"],
    "roles": ["member"],
    "memberships": [{"microdao_id": "microdao:daarion", "role": "member"}],
}
PREPARED = pdp.Actor(
    "user:93",
    "human",
    tenants=["microdao:7"],
    roles=("member",),
    memberships=[("microdao:daarion", "member")],
)
CHANNEL = {"type": "channel", "id": "channel-general-daarion"}


@pytest.mark.parametrize("actor", [ACTOR, PREPARED], ids=["dict", "Actor"])
@pytest.mark.parametrize(
    "channel",
    [CHANNEL, ("channel", CHANNEL["id"]), pdp.Resource(**CHANNEL), f"channel:{CHANNEL['id']}"],
    ids=["dict", "pair", "Resource", "reference"],
)
def test_every_form_of_actor_and_resource(
    daarion: pdp.Engine, actor: object, channel: object
) -> None:
    context = {"message_length": 12}
    whole = {"actor": actor, "action": "send_message", "resource": channel, "context": context}
    asked = [
        daarion.evaluate(actor, "send_message", channel, context),
        daarion.decide(whole),
        daarion.decide((actor, "send_message", channel, context)),
        daarion.decide(pdp.Request(actor, "send_message", channel, context)),
        *daarion.evaluate_many([whole, pdp.Request(actor, "send_message", channel, context)]),
    ]
    assert {(one.permitted, one.reason) for one in asked} == {(True, "channel_member")}


def test_what_is_prepared_shows_what_it_was_made_of() -> None:
    assert PREPARED.id == "user:93"
    assert PREPARED.tenants == ("microdao:7",)
    assert PREPARED.roles == ("member",)
    assert PREPARED.memberships == (("microdao:daarion", "member"),)
    assert PREPARED == pdp.Actor(
        "user:93",
        tenants=["microdao:7"],
        roles=["member"],
        memberships=[{"microdao_id": "microdao:daarion", "role": "member"}],
    )
    assert pdp.Actor("a") != pdp.Actor("a", "agent")
    assert hash(pdp.Actor("a")) == hash(pdp.Actor("a"))
    assert len({pdp.Resource("board", "a"), pdp.Resource("board", "a")}) == 1


def test_the_first_colon_divides_type_and_id(daarion: pdp.Engine, board: pdp.Engine) -> None:
    """What follows is the id as requests have it; those of a microDAO carry their type."""
    assert daarion.evaluate("user:1", "manage", "microdao:microdao:daarion").permitted
    assert not daarion.evaluate("user:1", "manage", "microdao:daarion").permitted
    assert board.evaluate("user:7", "read", "board:news").permitted
    assert not board.evaluate("user:7", "read", ("board", "board:news")).permitted


@pytest.mark.parametrize(
    ("id", "type"),
    [("user:1", "human"), ("agent:sofia", "agent"), ("service:x", "service"), ("agents:x", "human")],
)
def test_an_id_by_itself_says_the_type(id: str, type: str) -> None:
    assert pdp.Actor(id).type == type


def test_attributes_of_a_request_reach_conditions() -> None:
    engine = pdp.Engine.from_yaml("""
version: 1
types: {file: {actions: [read], attributes: {size: {type: int, from: request}}}}
context: {ip: string}
rules:
  - {id: small, effect: permit, resource: file, when: "resource.size < 10 && context.ip == 'x'"}
""")
    ask = lambda size: engine.evaluate(
        "u", "read", {"type": "file", "id": "f", "attributes": {"size": size}}, {"ip": "x"}
    )
    assert ask(9).permitted
    assert not ask(10).permitted
    assert ask("9").errors[0]["fault"] == "wrong_type"
    assert not ask(True).permitted


def test_time_is_stated_or_the_present() -> None:
    engine = pdp.Engine.from_yaml("""
version: 1
types: {door: {actions: [open]}}
rules:
  - {id: late, effect: permit, resource: door, when: "now >= timestamp('2026-01-01T00:00:00Z')"}
""")
    ask = lambda now=None: engine.evaluate("u", "open", "door:1", now=now).permitted
    assert ask()
    assert ask("2026-01-01T01:00:00+01:00")
    assert not ask("2025-12-31T23:59:59Z")
    assert not ask(datetime(2025, 12, 31, tzinfo=UTC))
    assert ask(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(pdp.RequestError, match="now: "):
        ask(datetime(2026, 1, 1))


def test_those_that_may_keep_their_order_and_their_form(board: pdp.Engine) -> None:
    news = pdp.Resource("board", "news")
    resources = [("board", "none"), news, "board:news", {"type": "board", "id": "news"}]
    assert board.permitted("user:7", "read", resources) == resources[1:]
    assert board.permitted("user:7", "read", iter(resources))[0] is news
    assert board.permitted("user:666", "read", resources) == []
    assert board.permitted("user:7", "read", []) == []
