"""Correct a wrong fact: it is voided, stays readable, and everybody who counts is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, include_again, recheck
from services.returns.contracts.published_endings import CaseFactCorrectedV1, CorrectedFact
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Travel
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, NotFound


class CorrectionUnclear(Invalid):
    """Either a recorded fact or one of the journey."""

    slug = "correction-unclear"
    title = "Name the recorded fact by its id, or arrival, or departure"


@dataclass(frozen=True, kw_only=True)
class CorrectCase:
    """What was wrong, and why."""

    case_id: UUID
    reason_code: str
    fact: Literal["arrival", "departure", "recorded_fact"]
    fact_id: UUID | None = None
    on: date | None = None


async def handle(command: CorrectCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, CorrectionUnclear, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    if (command.fact == "recorded_fact") != (command.fact_id is not None):
        raise CorrectionUnclear
    was: date | None
    if command.fact_id is not None:
        was = _void(uow, file, command.fact_id, command.reason_code, on=on)
        recheck(uow, file, on=on)
    else:
        was = _journey(uow, file, command, on=on)
    people = await person_facts(uow, file.travelling, on=on)
    what: CorrectedFact = command.fact
    uow.publish(CaseFactCorrectedV1(case_id=file.case.id, on=on, fact=what, original_on=was, persons=people))
    return file.case


def _void(uow: UnitOfWork, file: CaseFile, fact_id: UUID, reason: str, *, on: date) -> date:
    fact = next((row for row in file.facts if row.id == fact_id and row.voided_on is None), None)
    if fact is None:
        raise NotFound
    fact.voided_on, fact.voided_by, fact.void_reason = on, uow.actor.subject, reason
    touch(fact, now=uow.now)
    touch(file.case, now=uow.now)
    remember(uow, file.case, "fact-voided", before=file.case.state, on=on, reason=reason, about=fact.kind)
    return fact.on


def _journey(uow: UnitOfWork, file: CaseFile, command: CorrectCase, *, on: date) -> date | None:
    case = file.case
    if command.fact == "arrival":
        return take_back_arrival(uow, file, command.reason_code, on=on)
    advance(uow, file, "correct_departure", on=on, reason=command.reason_code)
    was, case.departed_on = case.departed_on, None
    include_again(file)
    return was


def take_back_arrival(
    uow: UnitOfWork, file: CaseFile, reason: str, *, on: date, people: Sequence[CasePersonRow] | None = None
) -> date | None:
    """These persons have not arrived (nobody has, when none is named), so the case has not, and nobody was handed over;
    returns the day that was wrong. Raises TransitionRefused."""
    case, alone = file.case, file.case.case_kind == "self_organised"
    advance(uow, file, "correct_own_arrival" if alone else "correct_arrival", on=on, reason=reason)
    was, case.arrived_on, case.arrival_evidence = case.arrived_on, None, None
    case.arrival_message_id = case.handed_over_on = case.closed_on = None
    for person in file.travelling if people is None else people:
        person.travel_status = Travel.INCLUDED.value if alone else Travel.BOARDED.value
        person.not_arrived()
    return was
