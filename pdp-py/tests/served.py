"""A decision point elsewhere, as it really is: `pdp serve`."""

import os
import queue
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = os.environ.get("PDP_PROGRAM")
needs_program = pytest.mark.skipif(PROGRAM is None, reason="PDP_PROGRAM names no `pdp`")


class Served:
    """`pdp serve` on ports that were free, until it is ended."""

    def __init__(self, policies: Path, state: Path, **environment: str):
        assert PROGRAM is not None
        command = [PROGRAM, "serve", "--policies", str(policies), "--state", str(state)]
        settings = {
            "PDP_HTTP_LISTEN": f"127.0.0.1:0,unix:{state}/http",
            "PDP_GRPC_LISTEN": f"127.0.0.1:0,unix:{state}/grpc",
            "PDP_AUDIT_MODE": "off",
        }
        self._process = subprocess.Popen(
            command, env=settings | environment, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(
            target=lambda stream: [lines.put(line) for line in stream],
            args=[self._process.stderr],
            daemon=True,
        ).start()
        self.addresses: dict[str, str] = {}
        while len(self.addresses) < 2:
            self._note(lines.get(timeout=30))
        self.urls = [
            f"http://{self.addresses['http']}",
            f"grpc://{self.addresses['grpc']}",
            f"unix:{state}/http",
            f"grpc+unix:{state}/grpc",
        ]

    def _note(self, line: str) -> None:
        """`… listening address=127.0.0.1:41937 door="http"`"""
        told = re.search(r'listening address=(127\.0\.0\.1:\d+) door="(\w+)"', line)
        if told is not None:
            self.addresses[told[2]] = told[1]

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=20)
        assert self._process.stderr is not None
        self._process.stderr.close()


def urls_of(policies: str, folder: Path) -> Iterator[list[str]]:
    """For a fixture: the URLs of a decision point with these policies, none where there is no `pdp`."""
    if PROGRAM is None:
        yield []
        return
    (folder / "policies").mkdir()
    (folder / "policies" / "policy.yaml").write_text(policies)
    with Served(folder / "policies", folder) as served:
        yield served.urls
