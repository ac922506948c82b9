"""Record that an organisation was checked and how long that holds; watch what runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from services.registry.commands.keep_provider_service import tell_service
from services.registry.commands.suspend_recipient import set_enrolled, set_suspended
from services.registry.domain.recipients import DUE_DILIGENCE_EXPIRED, ENROLLED, notice_due
from services.registry.persistence.recipient_tables import DueDiligenceRow
from services.registry.persistence.recipients import diligence_until, latest_diligence, providers_to_watch, services_of
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from services.registry.settings import RegistrySettings
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.one_by_one import one_by_one
from shared.service import Runtime

WATCHER = Principal.system("watch-due-diligence")


class PeriodReversed(Invalid):
    """A check that is over before it was made, or made in the future."""

    slug = "period-reversed"
    title = "A check holds from the day it was made, and that day has come"


@dataclass(frozen=True, kw_only=True)
class RecordDueDiligence:
    """When it was checked, until when that holds, and where it is written down."""

    recipient_id: UUID
    checked_on: date
    valid_until: date
    source: str


async def handle(command: RecordDueDiligence, *, uow: UnitOfWork) -> DueDiligenceRow:
    """From now on this check counts, unless a later one is on record; a provider that was suspended because its check
    had run out is enrolled again. Raises NotFound, PeriodReversed."""
    today = uow.now.date()
    recipient = await get_row(uow, RecipientRow, command.recipient_id, lock=True)
    if command.checked_on > today or command.valid_until < command.checked_on:
        raise PeriodReversed
    row = DueDiligenceRow(
        recipient_id=recipient.id,
        checked_on=command.checked_on,
        valid_until=command.valid_until,
        source=command.source,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    for service in await services_of(uow, recipient.id):
        await tell_service(service, uow=uow)
    until = await diligence_until(uow, recipient.id)
    if recipient.status_reason == DUE_DILIGENCE_EXPIRED and until is not None and until >= today:
        set_enrolled(recipient, uow=uow)
    uow.record("due-diligence.recorded", subject=recipient.id)
    return row


async def watch(runtime: Runtime) -> None:
    """The timer: tell before a check runs out, and suspend for new referrals once it has."""
    days = runtime.own_settings(RegistrySettings).due_diligence_notice_days
    await one_by_one(runtime, WATCHER, providers_to_watch, partial(look_at, thresholds=days))


async def look_at(provider_id: UUID, thresholds: list[int], *, uow: UnitOfWork) -> None:
    """One provider, locked."""
    provider = await get_row(uow, RecipientRow, provider_id, lock=True)
    check = await latest_diligence(uow, provider_id)
    if check is None or provider.status != ENROLLED:
        return
    left = (check.valid_until - uow.now.date()).days
    if left < 0:
        set_suspended(provider, DUE_DILIGENCE_EXPIRED, uow=uow)
        uow.notify("provider.suspended", role="provider", scope=str(provider.id), subject=provider.id, days=left)
        return
    threshold = notice_due(left, check.noticed_days, thresholds)
    if threshold is not None:
        check.noticed_days = threshold
        for role, scope in (("administrator", "*"), ("programme_manager", "*"), ("provider", str(provider.id))):
            uow.notify("due-diligence.ends-soon", role=role, scope=scope, subject=provider.id, days=left)
