"""Approve a package with a second pair of eyes, record the endangerment check, or take a package back."""

from __future__ import annotations

from uuid import UUID

from services.returns.commands.request_travel_document import send_prepared
from services.returns.contracts.published_disclosure import DisclosureApprovedV1, DisclosureRecalledV1
from services.returns.domain.access import may_work
from services.returns.domain.disclosure import obstacles
from services.returns.domain.travel_document_request import OPEN
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import get_disclosure, package_view
from services.returns.persistence.travel_document_requests import keep_step, requests_of
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
        fact = {"disclosure_id": row.id, "case_id": row.case_id, "recipient_id": row.recipient_id}
        uow.publish(DisclosureRecalledV1(**fact))
    remember(uow, file.case, "disclosure-recalled", before=file.case.state)
    for request in await requests_of(uow, file.id):
        if request.disclosure_id == row.id and request.state in OPEN:
            await keep_step(uow, request, "cancel", on=uow.now.date())
            request.end_reason = "package_recalled"
