"""The operator's commands of a service as they are typed: what they answer and with which exit code they end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from shared.cli import service_cli
from shared.eventlog.postgres import PostgresLog
from shared.testing.databases import Databases
from shared.testing.running import service_named

pytestmark = pytest.mark.asyncio(loop_scope="session")
Typed = Callable[..., Awaitable[tuple[int, str]]]
UNPUBLISHED = (
    "INSERT INTO outbox (event_id, topic, key, sequence, shard, type, envelope, created_at) "
    "VALUES (gen_random_uuid(), 'returns', 'k', 1, 0, 'returns.case.opened.v1', '', now() - interval '1 hour')"
)
PARKED = (
    'INSERT INTO parked_event (id, consumer, topic, partition, "offset", key, envelope, error_class, reason) '
    "VALUES (gen_random_uuid(), 'returns', 'registry', 0, 0, 'k', '', 'ValueError', 'ValueError') RETURNING id"
)
POSITION = "INSERT INTO consumer_offset VALUES ('returns', 'registry', 0, 3, 'another log')"


class Deployed:
    """A service's database and its command line."""

    def __init__(self, url: str, log_url: str) -> None:
        self.url = url
        self._environment = {
            "WAYHOME_RETURNS_DATABASE_URL": url,
            "WAYHOME_RETURNS_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
            "WAYHOME_LOG_URL": log_url,
            "WAYHOME_OIDC_ISSUER": "https://identity.test",
            "WAYHOME_OIDC_JWKS_URL": "https://identity.test/jwks",
        }

    async def typed(self, *arguments: str) -> tuple[int, str]:
        """The exit code and everything that was said."""
        cli = service_cli(service_named("returns"))
        done = await asyncio.to_thread(CliRunner().invoke, cli, arguments, env=self._environment)
        return done.exit_code, done.output

    async def value(self, statement: str) -> object:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def returns(databases: Databases) -> AsyncIterator[Deployed]:
    """Returns with an empty database and an empty log."""
    log_url = await databases.url_for_log()
    log = await PostgresLog.create(log_url)
    await log.close()
    yield Deployed(await databases.url_for(service_named("returns")), log_url)
    await databases.drop(log_url)


async def test_status_of_a_service_that_needs_nobody(returns: Deployed) -> None:
    code, said = await returns.typed("status")
    assert code == 0, said
    assert "0 waiting" in said
    assert "concern" not in said


async def test_status_names_every_concern(returns: Deployed) -> None:
    for statement in (UNPUBLISHED, PARKED, POSITION):
        await returns.value(statement)
    code, said = await returns.typed("status")
    assert code == 1
    concerns = [line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("concern")]
    assert concerns == ["the outbox is stuck", "events are parked", "positions belong to another log"]
    assert "1 waiting, the oldest for 36" in said


async def test_status_without_a_log_still_answers(returns: Deployed, databases: Databases) -> None:
    returns._environment["WAYHOME_LOG_ENGINE"] = "kafka"
    returns._environment["WAYHOME_KAFKA_SERVERS"] = "127.0.0.1:9"
    code, said = await returns.typed("status")
    assert code == 1
    assert "the event log cannot be reached" in said


async def test_parked_events_are_listed_and_discarded_with_a_reason(returns: Deployed) -> None:
    assert await returns.typed("parked") == (0, "nothing is parked\n")
    parked_id = str(await returns.value(PARKED))
    assert parked_id in (await returns.typed("parked"))[1]
    code, said = await returns.typed("parked", "--discard", parked_id)
    assert code == 2
    assert "ticket" in said
    code, said = await returns.typed("parked", "--discard", parked_id, "--reason", "INC-2041")
    assert code == 0, said
    assert await returns.typed("parked") == (0, "nothing is parked\n")
    assert (await returns.typed("parked", "--discard", parked_id, "--reason", "INC-2041"))[0] == 2
    assert await returns.value("SELECT resolution FROM parked_event") == "discarded"


async def test_positions_and_keys(returns: Deployed) -> None:
    await returns.value(POSITION)
    assert await returns.typed("reset-positions") == (0, "1 partitions will be read from the beginning\n")
    assert (await returns.typed("status"))[0] == 0
    code, said = await returns.typed("rewrap-keys")
    assert (code, said) == (0, "0 keys are under the current master key now, 0 were already\n")


async def test_older_code_leaves_a_newer_schema_as_it_is(returns: Deployed) -> None:
    newest = await returns.value("SELECT version_num FROM alembic_version")
    try:
        await returns.value("UPDATE alembic_version SET version_num = '9999'")
        code, said = await returns.typed("migrate")
        assert code == 0, said
        assert "newer than this code" in said
        assert await returns.value("SELECT version_num FROM alembic_version") == "9999"
        assert (await returns.typed("status"))[0] == 0
        await returns.value("UPDATE alembic_version SET version_num = '0000'")
        assert (await returns.typed("migrate"))[0] == 1, "a revision that never was is no newer one"
    finally:
        await returns.value(f"UPDATE alembic_version SET version_num = '{newest}'")
    assert (await returns.typed("migrate")) == (0, "returns: database is up to date\n")
