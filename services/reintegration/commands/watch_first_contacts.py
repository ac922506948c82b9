"""People arrived and nobody has met them: those who look after them are told step by step, then the plan rests.

Nothing here ends support: a plan that rests can be revived while the programme's window is open, and what becomes of it
afterwards is decided by people.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.published_plan_courses import PlanBecameDormant
from services.reintegration.domain.plan import UNFINISHED, PlanState, step
from services.reintegration.domain.plan_rules import PlanRules, next_rung_on, rungs_due, window_ends_on
from services.reintegration.persistence.plan_rules import rules_of
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import may_oversee
from services.reintegration.persistence.support_tables import PlanRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "first-contacts"
AT_ONCE = 500


def start(plan: PlanRow, on: date) -> None:
    """From this day on the steps are counted."""
    plan.contact_from = plan.contact_due_on = None if plan.first_contact_on else on
    plan.contact_rungs_told = 0


async def start_with_arrival(plan: PlanRow, arrived_on: date, *, uow: UnitOfWork) -> None:
    """From the arrival, or from today where the first step would be over already: nobody could have looked before."""
    today = uow.now.date()
    first = next_rung_on(await rules_of(uow, plan), since=arrived_on, told=0)
    start(plan, today if first is not None and first < today else arrived_on)


def stop(plan: PlanRow) -> None:
    """Nobody has to be looked for."""
    plan.contact_from = plan.contact_due_on = None
    plan.dormant_since = plan.revivable_until = None


async def run(runtime: Runtime) -> None:
    """The longest overdue first, one unit of work per plan, so that one never holds up another."""
    await one_by_one(runtime, Principal.system(JOB), _to_look_at, handle)


async def handle(plan_id: UUID, *, uow: UnitOfWork) -> None:
    """Everything that is due to be said today about one plan; doing it again says nothing twice."""
    plan = await lock_plan(uow, plan_id, may_oversee)
    since, arrived_on = plan.contact_from, plan.arrived_on
    if since is None or arrived_on is None or plan.first_contact_on is not None or plan.state not in UNFINISHED:
        plan.contact_due_on = None
        return
    rules, today = await rules_of(uow, plan), uow.now.date()
    for number in rungs_due(rules, since=since, told=plan.contact_rungs_told, today=today):
        plan.contact_rungs_told = number
        days = rules.contact_after_days[number - 1]
        await tell_companions(uow, plan.case_id, "plan.not-contacted", plan.id, step=number, days=days)
        touch(plan, now=uow.now)
    over_on = window_ends_on(rules, arrived_on)
    if plan.contact_rungs_told >= len(rules.contact_after_days) and plan.state != PlanState.DORMANT:
        await _rest(uow, plan, until=over_on)
    plan.contact_due_on = _next_look(rules, since=since, told=plan.contact_rungs_told, over_on=over_on)
    if today > over_on:
        plan.contact_due_on = None
        await tell_companions(uow, plan.case_id, "plan.support-window-over", plan.id)


async def _rest(uow: UnitOfWork, plan: PlanRow, *, until: date) -> None:
    today = uow.now.date()
    plan.state = step("become-dormant", plan.state)
    plan.dormant_since, plan.revivable_until = today, until
    touch(plan, now=uow.now)
    uow.publish(PlanBecameDormant(plan_id=plan.id, case_id=plan.case_id, on=today))
    uow.record("plan.became-dormant", subject=plan.id)
    await tell_companions(uow, plan.case_id, "plan.dormant", plan.id)


def _next_look(rules: PlanRules, *, since: date, told: int, over_on: date) -> date:
    """The next step, and after the last one the day on which the window is over."""
    rung = next_rung_on(rules, since=since, told=told)
    return min(rung, over_on + timedelta(days=1)) if rung else over_on + timedelta(days=1)


async def _to_look_at(uow: UnitOfWork) -> list[UUID]:
    due_on = col(PlanRow.contact_due_on)
    statement = select(col(PlanRow.id)).where(due_on <= uow.now.date()).order_by(due_on, col(PlanRow.id))
    return list((await uow.session.execute(statement.limit(AT_ONCE))).scalars())
