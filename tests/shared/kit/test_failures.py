"""What a failure of the database means: pass by itself, the caller's value, or a defect; on errors of the real driver."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database.engine import create_engine
from shared.errors import Unavailable
from shared.inbox.failures import is_transient
from shared.problems import Untranslatable, from_database
from shared.testing.databases import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def connection(databases: Databases) -> AsyncIterator[AsyncConnection]:
    """A connection through the engine the services use."""
    url = await databases.url_for_log("failures")
    engine = create_engine(url, pool_size=1, application="failures")
    async with engine.connect() as opened:
        yield opened
    await engine.dispose()
    await databases.drop(url)


async def failure(connection: AsyncConnection, statement: str, **values: object) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught:
        await connection.execute(text(statement), values)
    return caught.value


async def test_a_connection_that_broke_is_waited_for_and_no_defect(connection: AsyncConnection) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    driver.terminate()
    error = await failure(connection, "SELECT 1")
    assert is_transient(error)
    assert isinstance(from_database(error), Unavailable)


@pytest.mark.parametrize(("kind", "value"), [("int", 2**40), ("uuid", "no uuid"), ("text", 7)])
async def test_a_value_that_does_not_fit_is_never_waited_for(
    connection: AsyncConnection, kind: str, value: object
) -> None:
    error = await failure(connection, f"SELECT CAST(:value AS {kind})", value=value)
    assert not is_transient(error)
    assert isinstance(from_database(error), Untranslatable)


async def test_a_statement_of_ours_that_is_wrong_is_a_defect(connection: AsyncConnection) -> None:
    error = await failure(connection, "SELECT * FROM nowhere")
    assert not is_transient(error)
    assert from_database(error) is None
