"""A provider is suspended while it has orders: what is not delivered waits, as do its invoices; a replacement is due.

What was delivered stays delivered, and what the bank has is looked at by finance. Nothing of it costs the family a
thing. Source: domain-rules.md 35, row 28.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.published_holds import MeasureHeld, MeasureHoldLifted
from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.organisations import (
    is_suspended,
    lock_held_payments,
    lock_invoices_for,
    lock_orders,
    measures_paid_from,
    open_orders_with,
)
from services.reintegration.persistence.reference_data import replacement_rules
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

Outcome = Literal["reinstated", "replaced", "delivered", "cancelled", "ended"]


async def hold(provider_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """Payments before measures, as everywhere; hearing of it again changes nothing."""
    orders = [measure for measure, _ in await open_orders_with(uow, provider_id)]
    for payment in await lock_invoices_for(uow, orders):
        await _hold_payment(uow, payment, provider_id, on=on)
    for measure in await lock_orders(uow, provider_id=provider_id, held=False):
        measure.held_since = on
        measure.replace_by = on + timedelta(days=replacement_rules().replace_within_days)
        touch(measure, now=uow.now)
        person_ref = (await find_line(uow, measure.line_id)).person_ref if measure.line_id else None
        uow.publish(MeasureHeld(**_facts(measure, on), person_ref=person_ref, replace_by=measure.replace_by))
        uow.record("measure.held", subject=measure.id)
        until = measure.replace_by.isoformat()
        await tell_companions(uow, measure.case_id, "measure.held", measure.id, replace_by=until)


async def lift(provider_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """The provider takes part again: its orders and its invoices go on."""
    for payment in await lock_held_payments(uow, provider_id):
        lift_payment(payment, uow=uow)
    for measure in await lock_orders(uow, provider_id=provider_id, held=True):
        lift_one(measure, outcome="reinstated", on=on, uow=uow)


async def end_holds(case_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """Support of this case has ended: there is no replacement to wait for; invoices stay with finance."""
    for measure in await lock_orders(uow, case_id=case_id, held=True):
        lift_one(measure, outcome="ended", on=on, uow=uow)


def lift_one(measure: MeasureRow, *, outcome: Outcome, on: date, uow: UnitOfWork) -> None:
    """A locked measure does not wait any more; one that did not wait stays as it is."""
    if measure.held_since is None:
        return
    measure.held_since = measure.replace_by = measure.replacement_missed_on = None
    touch(measure, now=uow.now)
    uow.publish(MeasureHoldLifted(**_facts(measure, on), outcome=outcome))
    uow.record("measure.hold-lifted", subject=measure.id, outcome=outcome)


def lift_payment(payment: PaymentRow, *, uow: UnitOfWork) -> None:
    """A locked payment does not wait any more."""
    payment.held_since = payment.held_for_provider_id = None
    touch(payment, now=uow.now)
    uow.record("payment.hold-lifted", subject=payment.id)


async def hold_if_suspended(uow: UnitOfWork, payment: PaymentRow, *, on: date) -> None:
    """An invoice that comes while its provider is suspended is on record and waits."""
    if payment.payee_kind != PayeeKind.THIRD_PARTY:
        return
    for measure in await measures_paid_from(uow, payment.line_id):
        if payment.measure_id in (None, measure.id) and await is_suspended(uow, measure.provider_id):
            await _hold_payment(uow, payment, measure.provider_id, on=on)
            return


async def _hold_payment(uow: UnitOfWork, payment: PaymentRow, provider_id: UUID | None, *, on: date) -> None:
    case = await find_case(uow, payment.case_id)
    with_bank = payment.state == PaymentState.INSTRUCTED
    if not with_bank and payment.held_since is None:
        payment.held_since, payment.held_for_provider_id = on, provider_id
        touch(payment, now=uow.now)
        uow.record("payment.held", subject=payment.id)
    if case is not None and case.programme_id is not None:
        kind = "payment.with-bank-of-suspended" if with_bank else "payment.held"
        uow.notify(kind, role="finance_officer", scope=str(case.programme_id), subject=payment.id)


def _facts(measure: MeasureRow, on: date) -> dict[str, object]:
    return {
        "measure_id": measure.id,
        "plan_id": measure.plan_id,
        "case_id": measure.case_id,
        "category": measure.category,
        "level": measure.level,
        "on": on,
    }
