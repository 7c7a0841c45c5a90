"""A decision in the process makes no system call: the kernel ends a process that makes one."""

import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

QUIET = Path(__file__).with_name("quiet.py")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="the filter is for Linux on x86_64 and aarch64",
)


def did(what: str, *more: str) -> tuple[int, str]:
    """How a process ended that did this under the filter, and what it said."""
    ended = subprocess.run(
        [sys.executable, QUIET, what, *more],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if ended.returncode == 3:
        pytest.skip("the kernel takes no filter")
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.fixture(scope="module")
def clock() -> list[str]:
    """On some machines the time is a system call; it is Python's, too."""
    return [] if did("time")[0] == 0 else ["clock"]


@pytest.mark.parametrize(
    "what",
    ["texts", "dict", "objects", "prepared", "batch", "prepared batch", "permitted", "deny", "refused"],
)
def test_a_decision_makes_no_system_call(clock: list[str], what: str) -> None:
    assert did(what, *clock) == (0, "10000 of 10000\n")


def test_a_system_call_would_be_seen(clock: list[str]) -> None:
    assert did("planted", *clock) == (-signal.SIGSYS, "")
