"""Money that stopped because somebody had left a plan by mistake is set aside again; grants pass all hands anew."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.commands.release_funds import stop
from services.reintegration.contracts.published import FundsReserved, PaymentRequested
from services.reintegration.domain.assistance_line import LineUse
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PaymentState, step
from services.reintegration.domain.successor_payee import payee_of
from services.reintegration.domain.successor_payee import step as successor_step
from services.reintegration.persistence.budgets import book, lock_budgets_of
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.course_tables import PlanLeavingRow
from services.reintegration.persistence.leaving import evidence_in_use, lock_payments, pending_grants_of
from services.reintegration.persistence.lines import as_facts, find_reservation, lock_lines, use_of
from services.reintegration.persistence.successor_payees import live_for
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow, ReservationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


async def handle(row: PlanLeavingRow, *, supported: bool, on: date, uow: UnitOfWork) -> None:
    """Whoever was to be paid in their place is no more; where support goes on, their money does too."""
    reservation = await find_reservation(uow, row.case_id)
    budgets = await lock_budgets_of(uow, row.case_id)
    lines = await lock_lines(uow, row.case_id)
    await _end_successors(row, lines, on=on, uow=uow)
    if reservation is None or not supported:
        return
    await _reserve(row, reservation, lines, budgets, on=on, uow=uow)
    by_id = {line.id: line for line in lines}
    for payment in await lock_payments(uow, row.stopped_payments):
        await _take_up(payment, by_id[payment.line_id], on=on, uow=uow)
    for payment in await lock_payments(uow, row.asked_back_payments):
        payment.return_due_since = None
        touch(payment, now=uow.now)
        scope = str(reservation.programme_id)
        uow.notify("payment.return-not-due", role="finance_officer", scope=scope, subject=payment.id)


async def _end_successors(row: PlanLeavingRow, lines: list[LineRow], *, on: date, uow: UnitOfWork) -> None:
    """What was asked for a successor and is not with the bank is not paid."""
    persons = await persons_of(uow, row.case_id)
    for ref in row.person_refs:
        successor = await live_for(uow, row.plan_id, ref)
        if successor is None:
            continue
        for line in lines:
            payee = payee_of(line.person_ref, persons)
            if payee is not None and payee.person_ref == ref:
                for payment in await pending_grants_of(uow, line):
                    stop(uow, payment, line, transition="cancel", on=on, group="circumstances")
        successor.state = successor_step("fall-away", successor.state)
        successor.revoked_by, successor.revoked_on = uow.actor.subject, on
        touch(successor, now=uow.now)
        uow.record("successor-payee.fell-away", subject=successor.id)


async def _reserve(
    row: PlanLeavingRow,
    reservation: ReservationRow,
    lines: list[LineRow],
    budgets: dict[UUID, BudgetRow],
    *,
    on: date,
    uow: UnitOfWork,
) -> None:
    """As much as the budget still has; what it has not is shown to the programme."""
    told: dict[UUID, list[tuple[LineRow, int]]] = {}
    for line in lines:
        wanted = min(row.released_lines.get(str(line.id), 0), line.available_minor)
        if str(line.id) not in row.released_lines or line.budget_id is None:
            continue
        budget = budgets[line.budget_id]
        if budget.available_minor < wanted:
            scope = str(reservation.programme_id)
            uow.notify("funds.not-set-aside-again", role="programme_manager", scope=scope, subject=row.case_id)
            continue
        book(uow, Move.RESERVE, wanted, budget=budget, line=line, on=on)
        if line.committed_by_plan:
            book(uow, Move.COMMIT, line.reserved_minor, budget=budget, line=line, on=on)
        line.released_on = None
        told.setdefault(budget.id, []).append((line, wanted))
    answers = row.plan_ended and reservation.state == "released"
    if answers:
        reservation.state = "reserved"
        touch(reservation, now=uow.now)
    for budget_id, held in told.items():
        facts = [(line, amount) for line, amount in held if amount]
        total = Money(sum(amount for _, amount in facts), reservation.currency)
        common = {"case_id": row.case_id, "reservation_id": reservation.id, "budget_id": budget_id, "total": total}
        if facts:
            uow.publish(FundsReserved(**common, lines=as_facts(facts), on_top=not answers, answers_grant=answers))


async def _take_up(payment: PaymentRow, line: LineRow, *, on: date, uow: UnitOfWork) -> None:
    """From the beginning, through all hands; unless the line does not hold it any more, or another took its place."""
    use: LineUse = await use_of(uow, line)
    taken = payment.state != PaymentState.CANCELLED or await evidence_in_use(uow, payment)
    if taken or use.remaining < payment.amount_minor:
        uow.record("payment.not-taken-up", subject=payment.id)
        return
    payment.state = step("take-up-again", payment.state)
    payment.certified_by = payment.authorised_by = payment.certified_on = payment.authorised_on = None
    payment.failed_on = payment.reason_group = None
    line.pending_minor += payment.amount_minor
    touch(payment, now=uow.now)
    touch(line, now=uow.now)
    uow.publish(
        PaymentRequested(
            payment_id=payment.id,
            case_id=payment.case_id,
            line_id=payment.line_id,
            phase=payment.phase,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            on=on,
        )
    )
    uow.record("payment.taken-up-again", subject=payment.id)
