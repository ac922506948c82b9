"""Others hear who came of age on the first day of the next month: on the day itself the fact would be a birth date.

Meanwhile nothing goes on without the person's own consent: the gates of the case ask for it from the birthday on.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from services.returns.contracts.published_families import PersonCameOfAgeV1
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import CasePersonRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "tell-of-age"
AT_ONCE = 500
DAYS_INTO_NEXT_MONTH = 32


def first_of_next_month(day: date) -> date:
    """The day on which everybody who came of age in a month is told of."""
    return (day.replace(day=1) + timedelta(days=DAYS_INTO_NEXT_MONTH)).replace(day=1)


async def run(runtime: Runtime) -> None:
    """Once a day, one unit of work per case; whoever was told of is not told of again."""
    system = Principal.system(JOB)
    while True:
        async with runtime.units.read(actor=system) as uow:
            ids = await _waiting(uow)
        for case_id in ids:
            async with runtime.units.begin(actor=system) as uow:
                await handle(case_id, uow=uow)
        if len(ids) < AT_ONCE:
            return


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell of everybody on one file who waits for it; doing it again changes nothing. Raises NotFound."""
    file = await load_file(uow, case_id, may_read, lock=True)
    for person in file.persons:
        if person.adult_told_from is not None and person.adult_told_from <= uow.now.date():
            on, person.adult_told_from = person.adult_told_from, None
            touch(person, now=uow.now)
            uow.publish(PersonCameOfAgeV1(case_id=file.case.id, person_ref=person.person_ref, on=on))


async def _waiting(uow: UnitOfWork) -> list[UUID]:
    person = CasePersonRow
    statement = select(col(person.case_id)).where(col(person.adult_told_from) <= uow.now.date()).distinct()
    return list((await uow.session.execute(statement.order_by(col(person.case_id)).limit(AT_ONCE))).scalars())
