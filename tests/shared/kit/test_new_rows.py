"""Rows that are given to a unit of work to be written at its commit, together with everything else it leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from shared.auth.principal import Principal
from shared.outbox.new_rows import MOST_FOLDED
from shared.problems import from_database
from shared.testing.running import RunningService
from tests.shared.kit.sample import Note, NoteCounted

pytestmark = pytest.mark.asyncio(loop_scope="session")
WRITER = Principal.system("test")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def note(office: str, **more: Any) -> Note:
    return Note(office=office, code="a", created_at=NOW, updated_at=NOW, **more)


async def kept(sample: RunningService, office: str) -> list[Note]:
    async with sample.runtime.units.read(actor=WRITER) as uow:
        found = select(Note).where(col(Note.office) == office).order_by(col(Note.code))
        return list((await uow.session.execute(found)).scalars())


@pytest.mark.parametrize("number", [1, 3, MOST_FOLDED, MOST_FOLDED + 1, 3 * MOST_FOLDED])
async def test_they_are_written_with_the_commit(sample: RunningService, number: int) -> None:
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        rows = [note(f"N{number}", tags=[str(place)]) for place in range(number)]
        uow.insert(*rows)
        uow.publish(NoteCounted(note_id=rows[0].id, count=1))
        before = await uow.session.scalar(select(Note).where(col(Note.office) == f"N{number}"))
    assert before is None
    found = await kept(sample, f"N{number}")
    assert sorted(int(row.tags[0]) for row in found) == list(range(number))


async def test_they_are_written_as_they_are_at_the_commit(sample: RunningService) -> None:
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        row = note("LATE", more={"a": "b"})
        uow.insert(row)
        row.code, row.count = "z", 7
    (found,) = await kept(sample, "LATE")
    assert (found.code, found.count, found.more, found.version) == ("z", 7, {"a": "b"}, 1)


async def test_they_can_be_looked_for_after_a_flush_and_stand_once(sample: RunningService) -> None:
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        uow.insert(note("SOON"), note("SOON"))
        await uow.flush()
        found = (await uow.session.execute(select(Note).where(col(Note.office) == "SOON"))).scalars().all()
        uow.insert(note("SOON"))
    assert len(found) == 2
    assert len(await kept(sample, "SOON")) == 3


async def test_without_a_commit_there_is_nothing(sample: RunningService) -> None:
    async def write_and_fail() -> None:
        async with sample.runtime.units.begin(actor=WRITER) as uow:
            uow.insert(note("GONE"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await kept(sample, "GONE") == []


async def test_what_exists_already_is_said_so_and_nothing_of_the_unit_stays(sample: RunningService) -> None:
    first = note("TWICE")
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        uow.insert(first)

    async def write_again() -> None:
        async with sample.runtime.units.begin(actor=WRITER) as uow:
            uow.insert(note("TWICE", id=first.id), note("TWICE"))

    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it means is asserted below
        await write_again()
    meaning = from_database(caught.value)
    assert meaning is not None
    assert meaning.slug == "already-exists"
    assert [row.id for row in await kept(sample, "TWICE")] == [first.id]


async def test_facts_of_a_new_row_are_numbered_from_one_and_go_on(sample: RunningService) -> None:
    row, other = note("NUMBERED"), note("NUMBERED")
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        uow.insert(row, other)
        uow.publish(*(NoteCounted(note_id=key, count=0) for key in (row.id, other.id, row.id)))
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        uow.publish(NoteCounted(note_id=row.id, count=0))
    async with sample.runtime.units.begin(actor=WRITER) as uow:
        later = note("NUMBERED")
        uow.insert(later)
        await uow.flush()
        uow.publish(NoteCounted(note_id=later.id, count=0), NoteCounted(note_id=row.id, count=0))
    numbered = text("SELECT key, array_agg(sequence ORDER BY sequence) FROM outbox GROUP BY key")
    async with sample.runtime.units.read(actor=WRITER) as uow:
        found = dict((await uow.session.execute(numbered)).all())
    assert (found[str(row.id)], found[str(other.id)], found[str(later.id)]) == ([1, 2, 3, 4], [1], [1])


async def test_a_row_knows_its_fields_and_shares_no_default() -> None:
    one, other = note("A"), note("A")
    one.tags.append("x")
    assert (other.tags, other.count, other.more) == ([], 0, None)
    assert one.id != other.id
    with pytest.raises(TypeError, match="Note has no colour"):
        note("A", colour="red")
