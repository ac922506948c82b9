"""Every service's migrations: up, down, up again; equal to the tables in code; what autogenerate does not see is probed."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from shared.database import migrations
from shared.testing.databases import Databases
from shared.testing.plugin import SERVICES
from shared.testing.running import service_named

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("name", SERVICES)
async def test_up_down_up_and_equal_to_the_code(databases: Databases, name: str) -> None:
    service = service_named(name)
    url = await databases.url_for_log("migrations")
    config = migrations.alembic_config(migrations=service.migrations, url=url, metadata=service.metadata)
    await asyncio.to_thread(migrations.upgrade, config)
    await asyncio.to_thread(migrations.check, config)
    await asyncio.to_thread(migrations.downgrade, config, "base")
    connection = await asyncpg.connect(url)
    left = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert [row["tablename"] for row in left] == ["alembic_version"]
    await asyncio.to_thread(migrations.upgrade, config)
    predicates = await connection.fetch(
        "SELECT c.relname, pg_get_expr(i.indpred, i.indrelid) AS predicate FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indpred IS NOT NULL"
    )
    found = {row["relname"]: row["predicate"] for row in predicates}
    assert found["ix_outbox_unpublished"] == "(published_at IS NULL)"
    assert found["ix_parked_event_open"] == "(resolved_at IS NULL)"
    unique = await connection.fetchval(
        "SELECT count(*) FROM pg_constraint WHERE conname = 'uq_outbox_key_sequence' AND contype = 'u'"
    )
    assert unique == 1
    await connection.close()
    await databases.drop(url)
