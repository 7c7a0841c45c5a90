"""Policies, decisions and pictures, explored step by step.

Editors that know `# %%` run it cell by cell, as a notebook; `python explore.py` runs it as a whole and writes
the pictures into the folder given, or into none.
"""

# %% A policy set: companies that share documents.
import sys
from pathlib import Path

import pdp

REPOSITORY = Path(__file__).resolve().parents[3]
engine = pdp.Engine.load(REPOSITORY / "policies" / "saas")
print(engine)

# %% What it declares: types, their relations, and what rules permit or deny to who has them.
# The last expression of a cell is what a notebook shows.
vocabulary = engine.graph()
vocabulary

# %% Who reaches the handbook, and by which facts.
handbook = "document:acme/handbook"
readers = engine.graph(handbook)
readers

# %% Of one person the picture is smaller: bob reads it as a member of a group.
bob = pdp.Actor("user:bob", tenants=["tenant:acme"])
path = engine.graph(handbook, actor=bob.id)
print(path.mermaid)
path

# %% The decision says the same, in words.
decision = engine.evaluate(bob, "write", handbook)
print(decision.effect, decision.reason, decision.rule)

# %% What may he do, and where?
documents = [handbook, "document:acme/legal/contract", "document:globex/plan"]
for action in ("read", "write", "share"):
    print(action, engine.permitted(bob, action, documents))

# %% Without the group nothing leads from him to it.
engine.remove(resource="group:acme/sales", relation="member", actor=bob.id)
alone = engine.graph(handbook, actor=bob.id)
denied = engine.evaluate(bob, "write", handbook)
print(denied.effect, denied.reason)
alone

# %% What was said at run time can be taken back, and the files count again.
engine.forget(resource="group:acme/sales", relation="member", actor=bob.id)
again = engine.evaluate(bob, "write", handbook)
print(again.effect)

# %% The pictures as files, for a page or a review.
for folder in map(Path, sys.argv[1:2]):
    for name, graph in {"vocabulary": vocabulary, "readers": readers, "path": path}.items():
        (folder / f"{name}.svg").write_text(graph.svg)
        (folder / f"{name}.mmd").write_text(graph.mermaid)
