"""Others hear of a coming of age by the month only, since the day itself is a birth date.

From the first of the month in which somebody turns eighteen nobody else's consent speaks for them elsewhere; that they
are an adult now is told, and remembered in the history, on the first of the next one. In between nothing goes on
without the person's own consent: the gates of the case ask for it from the birthday on.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, or_, select

from services.returns.commands.ages import is_adult
from services.returns.contracts.published_families import PersonCameOfAgeV1, PersonOwnConsentNeededV1
from services.returns.domain.access import may_read
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "tell-of-age"
AT_ONCE = 500
DAYS_INTO_NEXT_MONTH = 32
NEXT_ROUND = timedelta(days=1)
"""The job runs once a day: it looks so far ahead that nobody's month begins between two rounds."""


def first_of_next_month(day: date) -> date:
    """The day on which everybody who came of age in a month is told of."""
    return (day.replace(day=1) + timedelta(days=DAYS_INTO_NEXT_MONTH)).replace(day=1)


def comes_of_age_soon(born: PartialDate | None, today: date) -> bool:
    """Whether somebody is an adult by the end of the month, or of the month that begins before the next round."""
    return is_adult(born, False, first_of_next_month(today + NEXT_ROUND) - timedelta(days=1))


def tell_own_consent_needed(uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow) -> None:
    """Once: the consent of the adults of the case does not speak for this person any more."""
    if person.own_consent_told:
        return
    person.own_consent_told = True
    touch(person, now=uow.now)
    on = (uow.now.date() + NEXT_ROUND).replace(day=1)
    uow.publish(PersonOwnConsentNeededV1(case_id=case.id, person_ref=person.person_ref, on=on))
    uow.notify("person.comes-of-age", role="caseworker", scope=case.office_id, subject=case.id)


def tell_again(uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow) -> None:
    """On another file it is told anew, since each file is followed for itself."""
    if person.own_consent_told and (not person.adult or person.adult_told_from is not None):
        person.own_consent_told = False
        tell_own_consent_needed(uow, case, person)


def became_of_age(
    uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow, born: PartialDate | None, *, on: date
) -> None:
    """Somebody is an adult by the day: told when the day is no birthday any more, which it never is once the month is
    over."""
    if is_adult(born, False, on.replace(day=1) - timedelta(days=1)):
        _tell(uow, case, person, on=on)
        return
    tell_own_consent_needed(uow, case, person)
    person.adult_told_from = first_of_next_month(on)


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
        if person.adult_told_from is None:
            continue
        if person.adult_told_from <= uow.now.date():
            _tell(uow, file.case, person, on=person.adult_told_from)
        else:
            tell_own_consent_needed(uow, file.case, person)


def _tell(uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow, *, on: date) -> None:
    person.adult_told_from, person.own_consent_told = None, True
    touch(person, now=uow.now)
    uow.publish(PersonCameOfAgeV1(case_id=case.id, person_ref=person.person_ref, on=on))
    remember(uow, case, "came-of-age", before=case.state, on=on, person_ref=person.person_ref)


async def _waiting(uow: UnitOfWork) -> list[UUID]:
    """Those whose month is over, and those noted before it was told when it began."""
    person = CasePersonRow
    due = or_(col(person.adult_told_from) <= uow.now.date(), col(person.own_consent_told).is_(False))
    statement = select(col(person.case_id)).where(col(person.adult_told_from).is_not(None), due).distinct()
    return list((await uow.session.execute(statement.order_by(col(person.case_id)).limit(AT_ONCE))).scalars())
