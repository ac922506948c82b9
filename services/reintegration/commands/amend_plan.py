"""Whom a plan is for changes with who joins or leaves the case: the number follows, and nothing else is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.reintegration.contracts.consumed import PersonSeen
from services.reintegration.contracts.published_plan_courses import PlanAmended
from services.reintegration.persistence.cases import persons_of, set_person
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def keep_persons(uow: UnitOfWork, case_id: UUID, persons: Sequence[PersonSeen]) -> int:
    """Keep what a fact says of the people of a case; how many of them are new to it."""
    before = {person.person_ref for person in await persons_of(uow, case_id)}
    for person in persons:
        await set_person(uow, case_id, person)
    return len({person.person_ref for person in persons} - before)


def amend(plan: PlanRow, *, by: int, on: date, uow: UnitOfWork) -> None:
    """A locked plan is for so many more people, or fewer; for nobody else when the number is zero."""
    if by == 0:
        return
    plan.persons_count = max(0, plan.persons_count + by)
    touch(plan, now=uow.now)
    uow.publish(PlanAmended(plan_id=plan.id, case_id=plan.case_id, on=on, persons_count=plan.persons_count))
    uow.record("plan.amended", subject=plan.id, persons_count=plan.persons_count)
