"""Three clocks: a payment that came back and was not tried again, a held measure that nobody took over, a referral that
nobody answered.

Nothing moves by itself: whoever has to act is told, once per day missed at most.
"""

from __future__ import annotations

from uuid import UUID

from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.domain.referral import ReferralState
from services.reintegration.persistence.cases import find_case, scope_of
from services.reintegration.persistence.overdue import lock_overdue_order, lock_overdue_payment, overdue
from services.reintegration.persistence.referrals import lock_referral, unanswered
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

WATCHER = Principal.system("watch-money-clocks")


async def run(runtime: Runtime) -> None:
    """One unit of work for each, so that one never holds up another."""
    async with runtime.units.read(actor=WATCHER) as uow:
        payments = await overdue(uow, PaymentRow)
        measures = await overdue(uow, MeasureRow)
        referrals = await unanswered(uow, uow.now.date())
    for payment_id in payments:
        async with runtime.units.begin(actor=WATCHER) as uow:
            await payment_is_late(payment_id, uow=uow)
    for measure_id in measures:
        async with runtime.units.begin(actor=WATCHER) as uow:
            await replacement_is_late(measure_id, uow=uow)
    for referral_id in referrals:
        async with runtime.units.begin(actor=WATCHER) as uow:
            await answer_is_late(referral_id, uow=uow)


async def answer_is_late(referral_id: UUID, *, uow: UnitOfWork) -> None:
    """Those who made the referral; doing it again says nothing twice."""
    row = await lock_referral(uow, referral_id)
    if row is None or row.state != ReferralState.MADE or row.unanswered_told_on is not None:
        return
    row.unanswered_told_on = uow.now.date()
    await tell_companions(uow, row.case_id, "referral.unanswered", row.id)


async def payment_is_late(payment_id: UUID, *, uow: UnitOfWork) -> None:
    """Finance and whoever accompanies the person; doing it again says nothing twice."""
    payment = await lock_overdue_payment(uow, payment_id)
    scope = await scope_of(uow, payment.case_id) if payment else None
    if payment is None or scope is None:
        return
    payment.retry_missed_on = uow.now.date()
    uow.notify("payment.retry-overdue", role="finance_officer", scope=str(scope.programme_id), subject=payment.id)
    if scope.office_id is not None:
        uow.notify("payment.retry-overdue", role="caseworker", scope=scope.office_id, subject=payment.id)


async def replacement_is_late(measure_id: UUID, *, uow: UnitOfWork) -> None:
    """The companions of the family and the programme."""
    measure = await lock_overdue_order(uow, measure_id)
    if measure is None:
        return
    measure.replacement_missed_on = uow.now.date()
    await tell_companions(uow, measure.case_id, "measure.replacement-overdue", measure.id)
    case = await find_case(uow, measure.case_id)
    if case is not None and case.programme_id is not None:
        scope = str(case.programme_id)
        uow.notify("measure.replacement-overdue", role="programme_manager", scope=scope, subject=measure.id)
