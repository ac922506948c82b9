"""A migrated template database per service and a quick copy of it per test worker, emptied before each use."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from shared.database import migrations
from shared.service import Service

KEPT_TABLES = ("alembic_version",)


def with_database(dsn: str, database: str) -> str:
    """The same server, another database."""
    return dsn.rsplit("/", 1)[0] + "/" + database


class Databases:
    """Hands out one emptied database per service and worker."""

    def __init__(self, admin_dsn: str, folder: Path) -> None:
        self.admin_dsn = admin_dsn
        self._folder = folder
        self._ready: dict[str, str] = {}

    async def url_for(self, service: Service, copy: str = "") -> str:
        """The address of this worker's own database of a service, migrated and empty."""
        name = f"{service.name}{copy}"
        if name not in self._ready:
            template = await asyncio.to_thread(self._template, service)
            database = f"w{os.getpid()}_{name}"
            await self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
            self._ready[name] = with_database(self.admin_dsn, database)
        await empty(self._ready[name])
        return self._ready[name]

    async def url_for_log(self, name: str = "log") -> str:
        """The address of a new, empty database for an event log."""
        database = f"w{os.getpid()}_{name}_{os.urandom(4).hex()}"
        await self._execute(f'CREATE DATABASE "{database}"')
        return with_database(self.admin_dsn, database)

    async def drop(self, url: str) -> None:
        """Remove a database and whoever is connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    async def drop_all(self) -> None:
        """Remove this worker's databases."""
        for url in self._ready.values():
            await self.drop(url)
        self._ready.clear()

    def _template(self, service: Service) -> str:
        digest = hashlib.sha256()
        for path in sorted((service.migrations / "versions").glob("*.py")):
            digest.update(path.read_bytes())
        name = f"template_{service.name}_{digest.hexdigest()[:10]}"
        with self._locked():
            if asyncio.run(self._create(name)):
                url = with_database(self.admin_dsn, name)
                config = migrations.alembic_config(migrations=service.migrations, url=url, metadata=service.metadata)
                migrations.upgrade(config)
        return name

    async def _create(self, name: str) -> bool:
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                return False
            await connection.execute(f'CREATE DATABASE "{name}"')
            return True
        finally:
            await connection.close()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "templates.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


async def empty(url: str) -> None:
    """Delete every row of a service database; the schema stays."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = ", ".join(f'"{row["tablename"]}"' for row in tables if row["tablename"] not in KEPT_TABLES)
        if names:
            await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()
