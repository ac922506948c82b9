"""Where the local Kafka lives, and whether the one that `make kafka` started is running."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from deploy.local.state import PROJECT, alive

KAFKA_HOME = Path(os.environ.get("WAYHOME_KAFKA_HOME") or PROJECT / ".local" / "kafka").resolve()
LIBRARIES = KAFKA_HOME / "libraries"


def running_broker() -> dict[str, Any] | None:
    """What `make kafka` wrote down, if that process is still there."""
    path = KAFKA_HOME / "running.json"
    if not path.exists():
        return None
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    command = Path(f"/proc/{facts['process']}/cmdline")
    if not alive(facts["process"]) or (command.exists() and b"kafka.Kafka" not in command.read_bytes()):
        return None
    return facts
