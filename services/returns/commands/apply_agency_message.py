"""What an agency said about a case takes effect, or is an outcome of its own: not applied, and visible to the office
and the sender."""

from __future__ import annotations

from datetime import date

from services.returns.commands.confirm_arrival import ConfirmArrival
from services.returns.commands.confirm_arrival import handle as confirm_arrival
from services.returns.contracts.consumed import AgencyMessageSeen
from services.returns.contracts.published_disclosure import AgencyMessageNotAppliedV1
from services.returns.domain.case_view import State, told
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, WayhomeError

NOTED = "noted"
APPLIED = "applied"


async def handle(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """Never parked for a state that does not allow it; a message about a case nobody knows is refused (and parked)."""
    case = await uow.session.get(ReturnCaseRow, seen.case_id)
    if case is None:
        raise NotFound
    row = AgencyMessageRow(
        message_id=seen.message_id,
        case_id=seen.case_id,
        sender_id=seen.sender_id,
        message_type=seen.message_type,
        received_on=uow.now.date(),
        outcome=NOTED,
    )
    try:
        row.outcome = await _apply(seen, uow=uow)
    except WayhomeError as refused:
        row.outcome, row.reason_code = "not-applied", refused.slug
        _tell_not_applied(seen, case, refused.slug, uow=uow)
    uow.session.add(row)
    uow.notify(f"agency-message.{row.outcome}", role="caseworker", scope=case.office_id, subject=case.id)


async def _apply(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> str:
    if seen.message_type != "arrival.confirmed":
        return NOTED
    day = seen.facts.get("arrived_on")
    command = ConfirmArrival(
        case_id=seen.case_id, evidence="agency_message", arrived_on=date.fromisoformat(day) if day else None
    )
    await confirm_arrival(command, uow=uow)
    return APPLIED


def _tell_not_applied(seen: AgencyMessageSeen, case: ReturnCaseRow, slug: str, *, uow: UnitOfWork) -> None:
    uow.publish(
        AgencyMessageNotAppliedV1(
            message_id=seen.message_id,
            case_id=seen.case_id,
            sender_id=seen.sender_id,
            message_type=seen.message_type,
            state=told(State(case.state)).value,
            reason_code=slug,
        )
    )
