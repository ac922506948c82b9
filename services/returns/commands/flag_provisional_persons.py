"""Whoever stayed provisional beyond the programme's period is shown to an officer; no timer drops anybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from services.returns.contracts.published_endings import DeadlineMissedV1
from services.returns.domain.access import may_read
from services.returns.domain.families import BIRTH_STAGES
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from services.returns.persistence.voluntariness_rules import provisional_days
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "provisional-persons"
CLOCK = "provisional_identity"
AT_ONCE = 500


async def run(runtime: Runtime) -> None:
    """One unit of work per case, so that one case never holds up another."""
    await one_by_one(runtime, Principal.system(JOB), _waiting, handle)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Flag whoever is over the period, once; the person and the case stay where they are."""
    file = await load_file(uow, case_id, may_read, lock=True)
    today, days = uow.now.date(), timedelta(days=provisional_days(file.rules))
    for person in file.travelling:
        if not person.provisional or person.provisional_overdue_on is not None or person.provisional_since is None:
            continue
        due = person.provisional_until or person.provisional_since + days
        if due >= today:
            continue
        person.provisional_overdue_on = today
        touch(file.case, now=uow.now)
        fact = {"case_id": case_id, "on": today, "clock": CLOCK, "due_on": due, "delay_with": "unknown"}
        uow.publish(DeadlineMissedV1(**fact))
        for role, scope in (("office_lead", file.case.office_id), ("case_officer", file.case.authority_id)):
            uow.notify("person.still-provisional", role=role, scope=scope, subject=case_id)
        ref = person.person_ref
        remember(uow, file.case, "deadline-missed", before=file.case.state, on=today, person_ref=ref, about=CLOCK)


async def _waiting(uow: UnitOfWork) -> list[UUID]:
    person, case = CasePersonRow, ReturnCaseRow
    statement = (
        select(col(case.id))
        .join(person, col(person.case_id) == col(case.id))
        .where(
            col(person.provisional).is_(True),
            col(person.provisional_overdue_on).is_(None),
            col(person.provisional_since) < uow.now.date(),
            col(case.state).in_(BIRTH_STAGES),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    return list((await uow.session.execute(statement)).scalars())
