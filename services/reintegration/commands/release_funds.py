"""When support ends, everything nobody is owed becomes free again; open invoices of third parties stay set
aside.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import get_args
from uuid import UUID

from services.reintegration.contracts.published import FundsReleased, PaymentFailed, ReasonGroup
from services.reintegration.domain.assistance_line import Phase, to_release
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PAYMENT, PayeeKind, PaymentState, step
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.budgets import book, lock_budgets_of
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.leaving import lines_in_use
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
    uow: UnitOfWork,
    case_id: UUID,
    *,
    on: date,
    reason_group: str,
    person_refs: Collection[str] | None = None,
    line_ids: Collection[UUID] | None = None,
) -> None:
    """Release what is not owed to third parties, of the whole case, of these persons or of these lines; doing it again
    changes nothing.
    """
    reservation = await find_reservation(uow, case_id)
    budgets = await lock_budgets_of(uow, case_id)
    if reservation is None or not budgets:
        return
    group = known_group(reason_group)
    freed: list[tuple[LineRow, int]] = []
    in_use = await lines_in_use(uow, case_id)
    for line in [line for line in await lock_lines(uow, case_id) if line.id not in in_use]:
        of_person = person_refs is None or line.person_ref in person_refs
        if of_person and (line_ids is None or line.id in line_ids) and line.budget_id is not None:
            await _stop_grants(uow, line, reservation, on=on, group=group)
            freed.append((line, await _free(uow, line, budgets[line.budget_id], on=on)))
    whole = person_refs is None and line_ids is None
    first_time = whole and reservation.state == "reserved"
    if first_time:
        reservation.state = "released"
        touch(reservation, now=uow.now)
    _tell(uow, reservation, freed, group=group, first_time=first_time, partial=not whole)


async def release_if_over(uow: UnitOfWork, line: LineRow, *, on: date, reason_group: str) -> None:
    """Money that became free on a line whose case ended or plan stopped, whose person stayed behind, or that was given
    back before the case went on, is not kept.
    """
    case = await find_case(uow, line.case_id)
    plan = await plan_of(uow, line.case_id)
    if (case and has_ended(case.standing)) or (plan and plan.state == PlanState.DISCONTINUED):
        await release(uow, line.case_id, on=on, reason_group=reason_group)
    elif line.person_ref is not None and await person_left(uow, line):
        await release(uow, line.case_id, on=on, reason_group=reason_group, person_refs=[line.person_ref])
    elif line.released_on is not None:
        await release(uow, line.case_id, on=on, reason_group=reason_group, line_ids=[line.id])


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
            ask_back(uow, payment, reservation.programme_id, since=on)
    for payment in await settled_grants(uow, line):
        if payment.phase == Phase.DEPARTURE_CASH:
            ask_back(uow, payment, reservation.programme_id, since=on)


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
            retry_by=payment.retry_by,
        )
    )
    uow.record(f"payment.{PaymentState(payment.state).lower()}", subject=payment.id)


def ask_back(uow: UnitOfWork, payment: PaymentRow, programme_id: UUID | None, *, since: date) -> None:
    """Money that is out must come back; finance is told once, and the payment shows since when."""
    if payment.return_due_since is None:
        payment.return_due_since = since
        touch(payment, now=uow.now)
        uow.notify("payment.return-due", role="finance_officer", scope=str(programme_id), subject=payment.id)


async def _free(uow: UnitOfWork, line: LineRow, budget: BudgetRow, *, on: date) -> int:
    wanted = to_release(await use_of(uow, line))
    book(uow, Move.UNCOMMIT, wanted.uncommit, budget=budget, line=line, on=on)
    book(uow, Move.RELEASE, wanted.release, budget=budget, line=line, on=on)
    line.released_on = line.released_on or on
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
    something. One fact per budget, since each of them gets its own money back.
    """
    told: dict[UUID, list[tuple[LineRow, int]]] = {}
    if first_time and reservation.budget_id is not None:
        told[reservation.budget_id] = []
    for line, amount in freed:
        if amount and line.budget_id is not None:
            told.setdefault(line.budget_id, []).append((line, amount))
    for budget_id, lines in told.items():
        total = sum(amount for _, amount in lines)
        uow.publish(
            FundsReleased(
                case_id=reservation.case_id,
                reservation_id=reservation.id,
                budget_id=budget_id,
                lines=as_facts(lines),
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
