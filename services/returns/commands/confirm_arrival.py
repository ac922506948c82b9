"""Record who of the travellers arrived; the one command behind HTTP and behind a partner's signed message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.commands.record_departure import traveller_facts
from services.returns.commands.search_for_arrivals import end_for
from services.returns.contracts.published import CaseArrivedV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, Travel
from services.returns.domain.transitions import BY_NAME, move
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden

Evidence = Literal["partner_met", "carrier", "passport_stamp", "self_report", "agency_message"]


class ArrivalBeforeDeparture(Conflict):
    """Nobody arrives before they left."""

    slug = "arrival-before-departure"
    title = "The arrival cannot be earlier than the departure"


@dataclass(frozen=True, kw_only=True)
class ConfirmArrival:
    """Who arrived (everybody on the way when nobody is named), when, and how it is known."""

    case_id: UUID
    evidence: Evidence
    arrived_on: date | None = None
    message_id: UUID | None = None
    person_refs: Sequence[str] = ()


async def handle(command: ConfirmArrival, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The case has arrived when everybody on it has, and that is what lets a reintegration plan start. Raises NotFound,
    Forbidden, TransitionRefused, ArrivalBeforeDeparture."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.arrived_on)
    if file.case.state == State.DEPARTED and file.case.departed_on and on < file.case.departed_on:
        raise ArrivalBeforeDeparture
    step = "arrive_on_own" if file.case.case_kind == "self_organised" else "arrive"
    arriving = _arriving(file, command, step)
    ids = {person.id for person in arriving}
    others = [person for person in file.travelling if person.id not in ids]
    if arriving and any(person.travel_status != Travel.ARRIVED.value for person in others):
        _some(uow, file, arriving, step, on=on)
        for person in arriving:
            _mark(person, command, on)
    else:
        await _everybody(uow, file, command, step, arriving, on=on)
    await end_for(uow, file, "arrived", ids)
    return file.case


def _arriving(file: CaseFile, command: ConfirmArrival, step: str) -> list[CasePersonRow]:
    named = [file.person(ref) for ref in dict.fromkeys(command.person_refs)] or file.travelling
    waiting = (Travel.BOARDED.value,) if step == "arrive" else (Travel.INCLUDED.value, Travel.READY.value)
    return [person for person in named if person.travel_status in waiting]


def _some(uow: UnitOfWork, file: CaseFile, arriving: Sequence[CasePersonRow], step: str, *, on: date) -> None:
    """Others are still on the way: the case stays where it is. Raises Forbidden, TransitionRefused."""
    transition, view = BY_NAME[step], view_of(file, on=on, own_evidence=True)
    if not (uow.actor.is_system or uow.acting_role in transition.roles):
        raise Forbidden
    if view.state not in transition.sources:
        move(view, step)
    touch(file.case, now=uow.now)
    for person in arriving:
        remember(uow, file.case, "person-arrived", before=file.case.state, on=on, person_ref=person.person_ref)


async def _everybody(
    uow: UnitOfWork,
    file: CaseFile,
    command: ConfirmArrival,
    step: str,
    arriving: Sequence[CasePersonRow],
    *,
    on: date,
) -> None:
    before = {person.id: person.travel_status for person in arriving}
    for person in arriving:
        person.travel_status = Travel.ARRIVED.value
    try:
        advance(uow, file, step, on=on, view=view_of(file, on=on, own_evidence=True))
    except Exception:
        for person in arriving:  # a refusal leaves no trace, also for a caller that goes on in the same unit
            person.travel_status = before[person.id]
        raise
    for person in arriving:
        _mark(person, command, on)
    await _tell(uow, file, command.evidence, command.message_id, on=on)


async def all_have_arrived(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    """Nobody of this file is on the way any more: it has arrived with the last of those who did."""
    advance(uow, file, "arrive", on=on, follows_from_the_facts=True)
    last = max(file.travelling, key=lambda person: person.arrived_on or on)
    await _tell(uow, file, last.arrival_evidence or "self_report", last.arrival_message_id, on=on)


async def _tell(uow: UnitOfWork, file: CaseFile, evidence: str, message_id: UUID | None, *, on: date) -> None:
    last = max(person.arrived_on or on for person in file.travelling)
    file.case.arrived_on, file.case.arrival_evidence = last, evidence
    file.case.arrival_message_id = message_id
    uow.publish(
        CaseArrivedV1(
            case_id=file.case.id,
            on=last,
            destination=file.case.destination,
            persons=await traveller_facts(uow, file, file.travelling, on=last),
            evidence=evidence,
        )
    )


def _mark(person: CasePersonRow, command: ConfirmArrival, on: date) -> None:
    person.travel_status = Travel.ARRIVED.value
    person.arrived_on, person.arrival_evidence = on, command.evidence
    person.arrival_message_id = command.message_id
