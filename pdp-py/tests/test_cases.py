"""Every case of every pack is decided in Python as it is in Rust.

`pdp test --format json` does not list what it asked, so the cases are read here once more, by the
means of Python; and the requests of the seeds are held against `pdp eval`.
"""

import json
import os
import subprocess

import pytest

import pdp
from conftest import REPOSITORY

PDP = os.environ.get("PDP_PROGRAM")


@pytest.mark.skipif(PDP is None, reason="PDP_PROGRAM names no `pdp`")
@pytest.mark.parametrize("pack", ["daarion"])
def test_the_requests_of_the_seeds_are_decided_as_by_pdp_eval(pack: str) -> None:
    requests = REPOSITORY / "examples" / "requests" / "seeds.jsonl"
    policies = REPOSITORY / "policies" / pack
    printed = subprocess.run(
        [PDP, "eval", "--policies", policies, "--request", requests, "--format", "json"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    engine = pdp.Engine.load(policies)
    asked = [json.loads(line) for line in requests.read_text().splitlines()]
    expected = [json.loads(line) for line in printed.stdout.splitlines()]
    assert len(asked) == len(expected) >= 11
    assert [engine.decide(request).to_dict() for request in asked] == expected
    assert [decision.to_dict() for decision in engine.evaluate_many(asked)] == expected
