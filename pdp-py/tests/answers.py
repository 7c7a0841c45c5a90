"""Answers requests as another door does, for the tests that hold all doors against each other.

    python answers.py POLICIES CHANGES      # requests on standard input, one a line

Applies the change sets first, one a line. Asks in every form that there is, and prints a decision a
line where all agree; ends with a message where they do not.
"""

import json
import sys
from pathlib import Path

import pdp


def main() -> None:
    engine = pdp.Engine.load(sys.argv[1])
    for change_set in Path(sys.argv[2]).read_text().splitlines():
        engine.apply(change_set)
    requests = [json.loads(line) for line in sys.stdin]
    prepared = [pdp.Request(**request) for request in requests]
    ways = {
        "decide, dicts": [engine.decide(request) for request in requests],
        "evaluate": [engine.evaluate(**request) for request in requests],
        "decide, prepared": [engine.decide(request) for request in prepared],
        "evaluate_many, dicts": engine.evaluate_many(requests),
        "evaluate_many, prepared": engine.evaluate_many(prepared),
    }
    first = [decision.to_dict() for decision in ways["decide, dicts"]]
    for way, decisions in ways.items():
        for request, wanted, decision in zip(requests, first, decisions, strict=True):
            if decision.to_dict() != wanted:
                sys.exit(f"{way}: {decision} for {json.dumps(request)}, and not {wanted}")
            if bool(decision) is not (wanted["effect"] == "permit"):
                sys.exit(f"{way}: {decision} is {bool(decision)}")
    for decision in first:
        print(json.dumps(decision))


main()
