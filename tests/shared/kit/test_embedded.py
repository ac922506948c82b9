"""The embedded PostgreSQL: nobody else gets in, nobody's directories change, a kill is survived."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import asyncpg
import pytest

from shared.database.embedded import EmbeddedServer
from shared.database.provision import provision

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_it_changes_no_parent_and_lets_only_owners_in(tmp_path: Path) -> None:
    parents = [tmp_path, *tmp_path.parents]
    before = {parent: parent.stat().st_mode for parent in parents}
    server = EmbeddedServer(tmp_path / "state" / "postgresql")
    server.start()
    try:
        assert {parent: parent.stat().st_mode for parent in parents} == before
        for name in ("one", "two"):
            await provision(server.dsn(), database=name, role=name, password=f"{name}'s secret")
        own = await asyncpg.connect(server.dsn("one", role="one", password="one's secret"))
        await own.execute("CREATE TABLE kept (n int)")
        await own.execute("INSERT INTO kept VALUES (1)")
        await own.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.dsn("one", role="one", password="wrong"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(server.dsn("two", role="one", password="one's secret"))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.stop()
        server.start()
        again = await asyncpg.connect(server.dsn("one", role="one", password="one's secret"))
        assert await again.fetchval("SELECT n FROM kept") == 1
        await again.close()
    finally:
        server.remove()
    assert not server.place.home.exists()
