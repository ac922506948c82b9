"""Changing the master key: nothing becomes unreadable on the way, and afterwards the earlier key opens nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import MetaData, text

from shared.auth.principal import Principal
from shared.clock import SystemClock
from shared.database.engine import create_engine
from shared.database.tables import add_kit_tables
from shared.database.units import Units
from shared.ids import new_id
from shared.protection.vault import SealBroken, Sealed, Vault
from shared.rewrap import Rewrapped, ServiceSeal, rewrap_keys
from shared.testing.databases import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")
OLD, NEW = bytes(32), bytes([7]) * 32
SEALS = (ServiceSeal("lamp", "lamp", "wish_sealed", unless="person_id"),)
LAMP = "CREATE TABLE lamp (id uuid PRIMARY KEY, wish_sealed bytea, person_id uuid)"
SET = text("INSERT INTO lamp VALUES (:id, :wish, :person)")


@pytest_asyncio.fixture(loop_scope="session")
async def units(databases: Databases) -> AsyncIterator[Units]:
    """Units of work of a service that seals under the earlier key."""
    url = await databases.url_for_log("rewrap")
    metadata = MetaData()
    add_kit_tables(metadata)
    engine = create_engine(url, pool_size=2, application="rewrap")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text(LAMP))
    yield Units(engine=engine, clock=SystemClock(), vault=Vault("genie", OLD))
    await engine.dispose()
    await databases.drop(url)


def under(units: Units, *keys: bytes) -> Units:
    """The same database with other master keys."""
    return Units(engine=units._engine, clock=SystemClock(), vault=Vault("genie", keys[0], keys[1:]))


async def sealed(units: Units, person: UUID) -> bytes:
    async with units.begin(actor=Principal.system("test")) as uow:
        return await uow.vault.seal(Sealed(person, "person", "name", b"Nino"))


async def opened(units: Units, person: UUID, value: bytes) -> bytes | None:
    async with units.begin(actor=Principal.system("test")) as uow:
        return await uow.vault.open(Sealed(person, "person", "name", value), purpose="test")


async def test_persons_stay_readable_and_the_earlier_key_is_not_needed_any_more(units: Units) -> None:
    persons = [new_id() for _ in range(3)]
    values = [await sealed(units, person) for person in persons]
    both = under(units, NEW, OLD)
    persons.append(new_id())
    values.append(await sealed(both, persons[-1]))
    assert await rewrap_keys(both, both._vault, ()) == Rewrapped(3, 1)
    for person, value in zip(persons, values, strict=True):
        assert await opened(under(units, NEW), person, value) == b"Nino"
        with pytest.raises(SealBroken):
            await opened(under(units, OLD), person, value)
    assert await rewrap_keys(both, both._vault, ()) == Rewrapped(0, 4)


async def test_an_erased_person_stays_erased(units: Units) -> None:
    person = new_id()
    value = await sealed(units, person)
    async with units.begin(actor=Principal.system("test")) as uow:
        await uow.vault.destroy(person)
    both = under(units, NEW, OLD)
    assert await rewrap_keys(both, both._vault, ()) == Rewrapped(0, 0)
    assert await opened(under(units, NEW), person, value) is None


async def test_what_is_sealed_under_the_service_itself_changes_too_and_a_persons_value_does_not(units: Units) -> None:
    vault = Vault("genie", OLD)
    of_person = await sealed(units, person := new_id())
    async with units.begin(actor=Principal.system("test")) as uow:
        wish = vault.seal_service("lamp", b"three more")
        await uow.session.execute(SET, {"id": new_id(), "wish": wish, "person": None})
        await uow.session.execute(SET, {"id": new_id(), "wish": of_person, "person": person})
    both = under(units, NEW, OLD)
    assert await rewrap_keys(both, both._vault, SEALS) == Rewrapped(2, 0)
    async with units.begin(actor=Principal.system("test")) as uow:
        rows = (await uow.session.execute(text("SELECT wish_sealed, person_id FROM lamp"))).all()
    kept = {row.person_id: bytes(row.wish_sealed) for row in rows}
    assert Vault("genie", NEW).open_service("lamp", kept[None]) == b"three more"
    assert kept[person] == of_person


async def test_a_key_that_nothing_opens_stops_it_and_leaves_everything_as_it_was(units: Units) -> None:
    value = await sealed(units, person := new_id())
    stranger = under(units, NEW, bytes([9]) * 32)
    with pytest.raises(SealBroken):
        await rewrap_keys(stranger, stranger._vault, ())
    assert await opened(units, person, value) == b"Nino"


async def test_more_than_a_batch_is_done_to_the_end(units: Units) -> None:
    vault = Vault("genie", OLD)
    rows = [(person := new_id(), vault.new_key(person)[1]) for _ in range(1_203)]
    async with units.begin(actor=Principal.system("test")) as uow:
        add = text("INSERT INTO person_key (person_id, wrapped_key, key_version) VALUES (:id, :key, 1)")
        await uow.session.execute(add, [{"id": person, "key": key} for person, key in rows])
    both = under(units, NEW, OLD)
    assert await rewrap_keys(both, both._vault, ()) == Rewrapped(1_203, 0)
