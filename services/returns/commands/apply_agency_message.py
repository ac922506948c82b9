"""What an agency said about a case takes effect, or is an outcome of its own: not applied, and visible to the office
and the sender."""

from __future__ import annotations

from datetime import date

from services.returns.commands import renew_deadlines
from services.returns.commands.answer_travel_document_request import apply_to_requests
from services.returns.commands.confirm_arrival import ConfirmArrival
from services.returns.commands.confirm_arrival import handle as confirm_arrival
from services.returns.commands.raise_concern import RaiseConcern
from services.returns.commands.raise_concern import handle as raise_concern
from services.returns.commands.search_for_arrivals import open_searches
from services.returns.commands.take_back_message import take_back
from services.returns.contracts.consumed import AgencyMessageSeen
from services.returns.contracts.published_disclosure import AgencyMessageNotAppliedV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, told
from services.returns.domain.disclosure import OPEN_STATES
from services.returns.domain.travel_document_request import MESSAGES
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound, WayhomeError

NOTED = "noted"
APPLIED = "applied"
DAYS = ("confirmed_on", "ready_on", "on")
"""Facts that say when it happened; the day of an offered appointment lies ahead and is not among them."""


NOT_SEEN = ("arrival.not-observed", "person.not-met")
"""Messages that open a search for whoever boarded."""


class RequestHasEnded(Conflict):
    """The case is over or rests: what was asked is no longer asked."""

    slug = "request-has-ended"
    title = "What was asked is no longer asked"


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
    await renew_deadlines.handle(seen.case_id, uow=uow)
    uow.notify(f"agency-message.{row.outcome}", role="caseworker", scope=case.office_id, subject=case.id)


async def _apply(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> str:
    if seen.message_type == "message.voided":
        return await take_back(seen, uow=uow)
    if seen.message_type == "arrival.confirmed":
        command = ConfirmArrival(
            case_id=seen.case_id,
            evidence="agency_message",
            arrived_on=_day(seen, "arrived_on"),
            message_id=seen.message_id,
            person_refs=seen.person_refs,
        )
        await confirm_arrival(command, uow=uow)
        return APPLIED
    if seen.message_type in NOT_SEEN:
        return await _not_seen(seen, uow=uow)
    if seen.message_type == "concern.raised":
        concern = RaiseConcern(case_id=seen.case_id, person_refs=seen.person_refs)
        await raise_concern(concern, uow=uow, policy=may_confirm_arrival)
        return APPLIED
    if seen.message_type in MESSAGES:
        return await _about_papers(seen, uow=uow)
    return NOTED


async def _not_seen(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> str:
    file = await load_file(uow, seen.case_id, may_confirm_arrival, lock=True)
    opened = await open_searches(uow, file, seen.person_refs, message_id=seen.message_id)
    return APPLIED if opened else NOTED


async def _about_papers(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> str:
    """Only requests of this sender move; without any, the message is noted."""
    file = await load_file(uow, seen.case_id, may_confirm_arrival, lock=True)
    days = (day for name in DAYS if (day := _day(seen, name)) is not None)
    today = uow.now.date()
    if file.case.state not in OPEN_STATES:
        raise RequestHasEnded
    moved = await apply_to_requests(
        uow,
        file,
        seen.sender_id,
        MESSAGES[seen.message_type],
        on=min(next(days, today), today),
        person_refs=seen.person_refs,
        appointment_on=_day(seen, "offered_on"),
        message_id=seen.message_id,
        refuse=True,
    )
    return APPLIED if moved else NOTED


def _day(seen: AgencyMessageSeen, name: str) -> date | None:
    day = seen.facts.get(name)
    return date.fromisoformat(day) if day else None


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
