"""The body of every service's Alembic environment, and the commands that run it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.database.engine import sqlalchemy_url


def alembic_config(*, migrations: Path, url: str, metadata: MetaData) -> Config:
    """An Alembic configuration in memory; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = url
    config.attributes["metadata"] = metadata
    return config


def run_env() -> None:
    """Run the migrations of the configuration in force; called by each service's env.py."""
    asyncio.run(_run(context.config.attributes["url"], context.config.attributes["metadata"]))


async def _run(url: str, metadata: MetaData) -> None:
    engine = create_async_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate, metadata)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.exec_driver_sql("SET lock_timeout = '5s'")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
        include_object=_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")


def upgrade(config: Config, revision: str = "head") -> None:
    """Bring the database to a revision; idempotent."""
    command.upgrade(config, revision)


def newest(config: Config) -> str:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(config).get_current_head() or ""


async def current(connection: AsyncConnection) -> str | None:
    """The revision the database is at; None before the first."""
    if not await connection.scalar(text("SELECT to_regclass('alembic_version')")):
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def ahead(config: Config) -> str | None:
    """The revision of a database that newer code has migrated already; None if it is at one that this code knows.

    After a release was taken back its schema stays (ADR 0006), and older code runs on it.
    """
    found = asyncio.run(_revision_at(config.attributes["url"]))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return found if found is not None and found not in known and found > newest(config) else None


async def _revision_at(url: str) -> str | None:
    engine = create_async_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await current(connection)
    finally:
        await engine.dispose()


def downgrade(config: Config, revision: str) -> None:
    """Take the database back to a revision."""
    command.downgrade(config, revision)


def check(config: Config) -> None:
    """Raise if the tables in code and the migrations differ."""
    command.check(config)


def revise(config: Config, message: str, *, replace: bool, versions: Path) -> Iterable[Path]:
    """Write a new revision from the difference between tables and database."""
    versions.mkdir(parents=True, exist_ok=True)
    if replace:
        for old in versions.glob("*.py"):
            if old.name != "__init__.py":
                old.unlink()
    number = len([path for path in versions.glob("[0-9]*.py")]) + 1
    command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    return sorted(versions.glob(f"{number:04d}_*.py"))
