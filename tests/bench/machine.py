"""The machine and the versions that a run's figures belong to; without them a figure says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg

from deploy.kafka.jars import locked_jars
from deploy.local.state import PROJECT
from tests.bench.ground import Ground

LIBRARIES = ("aiokafka", "asyncpg", "fastapi", "pydantic", "sqlalchemy", "uvicorn", "uvloop")


async def machine_facts(ground: Ground) -> dict[str, Any]:
    """Cores, versions, the commit, and how busy the machine is already."""
    connection = await asyncpg.connect(ground.server.dsn())
    try:
        postgresql = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    kafka = next((jar.version for jar in locked_jars() if jar.artifact.startswith("kafka_")), None)
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgresql,
        "kafka": kafka if ground.broker is not None else None,
        "libraries": {name: version(name) for name in LIBRARIES},
        "commit": _git("rev-parse", "HEAD"),
        "changed since": bool(_git("status", "--porcelain", "--", "services", "shared", "tests/bench")),
        "load before": [round(value, 2) for value in os.getloadavg()],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
