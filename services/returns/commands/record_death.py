"""Somebody died before the departure: everything about them stops at once; the family decides how it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, include_again
from services.returns.commands.split_case import lead
from services.returns.contracts.published import CaseCancelledV1
from services.returns.contracts.published_endings import PersonDeceasedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State, Travel
from services.returns.domain.transition import OPEN
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class AlreadyOnTheWay(Conflict):
    """After the departure a death is recorded by those who look after the family there."""

    slug = "already-on-the-way"
    title = "This step is for a death before the departure"


@dataclass(frozen=True, kw_only=True)
class RecordDeath:
    """Who, and when."""

    case_id: UUID
    person_ref: str
    on: date | None = None


async def handle(command: RecordDeath, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, AlreadyOnTheWay; a second record changes nothing."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case, on = file.case, fact_day(uow, command.on)
    person = file.person(command.person_ref)
    if person.not_travelling_reason == "deceased":
        return case
    if case.state not in (*OPEN, State.SUSPENDED):
        raise AlreadyOnTheWay
    person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, "deceased"
    touch(person, now=uow.now)
    touch(case, now=uow.now)
    uow.publish(PersonDeceasedV1(case_id=case.id, person_ref=person.person_ref, on=on))
    remember(uow, case, "person-deceased", before=case.state, on=on, person_ref=person.person_ref)
    if file.travelling:
        lead(file.travelling)
        if case.state == State.READY:
            advance(uow, file, "fall_back", on=on, reason="deceased", follows_from_the_facts=True)
            include_again(file)
    else:
        before = advance(uow, file, "close_after_death", on=on, follows_from_the_facts=True)
        case.ended_on = on
        fact = {"case_id": case.id, "on": on, "reason_group": "circumstances", "stage_before": before.value}
        uow.publish(CaseCancelledV1(**fact))
    return case
