"""Suspend an organisation with a reason, and take it back: it is told nothing and says nothing in between."""

from __future__ import annotations

from uuid import UUID

from services.registry.commands.enrol_recipient import tell_enrolled
from services.registry.contracts.recipient_events import AgencySuspendedV1, PartnerSuspendedV1, ProviderSuspendedV1
from services.registry.domain.recipients import DUE_DILIGENCE_EXPIRED, ENROLLED, SUSPENDED, SuspensionReason
from services.registry.persistence.recipients import diligence_until
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class AlreadySo(Conflict):
    """Suspending what is suspended, or taking back what is enrolled."""

    slug = "already-so"
    title = "This organisation has that status already"


class DueDiligenceNeeded(Conflict):
    """A provider whose check has run out comes back with a new check, not by a click."""

    slug = "due-diligence-needed"
    title = "Record a due diligence check that holds today first"


async def suspend(recipient_id: UUID, reason: SuspensionReason, *, uow: UnitOfWork) -> RecipientRow:
    """Raises NotFound, AlreadySo."""
    row = await get_row(uow, RecipientRow, recipient_id, lock=True)
    uow.match(row.version)
    if row.status == SUSPENDED and row.status_reason != DUE_DILIGENCE_EXPIRED:
        raise AlreadySo
    set_suspended(row, reason, uow=uow)
    return row


async def reinstate(recipient_id: UUID, *, uow: UnitOfWork) -> RecipientRow:
    """Enrolled again. Raises NotFound, AlreadySo, DueDiligenceNeeded."""
    row = await get_row(uow, RecipientRow, recipient_id, lock=True)
    uow.match(row.version)
    if row.status == ENROLLED:
        raise AlreadySo
    until = await diligence_until(uow, row.id)
    if row.category == "provider" and (until is None or until < uow.now.date()):
        raise DueDiligenceNeeded
    set_enrolled(row, uow=uow)
    return row


def set_suspended(row: RecipientRow, reason: str, *, uow: UnitOfWork) -> None:
    """Mark, publish, record and tell; the row is locked."""
    row.status, row.status_reason, row.status_since = SUSPENDED, reason, uow.now.date()
    touch(row, now=uow.now)
    fact = {"reason_code": reason, "on": uow.now.date()}
    if row.category == "agency":
        uow.publish(AgencySuspendedV1(agency_id=row.id, **fact))
    elif row.category == "partner":
        uow.publish(PartnerSuspendedV1(partner_id=row.id, **fact))
    else:
        uow.publish(ProviderSuspendedV1(provider_id=row.id, **fact))
    uow.record(f"{row.category}.suspended", subject=row.id, reason=reason)
    for role in ("administrator", "programme_manager"):
        uow.notify(f"{row.category}.suspended", role=role, scope="*", subject=row.id, reason=reason)


def set_enrolled(row: RecipientRow, *, uow: UnitOfWork) -> None:
    """Mark, publish and record; the row is locked."""
    row.status, row.status_reason, row.status_since = ENROLLED, None, uow.now.date()
    touch(row, now=uow.now)
    tell_enrolled(row, uow=uow)
    uow.record(f"{row.category}.reinstated", subject=row.id)
