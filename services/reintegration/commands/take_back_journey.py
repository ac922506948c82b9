"""An arrival or departure was recorded wrongly: what it started stops, and what was paid is looked at by a person.

Grants that are not with the bank yet are cancelled; nothing is claimed back from anybody by a machine, and the money
stays set aside, since the journey goes on. Source: domain-rules.md 37 (consumers compensate) and 17 (no automatic
recovery).
"""

from __future__ import annotations

from datetime import date

from services.reintegration.commands import move_referral, watch_first_contacts
from services.reintegration.commands.release_funds import stop
from services.reintegration.contracts.consumed import CaseFactCorrectedSeen
from services.reintegration.domain.assistance_line import to_release
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import AFTER_ARRIVAL, PAYMENT, PayeeKind
from services.reintegration.domain.plan import PlanState, revival, step
from services.reintegration.persistence.budgets import book, lock_budgets_of
from services.reintegration.persistence.cases import set_case
from services.reintegration.persistence.lines import find_reservation, lock_lines, use_of
from services.reintegration.persistence.payments import lock_pending, settled_grants
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow, ReservationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseFactCorrectedSeen, *, uow: UnitOfWork) -> None:
    """Other corrected facts change nothing here; the same correction again changes nothing more."""
    if seen.fact not in ("arrival", "departure"):
        return
    gone = {"arrived_on": None} if seen.fact == "arrival" else {"departed_on": None, "arrived_on": None}
    await set_case(uow, seen.case_id, **gone)
    reservation = await find_reservation(uow, seen.case_id)
    if reservation is not None:
        budgets = await lock_budgets_of(uow, seen.case_id)
        for line in await lock_lines(uow, seen.case_id):
            if line.phase in AFTER_ARRIVAL and line.budget_id is not None:
                await _stop_line(uow, line, budgets[line.budget_id], reservation, on=seen.on)
    await move_referral.cancel_all(seen.case_id, on=seen.on, uow=uow)
    await _plan_waits(seen, uow=uow)


async def _stop_line(
    uow: UnitOfWork, line: LineRow, budget: BudgetRow, reservation: ReservationRow, *, on: date
) -> None:
    for payment in await lock_pending(uow, line):
        if payment.payee_kind == PayeeKind.BENEFICIARY and payment.state in PAYMENT["cancel"].sources:
            stop(uow, payment, line, transition="cancel", on=on, group="circumstances")
        else:
            _look_at(uow, payment, reservation)
    for payment in await settled_grants(uow, line):
        _look_at(uow, payment, reservation)
    if not line.committed_by_plan:
        loosened = to_release(await use_of(uow, line)).uncommit
        book(uow, Move.UNCOMMIT, loosened, budget=budget, line=line, on=on)


def _look_at(uow: UnitOfWork, payment: PaymentRow, reservation: ReservationRow) -> None:
    """With the bank, paid, or owed to a third party: a person decides."""
    scope = str(reservation.programme_id)
    uow.notify("payment.arrival-taken-back", role="finance_officer", scope=scope, subject=payment.id)


async def _plan_waits(seen: CaseFactCorrectedSeen, *, uow: UnitOfWork) -> None:
    """The plan waits for an arrival again; that it was active stays on record, for invoices of that time."""
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is None or plan.arrived_on is None:
        return
    plan.arrived_on = plan.due_on = None
    watch_first_contacts.stop(plan)
    if plan.state == PlanState.DORMANT:
        plan.state = step(revival(plan.approved_on), plan.state)
    if plan.state == PlanState.ACTIVE:
        plan.state = step("take-back-arrival", plan.state)
        uow.record("plan.waits-for-arrival", subject=plan.id)
    touch(plan, now=uow.now)
    if plan.partner_id:
        scope = str(plan.partner_id)
        uow.notify("beneficiaries.arrival-taken-back", role="reintegration_partner", scope=scope, subject=plan.id)
