"""A payment came back because of its payee: other data are proposed, a second person approves, it is asked for anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.commands.request_payment import RequestPayment, budget_given_back_to, request_from
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.payment import PayeeKind, step
from services.reintegration.domain.payment_failure import missing_to_decide
from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.lines import find_line, require_line
from services.reintegration.persistence.payee_changes import approved_change, find_change, open_change
from services.reintegration.persistence.payments import find_payment, lock_payment, open_payee, repeated_by, seal_payee
from services.reintegration.persistence.policies import is_finance_officer_of, may_request
from services.reintegration.persistence.support_tables import PayeeChangeRow, PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused
from shared.money import Money

ChangeReason = Literal["spelling_as_in_passport", "other_account", "other_payee"]
"""Why the data change; another payee than the beneficiary needs this reason on record (domain-rules.md 29)."""


@dataclass(frozen=True, kw_only=True)
class ProposePayeeChange:
    """These data instead."""

    payment_id: UUID
    payee: Mapping[str, str]
    reason_code: ChangeReason


@dataclass(frozen=True, kw_only=True)
class DecidePayeeChange:
    """Approve or refuse a proposal."""

    payment_id: UUID
    change_id: UUID
    approved: bool


@dataclass(frozen=True, kw_only=True)
class RequestAnew:
    """Ask for the payment again with the approved data."""

    payment_id: UUID
    on: date | None = None


async def propose(command: ProposePayeeChange, *, uow: UnitOfWork) -> PayeeChangeRow:
    """By whoever may ask for payments of this line; a later proposal replaces one that nobody has decided."""
    payment = (await lock_payment(uow, command.payment_id, may_request)).payment
    line = await require_line(uow, payment.line_id)
    step("change-payee", payment.state, await _missing_to_mend(uow, payment))
    earlier = await open_change(uow, payment.id)
    if earlier is not None:
        earlier.state = "REPLACED"
        touch(earlier, now=uow.now)
    sealed = await seal_payee(uow, line, command.payee, kind=payment.payee_kind, table="payee_change")
    row = PayeeChangeRow(
        payment_id=payment.id,
        case_id=payment.case_id,
        reason_code=command.reason_code,
        payee_person_id=sealed.person_id,
        payee_sealed=sealed.value,
        state="PROPOSED",
        proposed_by=uow.actor.subject,
        proposed_on=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    await _tell_finance(uow, row)
    uow.record("payee-change.proposed", subject=payment.id, reason_code=command.reason_code)
    return row


async def decide(command: DecidePayeeChange, *, uow: UnitOfWork) -> PayeeChangeRow:
    """By a finance officer who did not propose it. Raises NotFound, TransitionRefused."""
    await find_payment(uow, command.payment_id, is_finance_officer_of)
    row = await find_change(uow, command.payment_id, command.change_id, lock=True)
    uow.match(row.version)
    missing = missing_to_decide(proposed_by=row.proposed_by, acting=uow.actor.subject)
    if row.state != "PROPOSED" or missing:
        raise TransitionRefused(transition="decide-payee-change", state=row.state, missing=missing)
    row.state = "APPROVED" if command.approved else "REFUSED"
    row.decided_by, row.decided_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.record(f"payee-change.{row.state.lower()}", subject=row.payment_id)
    return row


async def request_anew(command: RequestAnew, *, uow: UnitOfWork) -> PaymentRow:
    """A new payment in place of the one that came back, through all hands. Raises TransitionRefused, LineExceeded."""
    on = day_of_fact(command.on, uow.now)
    seen = await find_payment(uow, command.payment_id, may_request)
    line = await require_line(uow, seen.line_id)
    budget = await budget_given_back_to(uow, line, PayeeKind(seen.payee_kind))
    line = await find_line(uow, seen.line_id, lock=True)
    failed = (await lock_payment(uow, command.payment_id, may_request)).payment
    change = await approved_change(uow, failed.id)
    approved = [] if change else [Missing("payee-approved", "No second person has approved other payee data.")]
    step("request-anew", failed.state, [*await _missing_to_mend(uow, failed), *approved])
    payee = await open_payee(uow, change) if change else None
    asked = RequestPayment(
        line_id=line.id,
        amount=Money(failed.amount_minor, failed.currency),
        payee_kind=PayeeKind(failed.payee_kind),
        evidence_ref=failed.evidence_ref,
        payee=payee,
        measure_id=failed.measure_id,
    )
    payment = await request_from(line, asked, budget=budget, on=on, uow=uow, repeats=failed)
    failed.retry_by = failed.retry_missed_on = None
    touch(failed, now=uow.now)
    if change is not None:
        change.state = "USED"
        touch(change, now=uow.now)
    return payment


async def _missing_to_mend(uow: UnitOfWork, payment: PaymentRow) -> list[Missing]:
    if await repeated_by(uow, payment) is None:
        return []
    return [Missing("not-repeated", "Another payment took the place of this one already.")]


async def _tell_finance(uow: UnitOfWork, row: PayeeChangeRow) -> None:
    scope = await scope_of(uow, row.case_id)
    if scope is not None:
        programme = str(scope.programme_id)
        uow.notify("payee-change.proposed", role="finance_officer", scope=programme, subject=row.payment_id)
