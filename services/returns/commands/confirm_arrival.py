"""Record that the travellers arrived; the one command behind HTTP and behind a partner's signed message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.commands.record_departure import traveller_facts
from services.returns.commands.search_for_arrivals import end_all
from services.returns.contracts.published import CaseArrivedV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, Travel
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

Evidence = Literal["partner_met", "carrier", "passport_stamp", "self_report", "agency_message"]


class ArrivalBeforeDeparture(Conflict):
    """Nobody arrives before they left."""

    slug = "arrival-before-departure"
    title = "The arrival cannot be earlier than the departure"


@dataclass(frozen=True, kw_only=True)
class ConfirmArrival:
    """When, and how it is known."""

    case_id: UUID
    evidence: Evidence
    arrived_on: date | None = None
    message_id: UUID | None = None


async def handle(command: ConfirmArrival, *, uow: UnitOfWork) -> ReturnCaseRow:
    """This is what lets a reintegration plan start. Raises NotFound, TransitionRefused, ArrivalBeforeDeparture."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.arrived_on)
    if file.case.state == State.DEPARTED and file.case.departed_on and on < file.case.departed_on:
        raise ArrivalBeforeDeparture
    step = "arrive_on_own" if file.case.case_kind == "self_organised" else "arrive"
    before = {person.id: person.travel_status for person in file.persons}
    for person in file.travelling:
        if person.travel_status == Travel.BOARDED.value or step == "arrive_on_own":
            person.travel_status = Travel.ARRIVED.value
    try:
        advance(uow, file, step, on=on, view=view_of(file, on=on, own_evidence=True))
    except Exception:
        for person in file.persons:  # a refusal leaves no trace, also for a caller that goes on in the same unit
            person.travel_status = before[person.id]
        raise
    file.case.arrived_on, file.case.arrival_evidence = on, command.evidence
    file.case.arrival_message_id = command.message_id
    await end_all(uow, file, "arrived")
    uow.publish(
        CaseArrivedV1(
            case_id=file.case.id,
            on=on,
            destination=file.case.destination,
            persons=await traveller_facts(uow, file, file.travelling, on=on),
            evidence=command.evidence,
        )
    )
    return file.case
