"""Ages decide: from the programme's age on a child is heard alone, and at eighteen it applies in its own right."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.returns.commands import tell_of_age
from services.returns.commands.ages import is_adult, own_talk_due
from services.returns.commands.moving import recheck
from services.returns.commands.tell_of_age import became_of_age, comes_of_age_soon, tell_own_consent_needed
from services.returns.domain.access import may_read
from services.returns.domain.case_view import State
from services.returns.domain.partial_date import PartialDate
from services.returns.domain.transition import OPEN
from services.returns.persistence.cases import CaseFile, birth_dates, load_file
from services.returns.persistence.fact_views import latest
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from services.returns.persistence.voluntariness_rules import rules_of
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Job, Runtime

JOB = "ages-of-children"
AT_ONCE = 500
WATCHED = tuple(state.value for state in (*OPEN, State.SUSPENDED, State.RETURN_FAILED, State.LAPSED))


async def run(runtime: Runtime) -> None:
    """Once a day, one unit of work per case; whoever is already noted is not looked at again."""
    system = Principal.system(JOB)
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with runtime.units.read(actor=system) as uow:
            ids = await _with_children(uow, after)
        for case_id in ids:
            async with runtime.units.begin(actor=system) as uow:
                await handle(case_id, uow=uow)
        after = ids[-1] if len(ids) == AT_ONCE else None


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Note for one case who needs a talk of their own, who comes of age in the month, and who did; doing it again
    changes nothing."""
    file = await load_file(uow, case_id, may_read, lock=True)
    today = uow.now.date()
    children = [person for person in file.travelling if not person.adult and not _age_in_question(file, person)]
    born = await birth_dates(uow, children, purpose="age-of-a-child")
    for child in children:
        child.own_talk_due = own_talk_due(born[child.id], file.rules.child_heard_from_years, later(today, file.case))
        if comes_of_age_soon(born[child.id], today):
            tell_own_consent_needed(uow, file.case, child)
        if is_adult(born[child.id], False, today):
            _come_of_age(uow, file, child, born[child.id], on=today)
    recheck(uow, file, on=today)


def later(today: date, case: ReturnCaseRow) -> date:
    """The day an age is looked at: of the journey if that is known and still to come, so that nobody hears it there."""
    return max(today, case.travel_on) if case.travel_on else today


async def set_age(uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow, born: PartialDate | None) -> None:
    """What follows for a child from a birth date that was given."""
    today = uow.now.date()
    rules = await rules_of(uow, case.programme_id, today)
    person.own_talk_due = own_talk_due(born, rules.child_heard_from_years, later(today, case))


async def correct_age(
    uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow, born: PartialDate | None, *, on: date
) -> None:
    """What follows from a birth date that was corrected: who is found to be an adult is told of as one, too."""
    was_adult, person.adult = person.adult, is_adult(born, person.adult, on)
    await set_age(uow, case, person, born)
    if not person.adult:
        person.adult_told_from = None
        if comes_of_age_soon(born, on):
            tell_own_consent_needed(uow, case, person)
    elif not was_adult:
        became_of_age(uow, case, person, born, on=on)


def _come_of_age(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, born: PartialDate | None, *, on: date) -> None:
    """From now on their own consent and declaration count; the safeguards named for them stay. Of the day nothing is
    kept: it would be a birth date."""
    person.adult = True
    touch(file.case, now=uow.now)
    became_of_age(uow, file.case, person, born, on=on)


def _age_in_question(file: CaseFile, person: CasePersonRow) -> bool:
    """Disputed, or decided by the panel: then no calendar decides."""
    return latest(file.facts, "age_disputed", "age_determined", person_id=person.id) is not None


async def _with_children(uow: UnitOfWork, after: UUID) -> list[UUID]:
    row, person = ReturnCaseRow, CasePersonRow
    minors = select(col(person.case_id)).where(col(person.adult).is_(False))
    statement = (
        select(col(row.id))
        .where(col(row.id) > after, col(row.state).in_(WATCHED), col(row.id).in_(minors))
        .order_by(col(row.id))
        .limit(AT_ONCE)
    )
    return list((await uow.session.execute(statement)).scalars())


DAY = 86_400
JOBS = (Job(JOB, DAY, run), Job(tell_of_age.JOB, DAY, tell_of_age.run))
