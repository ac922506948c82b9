"""Ends what a killed supervisor left running on this state: a database server, a broker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from deploy.local.state import alive


def end_orphan(pid_file: Path, mark: str, how: signal.Signals = signal.SIGINT) -> None:
    """Stop the process that the file names on its first line, if its command line still carries the mark."""
    if not pid_file.exists():
        return
    first = pid_file.read_text(encoding="utf-8").split("\n", 1)[0]
    if not first.isdigit():
        return
    pid = int(first)
    command = Path(f"/proc/{pid}/cmdline")
    if not alive(pid) or (command.exists() and mark.encode() not in command.read_bytes()):
        return
    os.kill(pid, how)
    for _ in range(200):
        if not alive(pid):
            return
        time.sleep(0.05)
