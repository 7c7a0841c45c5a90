"""A policy decision point in the process of a Python program.

>>> import pdp
>>> engine = pdp.Engine.from_yaml('''
... version: 1
... types:
...   board:
...     actions: [read, post]
...     relations: {member: direct, banned: direct}
... rules:
...   - {id: banned, effect: deny, resource: board, actors: {relation: banned}}
...   - {id: members, effect: permit, resource: board, actors: {relation: member}}
... facts:
...   board:news: {member: ["user:*"], banned: user:666}
... ''')
>>> bool(engine.evaluate("user:7", "post", "board:news"))
True
>>> engine.evaluate("user:666", "post", "board:news")
<Decision deny because banned, rule banned at policy.yaml:8>
"""

from pdp._pdp import Actor, Applied, Decision, Engine, Graph, Request, Resource, Rule, Watch
from pdp.client import AsyncClient, Client
from pdp.errors import (
    ChangeError,
    Mistake,
    NoDecisionError,
    PdpError,
    PolicyError,
    RefusedError,
    RequestError,
    SourceError,
    UnavailableError,
)

__all__ = [
    "Actor",
    "Applied",
    "AsyncClient",
    "ChangeError",
    "Client",
    "Decision",
    "Engine",
    "Graph",
    "Mistake",
    "NoDecisionError",
    "PdpError",
    "PolicyError",
    "RefusedError",
    "Request",
    "RequestError",
    "Resource",
    "Rule",
    "SourceError",
    "UnavailableError",
    "Watch",
]
