"""When support ends, everything nobody is owed becomes free again; open invoices of third parties stay set
aside.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import get_args
from uuid import UUID

from services.reintegration.contracts.published import FundsReleased, PaymentFailed, ReasonGroup
from services.reintegration.domain.assistance_line import to_release
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PAYMENT, PayeeKind, PaymentState, step
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.budgets import book, find_budget
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.lines import (
    as_facts,
    find_reservation,
    lock_lines,
    person_left,
    use_of,
)
from services.reintegration.persistence.payments import lock_pending, settled_grants
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow, ReservationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


async def release(
    uow: UnitOfWork, case_id: UUID, *, on: date, reason_group: str, person_refs: Collection[str] | None = None
) -> None:
    """Release what is not owed to third parties, of the whole case or of these persons; doing it again
    changes nothing.
    """
    reservation = await find_reservation(uow, case_id)
    if reservation is None or reservation.budget_id is None:
        return
    budget = await find_budget(uow, reservation.budget_id, lock=True)
    group = known_group(reason_group)
    freed: list[tuple[LineRow, int]] = []
    for line in await lock_lines(uow, case_id):
        if person_refs is None or line.person_ref in person_refs:
            await _stop_grants(uow, line, reservation, on=on, group=group)
            freed.append((line, await _free(uow, line, budget, on=on)))
    first_time = person_refs is None and reservation.state == "reserved"
    if first_time:
        reservation.state = "released"
        touch(reservation, now=uow.now)
    _tell(uow, reservation, freed, group=group, first_time=first_time, partial=person_refs is not None)


async def release_if_over(uow: UnitOfWork, line: LineRow, *, on: date, reason_group: str) -> None:
    """Money that became free on a line whose case ended or plan stopped, or whose person stayed behind, is
    not kept.
    """
    case = await find_case(uow, line.case_id)
    plan = await plan_of(uow, line.case_id)
    if (case and has_ended(case.standing)) or (plan and plan.state == PlanState.DISCONTINUED):
        await release(uow, line.case_id, on=on, reason_group=reason_group)
    elif line.person_ref is not None and await person_left(uow, line):
        await release(uow, line.case_id, on=on, reason_group=reason_group, person_refs=[line.person_ref])


async def _stop_grants(
    uow: UnitOfWork, line: LineRow, reservation: ReservationRow, *, on: date, group: ReasonGroup
) -> None:
    """Grants that are not with the bank yet are cancelled; what is out already must come back, and finance
    is told.
    """
    for payment in await lock_pending(uow, line):
        if payment.payee_kind != PayeeKind.BENEFICIARY:
            continue
        if payment.state in PAYMENT["cancel"].sources:
            stop(uow, payment, line, transition="cancel", on=on, group=group)
        else:
            _ask_back(uow, payment, reservation)
    for payment in await settled_grants(uow, line):
        if payment.phase == "departure_cash":
            _ask_back(uow, payment, reservation)


def stop(uow: UnitOfWork, payment: PaymentRow, line: LineRow, *, transition: str, on: date, group: ReasonGroup) -> None:
    """A locked payment will not be made: it no longer holds a part of its locked line."""
    payment.state = step(transition, payment.state)
    payment.failed_on, payment.reason_group = on, group
    touch(payment, now=uow.now)
    line.pending_minor -= payment.amount_minor
    touch(line, now=uow.now)
    uow.publish(
        PaymentFailed(
            payment_id=payment.id,
            case_id=payment.case_id,
            line_id=payment.line_id,
            phase=payment.phase,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            on=on,
            reason_group=group,
        )
    )
    uow.record(f"payment.{PaymentState(payment.state).lower()}", subject=payment.id)


def _ask_back(uow: UnitOfWork, payment: PaymentRow, reservation: ReservationRow) -> None:
    scope = str(reservation.programme_id)
    uow.notify("payment.return-due", role="finance_officer", scope=scope, subject=payment.id)


async def _free(uow: UnitOfWork, line: LineRow, budget: BudgetRow, *, on: date) -> int:
    wanted = to_release(await use_of(uow, line))
    book(uow, Move.UNCOMMIT, wanted.uncommit, budget=budget, line=line, on=on)
    book(uow, Move.RELEASE, wanted.release, budget=budget, line=line, on=on)
    return wanted.release


def _tell(
    uow: UnitOfWork,
    reservation: ReservationRow,
    freed: list[tuple[LineRow, int]],
    *,
    group: ReasonGroup,
    first_time: bool,
    partial: bool,
) -> None:
    """The first release of a whole case is told even when all of it is owed; later ones only when they free
    something.
    """
    told = [(line, amount) for line, amount in freed if amount]
    if reservation.budget_id is None or not (told or first_time):
        return
    total = sum(amount for _, amount in told)
    uow.publish(
        FundsReleased(
            case_id=reservation.case_id,
            reservation_id=reservation.id,
            budget_id=reservation.budget_id,
            lines=as_facts(told),
            total=Money(total, reservation.currency),
            partial=partial,
            reason_group=group,
        )
    )
    uow.record("funds.released", subject=reservation.case_id, amount_minor=total)


def known_group(reason_group: str | None) -> ReasonGroup:
    """A reason group of ours; anything else counts as circumstances."""
    for group in get_args(ReasonGroup):
        if group == reason_group:
            known: ReasonGroup = group
            return known
    return "circumstances"
