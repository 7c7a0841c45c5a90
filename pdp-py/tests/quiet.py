"""Does something many times where a system call is the end of the process, for `test_quiet.py`.

    python quiet.py WHAT [clock]

The kernel kills the process at the first call but `write` and `exit_group`, by which it says what
came of it; with `clock` it may ask for the time as well. Exits with 3 where there is no such filter.
"""

import ctypes
import gc
import os
import platform
import resource
import struct
import sys
import time
from collections.abc import Callable

import pdp
from conftest import BOARD

TIMES = 10_000
#: By the machine: its number in filters, and those of `write`, `exit_group` and `clock_gettime`.
MACHINES = {"x86_64": (0xC000003E, 1, 231, 228), "aarch64": (0xC00000B7, 64, 94, 113)}


def main(what: str, *more: str) -> None:
    do = deeds()[what]
    gc.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Memory is fetched now, and what is looked up at first use.
    for _ in range(2):
        many(do)
    permitted = filtered("clock" in more) or many(do)
    os.write(1, f"{permitted} of {TIMES}\n".encode())
    os._exit(0)


def many(do: Callable[[], bool]) -> int:
    return sum(do() for _ in range(TIMES))


def deeds() -> dict[str, Callable[[], bool]]:
    """What may be done; each says whether it was permitted."""
    engine = pdp.Engine.from_yaml(BOARD)
    actor = pdp.Actor("user:7", tenants=["t"], roles=["r"], attributes={"a": [1, 2.5, None]})
    board = pdp.Resource("board", "news", attributes={"a": "b"})
    question = {
        "actor": {"actor_id": "user:7", "actor_type": "human", "roles": ["r"]},
        "action": "read",
        "resource": {"type": "board", "id": "news"},
        "context": {"ip": "192.0.2.7", "tags": ["a", {"b": 1.5}]},
    }
    request = pdp.Request(actor, "read", board)
    batch = [question, request, ("user:7", "read", "board:news")]
    boards = ["board:none", "board:news", board]

    def refused() -> bool:
        try:
            return engine.evaluate("", "read", "board:news").permitted
        except pdp.RequestError:
            return True

    return {
        "texts": lambda: engine.evaluate("user:7", "read", "board:news").permitted,
        "dict": lambda: engine.decide(question).permitted,
        "objects": lambda: engine.evaluate(actor, "read", board, {"a": 1}).permitted,
        "prepared": lambda: engine.decide(request).permitted,
        "batch": lambda: all(engine.evaluate_many(batch)),
        "prepared batch": lambda: all(engine.evaluate_many([request] * 3)),
        "permitted": lambda: len(engine.permitted(actor, "read", boards)) == 2,
        "deny": lambda: not engine.evaluate("user:666", "read", "board:news").to_dict()["bypass"],
        "refused": refused,
        "time": lambda: time.time() > 0,
        "planted": lambda: engine.decide(request).permitted and os.getpid() > 0,
    }


def filtered(clock: bool) -> int:
    """From now on the kernel takes no other calls. 0, so that one goes on."""
    machine, write, exit_group, clock_gettime = MACHINES[platform.machine()]
    allowed = [write, exit_group] + [clock_gettime] * clock
    load = lambda at: (0x20, 0, 0, at)
    equal = lambda value, then, otherwise: (0x15, then, otherwise, value)
    kill, allow = (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)
    checks = [equal(number, len(allowed) - at, 0) for at, number in enumerate(allowed)]
    steps = [load(4), equal(machine, 1, 0), kill, load(0), *checks, kill, allow]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    no_new_privileges, filter_calls, by_program = 38, 22, 2
    if control(no_new_privileges, 1, 0, 0, 0):
        os._exit(3)
    if control(filter_calls, by_program, ctypes.addressof(program), 0, 0):
        os._exit(3)
    return 0


main(*sys.argv[1:])
