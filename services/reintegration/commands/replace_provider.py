"""Another provider takes over a measure whose provider is suspended, took nobody, or is not wanted by the person; the
promise to the family stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import move_referral
from services.reintegration.commands.hold_orders import lift_one
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import missing_to_replace, step
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.payments import settled_invoices_for
from services.reintegration.persistence.plans import lock_measure
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.referrals import is_refused, lock_open_referrals
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ReplaceProvider:
    """Let this provider do it instead."""

    plan_id: UUID
    measure_id: UUID
    provider_id: UUID
    on: date | None = None


async def handle(command: ReplaceProvider, *, uow: UnitOfWork) -> MeasureRow:
    """It begins anew with the other one; finance is told what the first was paid. Raises TransitionRefused,
    OrganisationSuspended."""
    on = day_of_fact(command.on, uow.now)
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    missing = missing_to_replace(measure.held_since, refused=await is_refused(uow, measure))
    state = step("replace-provider", measure.state, missing)
    await require_taking_part(uow, command.provider_id)
    before = str(measure.provider_id)
    for referral in await lock_open_referrals(uow, measure.case_id, provider_id=measure.provider_id):
        if referral.measure_id == measure.id:
            await move_referral.end(referral, "cancelled", on=on, uow=uow)
    measure.state, measure.started_on, measure.provider_id = state, None, command.provider_id
    measure.former_provider_ids = [*(measure.former_provider_ids or []), before]
    lift_one(measure, outcome="replaced", on=on, uow=uow)
    touch(measure, now=uow.now)
    uow.record("measure.provider-replaced", subject=measure.id, before=before, after=str(command.provider_id))
    case = await find_case(uow, measure.case_id)
    for payment in await settled_invoices_for(uow, measure.id):
        scope = str(case.programme_id) if case else ""
        uow.notify("payment.loss-to-charge", role="programme_manager", scope=scope, subject=payment.id)
    return measure
