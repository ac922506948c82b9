"""Payments and the sealed data of their payees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.payment import LIVE, PENDING, Circumstances, PayeeKind, PaymentState, missing_for
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.budgets import lock_budgets_of
from services.reintegration.persistence.cases import Policy, find_case, require_case
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.successor_payees import missing_payee, payee_person
from services.reintegration.persistence.support_tables import PayeeChangeRow, PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound, TransitionRefused
from shared.money import Money
from shared.protection.vault import Sealed

INVOICE_PAYEE = "payment.payee"
REQUEST = "request"


class PayeeNotKnown(Conflict):
    """What is kept of a payee is erased with a person, so there must be one."""

    slug = "payee-not-known"
    title = "The person this grant is for is not known here yet; ask again once the case has named them"


class AmountDiffers(Conflict):
    """The bank names another amount: nothing is booked before a person has found out why."""

    slug = "amount-differs"
    title = "This is another amount than was instructed; nothing is booked until it is clear why"


@dataclass(frozen=True)
class LockedPayment:
    """A payment and its line, both locked."""

    payment: PaymentRow
    line: LineRow


@dataclass(frozen=True)
class LockedMoney(LockedPayment):
    """A payment, its line and its budget, all locked."""

    budget: BudgetRow


async def find_payment(uow: UnitOfWork, payment_id: UUID, policy: Policy) -> PaymentRow:
    """A payment in the actor's scope; raises NotFound."""
    row = await fresh.one(uow, select(PaymentRow).where(col(PaymentRow.id) == payment_id))
    if row is None:
        raise NotFound
    await require_case(uow, row.case_id, policy)
    return row


async def lock_payment(uow: UnitOfWork, payment_id: UUID, policy: Policy) -> LockedPayment:
    """A payment to be changed: scope first, then the locks (line, payment), then the version the caller
    read.
    """
    seen = await find_payment(uow, payment_id, policy)
    line = await find_line(uow, seen.line_id, lock=True)
    return LockedPayment(await _locked(uow, payment_id), line)


async def lock_money(uow: UnitOfWork, payment_id: UUID, policy: Policy) -> LockedMoney:
    """The same where money moves: the budgets of the case are locked before the line."""
    seen = await find_payment(uow, payment_id, policy)
    budgets = await lock_budgets_of(uow, seen.case_id)
    line = await find_line(uow, seen.line_id, lock=True)
    return LockedMoney(await _locked(uow, payment_id), line, budgets[seen.budget_id])


async def _locked(uow: UnitOfWork, payment_id: UUID) -> PaymentRow:
    payment = await fresh.one(
        uow, select(PaymentRow).where(col(PaymentRow.id) == payment_id).with_for_update(key_share=True)
    )
    if payment is None:
        raise NotFound
    uow.match(payment.version)
    return payment


def require_same_amount(payment: PaymentRow, named: Money | None) -> None:
    """Raise AmountDiffers unless the amount that was named, if any, is the payment's, in its currency."""
    if named not in (None, Money(payment.amount_minor, payment.currency)):
        raise AmountDiffers


async def lock_pending(uow: UnitOfWork, line: LineRow) -> list[PaymentRow]:
    """The open payments of a locked line."""
    statement = (
        select(PaymentRow)
        .where(col(PaymentRow.line_id) == line.id, col(PaymentRow.state).in_(PENDING))
        .order_by(col(PaymentRow.id))
        .with_for_update(key_share=True)
    )
    return list(await fresh.every(uow, statement))


async def settled_grants(uow: UnitOfWork, line: LineRow) -> list[PaymentRow]:
    """What beneficiaries were paid from a line."""
    wanted = (col(PaymentRow.line_id) == line.id, col(PaymentRow.state) == PaymentState.SETTLED.value)
    statement = select(PaymentRow).where(*wanted, col(PaymentRow.payee_kind) == PayeeKind.BENEFICIARY.value)
    return list(await fresh.every(uow, statement))


async def awaiting_repetition(uow: UnitOfWork, line_id: UUID, *, payee_kind: str) -> list[PaymentRow]:
    """Payments of a line that came back and were not tried again."""
    where = (col(PaymentRow.line_id) == line_id, col(PaymentRow.state) == PaymentState.FAILED.value)
    waiting = (col(PaymentRow.payee_kind) == payee_kind, col(PaymentRow.retry_by).is_not(None))
    return list(await fresh.every(uow, select(PaymentRow).where(*where, *waiting).order_by(col(PaymentRow.id))))


async def repeated_by(uow: UnitOfWork, payment: PaymentRow) -> PaymentRow | None:
    """The payment that took the place of this one, unless that one failed too."""
    where = (col(PaymentRow.repeats_payment_id) == payment.id, col(PaymentRow.state).in_(LIVE))
    return await fresh.one(uow, select(PaymentRow).where(*where))


async def settled_invoices_for(uow: UnitOfWork, measure_id: UUID) -> list[PaymentRow]:
    """What third parties were paid for a measure, and is not charged to the programme yet."""
    where = (col(PaymentRow.measure_id) == measure_id, col(PaymentRow.state) == PaymentState.SETTLED.value)
    third = (col(PaymentRow.payee_kind) == PayeeKind.THIRD_PARTY.value, col(PaymentRow.loss_line_id).is_(None))
    return list(await fresh.every(uow, select(PaymentRow).where(*where, *third).order_by(col(PaymentRow.id))))


async def require_payable(
    uow: UnitOfWork, line: LineRow, *, payee_kind: str, transition: str, state: str, payment: PaymentRow | None = None
) -> None:
    """Raise TransitionRefused unless the phase of a locked line is open for this payee, and the payee there to be paid,
    at every hand anew. An invoice that is on record was due when it came: it stays payable whatever becomes of the
    journey."""
    case = await find_case(uow, line.case_id)
    plan = await plan_of(uow, line.case_id)
    facts = Circumstances(
        payee_kind=payee_kind,
        approved=case is not None and case.approved_on is not None,
        ended=case is not None and has_ended(case.standing),
        on_record=transition != REQUEST,
        reserved=line.budget_id is not None,
        arrived_on=case.arrived_on if case else None,
        plan_active=plan is not None and plan.state == PlanState.ACTIVE,
        plan_was_active=plan is not None and plan.activated_on is not None,
    )
    gone = await missing_payee(uow, line, payee_kind=payee_kind, payment=payment)
    missing = [*missing_for(line.phase, facts), *gone]
    if missing:
        raise TransitionRefused(transition=transition, state=state, missing=missing)


@dataclass(frozen=True)
class SealedPayee:
    """Payee data under a person's key, or those of an invoice under the service's."""

    value: bytes
    person_id: UUID | None


async def seal_payee(
    uow: UnitOfWork, line: LineRow, payee: Mapping[str, str], *, kind: str, table: str = "payment"
) -> SealedPayee:
    """Seal payee data: a beneficiary's under their own key, an invoice's under the service's, since it
    outlives erasure. Raises PayeeNotKnown while there is no person whose erasure would reach them.
    """
    value = json.dumps(dict(payee)).encode()
    if kind != PayeeKind.BENEFICIARY:
        return SealedPayee(uow.vault.seal_service(INVOICE_PAYEE, value), None)
    person = await payee_person(uow, line)
    if person is None:
        raise PayeeNotKnown
    item = Sealed(person.id, table, "payee_sealed", value)
    return SealedPayee(await uow.vault.seal(item), person.id)


async def open_payee(uow: UnitOfWork, row: PaymentRow | PayeeChangeRow) -> dict[str, str] | None:
    """The payee data, audited; None where there is none or the person was erased."""
    if row.payee_sealed is None:
        return None
    if row.payee_person_id is None:
        value: bytes | None = uow.vault.open_service(INVOICE_PAYEE, row.payee_sealed)
    else:
        item = Sealed(row.payee_person_id, row.__tablename__, "payee_sealed", row.payee_sealed)
        value = await uow.vault.open(item, purpose="payment")
    return None if value is None else json.loads(value)
