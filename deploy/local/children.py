"""Child processes that never outlive the supervisor: own process group, death signal, ordered stop."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

DRAIN_SECONDS = 20.0
PR_SET_PDEATHSIG = 1
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SSL_CERT_FILE",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
)
PASSED_ON_PREFIX = "OTEL_"  # where traces go is the same for every child


def _die_with_parent() -> None:
    """Runs in the child before exec: the kernel ends it should the supervisor be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class ChildFailed(RuntimeError):
    """A child process ended although it should not have; the message names its log."""


class Child:
    """One `python -m services.<name> ...` with its log file."""

    def __init__(self, name: str, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        passed = (key for key in os.environ if key in PASSED_ON or key.startswith(PASSED_ON_PREFIX))
        inherited = {key: os.environ[key] for key in passed}
        with log.open("ab") as stream:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules, our own arguments
                [sys.executable, "-m", *arguments],
                env={**inherited, **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=Path(__file__).resolve().parents[2],
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops all in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads before the children are there
            )

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def failure(self) -> ChildFailed:
        """What to raise when it ended unasked."""
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
        return ChildFailed(f"{self.name} ended with {self.process.returncode}; end of {self.log}:\n{tail}")

    async def finished(self) -> None:
        """Wait for a one-shot child; raises ChildFailed unless it ended with 0."""
        while self.running:
            await asyncio.sleep(0.02)
        if self.process.returncode != 0:
            raise self.failure()

    def ask_to_stop(self) -> None:
        """SIGTERM: drain and end."""
        self._signal(signal.SIGTERM)

    async def stopped(self) -> None:
        """Wait for it to drain; end its whole group after that."""
        waited = 0.0
        while self.running and waited < DRAIN_SECONDS:
            await asyncio.sleep(0.05)
            waited += 0.05
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, which: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, which)


async def stop_all(children: Sequence[Child]) -> None:
    """Stop children together; they drain at the same time."""
    for child in children:
        child.ask_to_stop()
    await asyncio.gather(*(child.stopped() for child in children))
