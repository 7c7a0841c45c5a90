"""A slice of what `hostile.py` does at length."""

import subprocess
import sys
from pathlib import Path

import hypothesis

from hostile import Judge, Wrong, example

CALLS = 20_000


def test_hostile_objects_make_no_crash_and_no_permit() -> None:
    script = Path(__file__).with_name("hostile.py")
    command = [sys.executable, "-W", "error", "-X", "dev", script, "--calls", str(CALLS)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("no crash, no wrong permit\n")


def test_a_wrong_permit_would_be_seen() -> None:
    judge = Judge()
    judge.permits = lambda question: False  # type: ignore[method-assign]
    hypothesis.seed(0)(example(judge))()
    assert isinstance(judge.wrong, Wrong)
