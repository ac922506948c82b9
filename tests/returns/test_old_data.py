"""Data of earlier revisions of returns: what was kept then and may not be kept any more, and what goes on."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.database import migrations
from shared.testing.databases import Databases
from tests.old_data import Old, at_revision, going_on

pytestmark = pytest.mark.asyncio(loop_scope="session")
BIRTHDAY = datetime(2026, 1, 14, 3, 0, tzinfo=UTC)
AT_THE_BIRTHDAY = UUID(int=(int(BIRTHDAY.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 5)


async def remembered(old: Old, action: str, ref: str) -> None:
    states = {"state_before": "PRE_DEPARTURE", "state_after": "PRE_DEPARTURE", "on": BIRTHDAY.date()}
    who = {"actor": "system:ages-of-children", "actor_role": "system", "case_id": uuid4(), "person_ref": ref}
    await old.put("case_history", id=_unlike(ref), at=BIRTHDAY, action=action, **states, **who)


def _unlike(ref: str) -> UUID:
    return UUID(int=AT_THE_BIRTHDAY.int + len(ref))


async def test_what_was_remembered_of_a_birthday_keeps_its_month_only(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0033 the day somebody came of age stood in the history, its audit and the notice of it."""
    async with at_revision(databases, clock, "0032", name="returns") as old:
        await remembered(old, "came-of-age", "person_a")
        await remembered(old, "person-amended", "person_of_that_day")
        kept = {"actor": "system:ages-of-children", "actor_role": "system", "subject": "c", "facts": {}}
        await old.put("audit", id=AT_THE_BIRTHDAY, at=BIRTHDAY, action="case.came-of-age", correlation_id="x", **kept)
        notice = {"kind": "person.came-of-age", "role": "caseworker", "scope": "ZRH", "subject": "c", "facts": {}}
        await old.put("notification", id=AT_THE_BIRTHDAY, created_at=BIRTHDAY, **notice)
        async with going_on(old, issuer) as service:
            dates = 'SELECT id, at, "on"::text AS day FROM case_history ORDER BY person_ref'
            came, other = await service.fetch(dates)
            assert (came["at"], came["day"]) == (datetime(2026, 2, 1, tzinfo=UTC), "2026-02-01")
            assert came["id"].int >> 80 == int(came["at"].timestamp() * 1000)
            assert came["id"].int & ((1 << 80) - 1) == _unlike("person_a").int & ((1 << 80) - 1)
            assert (other["at"], other["day"]) == (BIRTHDAY, "2026-01-14")
            for table, column in (("audit", "at"), ("notification", "created_at")):
                (row,) = await service.fetch(f"SELECT id, {column} AS moment FROM {table}")
                assert row["moment"] == datetime(2026, 1, 1, tzinfo=UTC)
                assert row["id"].int >> 80 == int(row["moment"].timestamp() * 1000)


async def test_file_numbers_and_the_clocks_of_complaints_go_on(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0002 numbers were counted in a row of their own; before 0030 a complaint had days and no clock."""
    async with at_revision(databases, clock, "0001", name="returns") as old:
        await old.put("file_counter", host="CHE", year=2026, last_number=41)
        config = old.config
        await asyncio.to_thread(migrations.upgrade, config, "0029")
        day = date(2026, 3, 1)
        common = {"authority_id": "SEM", "misconduct": False, "language": "en", "channel": "in_app", "excluded": []}
        common |= {"sealed_account": b"", "received_on": day, "answer_by": date(2026, 4, 1)}
        common |= {"acknowledge_by": datetime(2026, 3, 4, tzinfo=UTC), "kind": "treatment"}
        new = await old.put("complaint", code_digest=b"1", status="RECEIVED", **common)
        taken = {"status": "INVESTIGATING", "acknowledged_at": datetime(2026, 3, 2, tzinfo=UTC)}
        later = await old.put("complaint", code_digest=b"2", **{**common, **taken})
        await old.put("complaint", code_digest=b"3", status="CLOSED", **common)
        async with going_on(old, issuer) as service:
            ((number,),) = await service.fetch("SELECT nextval('file_number')")
            assert number == 1042, "room for the release before, which still counts"
            clocks = await service.fetch("SELECT complaint_id, clock, due_on FROM complaint_deadline ORDER BY due_on")
            assert {(row["complaint_id"], row["clock"]) for row in clocks} == {
                (new, "complaint_acknowledgement"),
                (new, "complaint_answer"),
                (later, "complaint_answer"),
            }
            due = await service.fetch("SELECT id, due_at FROM complaint WHERE due_at IS NOT NULL")
            assert {row["id"]: row["due_at"].date() for row in due} == {new: date(2026, 3, 4), later: date(2026, 4, 2)}
