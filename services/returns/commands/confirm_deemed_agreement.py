"""An officer confirms that a consulate's silence counts as agreement: only where a clause in force says so, for the
kind of request it names, when the time to answer is over and nothing is asked back. It is never a travel document.

Source: domain-rules.md 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.move_travel_document_request import take
from services.returns.commands.moving import fact_day
from services.returns.domain.access import may_work
from services.returns.domain.disclosure import OPEN_STATES
from services.returns.domain.travel_document_request import require_step
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.deadlines import running_deadlines
from services.returns.persistence.disclosure_tables import ClauseRow, DisclosureRow
from services.returns.persistence.disclosures import get_disclosure
from services.returns.persistence.travel_document_requests import request_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing

REPLY_CLOCK = "consulate_reply"


@dataclass(frozen=True, kw_only=True)
class ConfirmDeemedAgreement:
    """Which request, and since when."""

    case_id: UUID
    request_id: UUID
    on: date | None = None


async def handle(command: ConfirmDeemedAgreement, *, uow: UnitOfWork) -> TravelDocumentRequestRow:
    """Raises NotFound, TransitionRefused naming everything that stands against it."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    request = await request_of(uow, file.id, command.request_id)
    uow.match(request.version)
    require_step(request.state, "deem_agreed")
    package = await get_disclosure(uow, request.disclosure_id)
    missing = await _missing(uow, file, request, package)
    require_step(request.state, "deem_agreed", missing)
    await take(uow, file, request, "deem_agreed", on=fact_day(uow, command.on))
    return request


async def clause_of(uow: UnitOfWork, request: TravelDocumentRequestRow, *, on: date) -> ClauseRow | None:
    """The clause in force under which silence counts for such a request; None without one."""
    package = await get_disclosure(uow, request.disclosure_id)
    clause = await uow.session.get(ClauseRow, package.clause_id) if package.clause_id else None
    if clause is None or not clause.deemed_agreement or clause.reply_days is None:
        return None
    if not (clause.valid_from <= on and (clause.valid_to is None or clause.valid_to >= on)):
        return None
    named = not clause.deemed_for or package.purpose in clause.deemed_for
    return clause if named else None


async def _missing(
    uow: UnitOfWork, file: CaseFile, request: TravelDocumentRequestRow, package: DisclosureRow
) -> list[Missing]:
    today = uow.now.date()
    found: list[Missing] = []
    if file.case.frozen_on is not None or file.case.state not in OPEN_STATES or package.status != "approved":
        found.append(Missing("not-now", "Nothing may be asked or taken for answered in this case now."))
    clause = await clause_of(uow, request, on=today)
    if clause is None:
        message = "No clause in force lets silence count as agreement for this kind of request."
        return [*found, Missing("clause", message)]
    if not clause.document_types:
        found.append(Missing("document", "The clause names no document that may be made."))
    rows = await running_deadlines(uow, [file.id])
    clock = next((row for row in rows if row.clock == REPLY_CLOCK and row.subject == str(package.id)), None)
    if clock is None:
        found.append(Missing("clock", "No time to answer runs for this request."))
    elif clock.paused_since is not None:
        found.append(Missing("our-turn", "The consulate waits for us, or nothing may be asked: its time rests."))
    elif clock.due_on >= today:
        found.append(Missing("reply-days", f"The consulate has time to answer until {clock.due_on.isoformat()}."))
    return found
