"""A database as an earlier revision left it: rows are put in as they were then, and today's service goes on with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.database import migrations
from shared.service import Service
from shared.testing.databases import Databases
from shared.testing.running import RunningService, run_service, service_named


class Old:
    """A database at an earlier revision, and the means to go on."""

    def __init__(self, service: Service, url: str, config: Any, clock: FixedClock) -> None:
        self.service, self.url, self.config, self.clock = service, url, config, clock

    async def put(self, table: str, **values: Any) -> UUID:
        """A row; what every row has is filled in."""
        stamps = {"created_at": self.clock.now(), "updated_at": self.clock.now(), "version": 1}
        connection = await asyncpg.connect(self.url)
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=str, schema="pg_catalog")
        known = await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1", table
        )
        columns = {row["column_name"] for row in known}
        given = {name: value for name, value in {"id": uuid4(), **stamps}.items() if name in columns} | values
        places = ", ".join(f"${number}" for number in range(1, len(given) + 1))
        names = ", ".join(f'"{name}"' for name in given)
        await connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *given.values())
        await connection.close()
        found = UUID(str(given.get("id", uuid4())))
        return found

    async def upgrade(self) -> None:
        """To the newest revision, which is what the code expects."""
        await asyncio.to_thread(migrations.upgrade, self.config)
        await asyncio.to_thread(migrations.check, self.config)


@asynccontextmanager
async def at_revision(
    databases: Databases, clock: FixedClock, revision: str, *, name: str = "registry"
) -> AsyncIterator[Old]:
    """The database of one service as it was."""
    service = service_named(name)
    url = await databases.url_for_log("old_data")
    config = migrations.alembic_config(migrations=service.migrations, url=url, metadata=service.metadata)
    await asyncio.to_thread(migrations.upgrade, config, revision)
    try:
        yield Old(service, url, config, clock)
    finally:
        await databases.drop(url)


@asynccontextmanager
async def going_on(old: Old, issuer: LocalIssuer) -> AsyncIterator[RunningService]:
    """Upgraded, and the service of today runs on it."""
    await old.upgrade()
    async with run_service(old.service, old.url, issuer=issuer, clock=old.clock) as service:
        yield service
