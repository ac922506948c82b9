"""Ask the consulate of the chosen citizenship for a person's travel document, or ask again after a refusal.

The consulate is told through a package and nothing else, so a request rests on one; while the package waits for its
second pair of eyes the request is prepared, and it is sent with the approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.contracts.published_papers import TravelDocumentRequestedV1
from services.returns.domain.access import may_work
from services.returns.domain.disclosure import obstacles
from services.returns.domain.travel_document_request import OPEN, require_step
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import get_disclosure, package_view
from services.returns.persistence.tables import CasePersonRow
from services.returns.persistence.travel_document_requests import keep_step, person_of, request_of, requests_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

PURPOSES = ("identity_verification", "travel_document")


@dataclass(frozen=True, kw_only=True)
class RequestTravelDocument:
    """About whom, with which package, for which kind of paper; `again` names the request that was refused."""

    case_id: UUID
    person_ref: str
    disclosure_id: UUID
    document_kind: str
    check_days: int
    again: UUID | None = None


async def handle(command: RequestTravelDocument, *, uow: UnitOfWork) -> TravelDocumentRequestRow:
    """Raises NotFound, TransitionRefused naming everything that stands against it."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    package = await get_disclosure(uow, command.disclosure_id, case_id=file.id)
    missing = await _missing(uow, file, person, package, check_days=command.check_days)
    if missing:
        raise TransitionRefused(transition="ask for a travel document", state=file.case.state, missing=missing)
    row = TravelDocumentRequestRow(
        case_id=file.id,
        person_id=person.id,
        disclosure_id=package.id,
        recipient_id=package.recipient_id,
        document_kind=command.document_kind,
        requested_by=uow.actor.subject,
        follows=command.again,
        created_at=uow.now,
        updated_at=uow.now,
    )
    if command.again is not None:
        await _close_refused(uow, file, command.again, person)
    uow.session.add(row)
    touch(file.case, now=uow.now)
    remember(uow, file.case, "travel-document-request-prepared", before=file.case.state, person_ref=person.person_ref)
    if package.status == "approved":
        await _send(uow, file, package, row)
    return row


async def send_prepared(uow: UnitOfWork, file: CaseFile, package: DisclosureRow) -> None:
    """The package was approved: what was prepared with it is sent."""
    for request in await requests_of(uow, file.id):
        if request.disclosure_id == package.id and request.state == "PREPARED":
            await _send(uow, file, package, request)


async def _send(uow: UnitOfWork, file: CaseFile, package: DisclosureRow, request: TravelDocumentRequestRow) -> None:
    on, ref = uow.now.date(), person_of(file, request).person_ref
    await uow.session.flush()
    await keep_step(uow, request, "send", on=on)
    uow.publish(
        TravelDocumentRequestedV1(
            case_id=file.id,
            request_id=request.id,
            recipient_id=request.recipient_id,
            person_ref=ref,
            on=on,
            answer_by=package.answer_by,
        )
    )
    remember(uow, file.case, "travel-document-requested", before=file.case.state, on=on, person_ref=ref)


async def _close_refused(uow: UnitOfWork, file: CaseFile, request_id: UUID, person: CasePersonRow) -> None:
    refused = await request_of(uow, file.id, request_id)
    another = Missing("person", "A request is repeated for the person it was about.")
    require_step(refused.state, "re_request", [another] if refused.person_id != person.id else [])
    await keep_step(uow, refused, "re_request", on=uow.now.date())


async def _missing(
    uow: UnitOfWork, file: CaseFile, person: CasePersonRow, package: DisclosureRow, *, check_days: int
) -> list[Missing]:
    """The home-state guard is the package's own: it holds for the request because it holds for the package."""
    found: list[Missing] = []
    if package.status == "recalled":
        found.append(Missing("package", "The package was taken back; prepare a new one."))
    if package.recipient_kind != "consulate" or package.purpose not in PURPOSES:
        found.append(Missing("package", "The package must be for a consulate, to identify or to issue a document."))
    if person.person_ref not in package.person_refs:
        found.append(Missing("package", "The package does not cover this person."))
    if person.provisional:
        found.append(Missing("identity", "A person's identity is still provisional."))
    if any(row.person_id == person.id and row.state in OPEN for row in await requests_of(uow, file.id)):
        found.append(Missing("open-request", "Another request for this person is still open."))
    if package.status == "approved":
        found += obstacles(await package_view(uow, file, package, check_days=check_days))
    return found
