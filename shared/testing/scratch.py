"""A scratch PostgreSQL for tests and for writing migrations: one server per run, shared by all test workers."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from shared.database.embedded import EmbeddedServer
from shared.ids import new_id

SPEED = {
    "fsync": "off",  # a test server may lose its data when the machine dies; committed rows survive a killed process
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "300",
    "autovacuum_naptime": "10min",
}


@contextmanager
def scratch_server(folder: Path | None = None) -> Iterator[EmbeddedServer]:
    """A server that vanishes afterwards."""
    home = folder or Path(tempfile.mkdtemp(prefix="wayhome-scratch-"))
    server = EmbeddedServer(home / f"pg-{os.getpid()}-{new_id().hex[-8:]}", options=SPEED)
    server.start()
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of an empty database on a scratch server."""
    with scratch_server() as server:
        asyncio.run(_create(server.dsn(), "scratch"))
        yield server.dsn("scratch")


async def _create(admin: str, name: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


class SharedServer:
    """One server for all workers of a test run; the last one to leave takes it down.

    `WAYHOME_TEST_POSTGRES` names a superuser address to use instead.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._register = folder / "server.json"
        self._lock = folder / "server.lock"
        self.admin_dsn = ""

    def join(self) -> str:
        """Start the server or join the running one; returns the superuser's address."""
        given = os.environ.get("WAYHOME_TEST_POSTGRES")
        if given:
            self.admin_dsn = given
            return given
        with self._locked():
            entry = self._read()
            if entry is None:
                server = EmbeddedServer(self._folder / "postgresql", options=SPEED)
                server.start()
                entry = {"dsn": server.dsn(), "pid": server.pid, "members": 0, "home": str(server.place.home)}
            entry["members"] = int(str(entry["members"])) + 1
            self._register.write_text(json.dumps(entry))
            self.admin_dsn = str(entry["dsn"])
        return self.admin_dsn

    def leave(self) -> None:
        """Leave; the last member stops the server and removes its data."""
        if os.environ.get("WAYHOME_TEST_POSTGRES"):
            return
        with self._locked():
            entry = self._read()
            if entry is None:
                return
            left = int(str(entry["members"])) - 1
            entry["members"] = left
            if left > 0:
                self._register.write_text(json.dumps(entry))
                return
            self._register.unlink()
            _take_down(int(str(entry["pid"])), Path(str(entry["home"])))

    def _read(self) -> dict[str, object] | None:
        return json.loads(self._register.read_text()) if self._register.exists() else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _take_down(pid: int, home: Path) -> None:
    import contextlib
    import shutil
    import signal
    import time

    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)
        for _ in range(200):
            os.kill(pid, 0)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
    shutil.rmtree(home, ignore_errors=True)
