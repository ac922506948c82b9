"""Approve a package with a second pair of eyes, record the endangerment check, or take a package back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.returns.commands.request_travel_document import send_prepared
from services.returns.contracts.published_disclosure import DisclosureApprovedV1, DisclosureRecalledV1
from services.returns.domain.access import may_work
from services.returns.domain.disclosure import obstacles
from services.returns.domain.travel_document_request import OPEN
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.disclosure_bases import live_basis
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import get_disclosure, package_view
from services.returns.persistence.travel_document_requests import keep_step, person_ids, requests_on
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Missing, TransitionRefused


class DisclosureIsOver(Conflict):
    """Recalled packages stay recalled; prepare a new one."""

    slug = "disclosure-is-over"
    title = "This package was taken back; prepare a new one"


async def approve(
    case_id: UUID, disclosure_id: UUID, *, no_endangerment: bool, check_days: int, uow: UnitOfWork
) -> DisclosureRow:
    """Raises NotFound, DisclosureIsOver, TransitionRefused naming every obstacle."""
    file = await load_file(uow, case_id, may_work, lock=True)
    row = await get_disclosure(uow, disclosure_id, case_id=case_id)
    uow.match(row.version)
    if row.status == "recalled":
        raise DisclosureIsOver
    if no_endangerment:
        row.endangerment_checked_on, row.endangerment_checked_by = uow.now.date(), uow.actor.subject
    missing = obstacles(await package_view(uow, file, row, check_days=check_days))
    if uow.actor.subject == row.prepared_by:
        missing.insert(0, Missing("four-eyes", "Somebody else than who prepared the package must approve it."))
    if missing:
        raise TransitionRefused(transition="approve the disclosure", state=row.status, missing=missing)
    row.status, row.approved_by, row.approved_on = "approved", uow.actor.subject, uow.now.date()
    basis = await live_basis(uow, file, row, uow.now.date())
    row.basis_id = basis.id if basis is not None else None
    touch(row, now=uow.now)
    uow.publish(
        DisclosureApprovedV1(
            disclosure_id=row.id,
            case_id=row.case_id,
            recipient_id=row.recipient_id,
            purpose=row.purpose,
            basis=row.basis_type,
            answer_by=row.answer_by,
            destroy_by=row.destroy_by,
            expires_at=row.expires_on,
            person_refs=row.person_refs,
        )
    )
    remember(uow, file.case, "disclosure-approved", before=file.case.state)
    await send_prepared(uow, file, row)
    return row


async def recall(case_id: UUID, disclosure_id: UUID, *, uow: UnitOfWork) -> DisclosureRow:
    """Always possible; a second recall changes nothing. Raises NotFound."""
    file = await load_file(uow, case_id, may_work, lock=True)
    row = await get_disclosure(uow, disclosure_id, case_id=case_id)
    await take_back(uow, file, row)
    return row


async def take_back(uow: UnitOfWork, file: CaseFile, row: DisclosureRow) -> None:
    """The recipient reads it no longer and gets the neutral stop if it was told; what was asked with it is over."""
    if row.status == "recalled":
        return
    was_approved, row.status = row.status == "approved", "recalled"
    row.recalled_on = uow.now.date()
    touch(row, now=uow.now)
    if was_approved:
        _tell(uow, row, None)
    remember(uow, file.case, "disclosure-recalled", before=file.case.state)
    await _end_requests(uow, [request for request in await requests_on(uow, row.id)], "package_recalled")


async def leave(uow: UnitOfWork, file: CaseFile, row: DisclosureRow, refs: Collection[str]) -> None:
    """These persons may not be named by the package any more, and what was asked for them is over; the others stay in
    it. The recipient hears the neutral stop for them alone. A package that is left by everybody is taken back."""
    staying = [ref for ref in row.person_refs if ref not in refs]
    gone = [ref for ref in row.person_refs if ref in refs]
    if not staying:
        await take_back(uow, file, row)
    elif gone:
        ids = await person_ids(uow, gone)
        requests = [request for request in await requests_on(uow, row.id) if request.person_id in ids]
        await _end_requests(uow, requests, "person_left_package")
        row.person_refs = staying
        touch(row, now=uow.now)
        if row.status == "approved":
            _tell(uow, row, gone)
        for ref in gone:
            remember(uow, file.case, "disclosure-narrowed", before=file.case.state, person_ref=ref)


def _tell(uow: UnitOfWork, row: DisclosureRow, refs: list[str] | None) -> None:
    fact = {"disclosure_id": row.id, "case_id": row.case_id, "recipient_id": row.recipient_id}
    uow.publish(DisclosureRecalledV1(**fact, person_refs=refs))


async def _end_requests(uow: UnitOfWork, requests: Collection[TravelDocumentRequestRow], reason: str) -> None:
    for request in requests:
        if request.state in OPEN:
            await keep_step(uow, request, "cancel", on=uow.now.date())
            request.end_reason = reason
