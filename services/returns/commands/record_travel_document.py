"""Record a person's travel document; its number is sealed, its validity steers readiness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.returns.commands.confirm_deemed_agreement import clause_of
from services.returns.commands.move_travel_document_request import cancel, take
from services.returns.domain.access import may_work
from services.returns.domain.travel_document_request import OPEN, RequestState
from services.returns.persistence.cases import CaseFile, load_file, remember, seal_number
from services.returns.persistence.duplicate_search import renew_tokens
from services.returns.persistence.tables import CasePersonRow, TravelDocumentRow
from services.returns.persistence.travel_document_requests import request_of, requests_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, NotFound, TransitionRefused


@dataclass(frozen=True, kw_only=True)
class RecordTravelDocument:
    """A passport, laissez-passer or the like."""

    case_id: UUID
    person_ref: str
    kind: str
    issuer: str
    valid_until: date
    number: str | None = None
    request_id: UUID | None = None


async def handle(command: RecordTravelDocument, *, uow: UnitOfWork) -> TravelDocumentRow:
    """A paper that fulfils a request issues it; a passport that the person hands in ends what was asked for them.
    Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    row = TravelDocumentRow(
        person_id=person.id,
        kind=command.kind,
        issuer=command.issuer,
        valid_until=command.valid_until,
        request_id=command.request_id,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_number(uow, row, command.number)
    uow.session.add(row)
    touch(file.case, now=uow.now)
    remember(uow, file.case, "travel-document-recorded", before=file.case.state)
    if command.number is not None:
        await renew_tokens(uow, person)
    await _requests_follow(uow, file, command, person, row)
    return row


async def _requests_follow(
    uow: UnitOfWork, file: CaseFile, command: RecordTravelDocument, person: CasePersonRow, row: TravelDocumentRow
) -> None:
    on = uow.now.date()
    if command.request_id is not None:
        request = await request_of(uow, file.id, command.request_id)
        if request.person_id != person.id:
            raise NotFound
        if request.state == RequestState.DEEMED_AGREED:
            await _made_under_silence(uow, request, row)
        elif request.state not in (RequestState.ISSUED, RequestState.HANDED_OVER):
            await take(uow, file, request, "issue", on=on)
        return
    if command.kind != "passport" or command.valid_until < (file.case.travel_on or on):
        return
    waiting = [row for row in await requests_of(uow, file.id) if row.person_id == person.id and row.state in OPEN]
    if waiting:
        await cancel(uow, file, waiting, reason="passport_handed_in", on=on)


async def _made_under_silence(uow: UnitOfWork, request: TravelDocumentRequestRow, row: TravelDocumentRow) -> None:
    """The clause says which paper may be made and how the journey is announced; the request is not issued by it."""
    clause = await clause_of(uow, request, on=uow.now.date())
    if clause is None or row.kind not in (clause.document_types or []):
        allowed = ", ".join(clause.document_types or []) if clause is not None else "none"
        missing = Missing("document", f"Silence permits only the papers that the clause in force names: {allowed}.")
        raise TransitionRefused(transition="record the paper", state=request.state, missing=[missing])
    longest = clause.document_validity_days
    if longest is not None and row.valid_until > uow.now.date() + timedelta(days=longest):
        missing = Missing("validity", f"Under the clause the paper is valid for at most {longest} days.")
        raise TransitionRefused(transition="record the paper", state=request.state, missing=[missing])
    row.deemed, row.announce_days = True, clause.announce_days
    row.announced_on, row.announced_for = request.announced_on, request.announced_for
