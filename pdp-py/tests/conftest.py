"""What the tests share."""

from pathlib import Path

import pytest

import pdp

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def daarion() -> pdp.Engine:
    return pdp.Engine.load(REPOSITORY / "policies" / "daarion")


@pytest.fixture
def board() -> pdp.Engine:
    return pdp.Engine.from_yaml(BOARD)


BOARD = """
version: 1
types:
  board:
    actions: [read, post]
    relations: {member: direct, banned: direct}
rules:
  - {id: banned, effect: deny, resource: board, actors: {relation: banned}}
  - {id: members, effect: permit, resource: board, actors: {relation: member}}
facts:
  board:news: {member: ["user:*"], banned: user:666}
"""
