"""Somebody died, or went abroad again: what was theirs alone ends, the others go on, nothing is claimed from anybody.

Locks are taken in the order budget, lines, payments, measures, plan.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import hold_orders, release_funds
from services.reintegration.commands.amend_plan import amend
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.published import ReasonGroup
from services.reintegration.contracts.published_plan_courses import PersonDeceased
from services.reintegration.contracts.published_plan_endings import PlanDiscontinued
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.leaving_plan import ENDING, Leaving, goes_on, missing_to_leave
from services.reintegration.domain.measure import step as measure_step
from services.reintegration.domain.plan import UNFINISHED, step
from services.reintegration.domain.successor_payee import payee_of
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.course_tables import PlanLeavingRow
from services.reintegration.persistence.leaving import lock_personal_measures, money_standing, pending_grants_of
from services.reintegration.persistence.lines import lock_lines
from services.reintegration.persistence.plan_rules import rules_of
from services.reintegration.persistence.plans import find_plan, lock_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import TransitionRefused


@dataclass(frozen=True, kw_only=True)
class LeavePlan:
    """Who left the plan, and how."""

    plan_id: UUID
    person_refs: Collection[str]
    reason: Leaving
    on: date | None = None


async def handle(command: LeavePlan, *, uow: UnitOfWork) -> PlanRow:
    """Record it; raises NotFound, TransitionRefused. If nobody goes on, the plan is discontinued and what is in use
    stays valid."""
    on = day_of_fact(command.on, uow.now)
    seen = await find_plan(uow, command.plan_id, may_support)
    uow.match(seen.version)
    persons, refs = await persons_of(uow, seen.case_id), set(command.person_refs)
    missing = missing_to_leave(persons, refs, arrived=seen.arrived_on is not None)
    if missing or seen.state not in UNFINISHED:
        raise TransitionRefused(transition="leave", state=seen.state, missing=missing)
    rules = await rules_of(uow, seen)
    going_on = goes_on(persons, refs, reason=command.reason, after_death=rules.family_continues_after_death)
    payee = payee_of(None, persons)
    for person in persons:
        if person.person_ref in refs:
            person.left_plan_on, person.left_plan_reason = on, command.reason
            person.deceased_on = on if command.reason == "deceased" else person.deceased_on
    payee_gone = payee is not None and payee.person_ref in refs
    kept = PlanLeavingRow(
        plan_id=seen.id,
        case_id=seen.case_id,
        person_refs=sorted(refs),
        reason=command.reason,
        left_on=on,
        recorded_by=uow.actor.subject,
        plan_ended=not going_on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await _stop(seen, refs, kept, payee_gone=payee_gone, on=on, uow=uow)
    if not going_on:
        await hold_orders.end_holds(seen.case_id, on=on, uow=uow)
    return await _tell(command, refs, going_on=going_on, on=on, uow=uow)


async def _stop(
    plan: PlanRow, refs: Collection[str], kept: PlanLeavingRow, *, payee_gone: bool, on: date, uow: UnitOfWork
) -> None:
    """Money, then measures; what stopped is kept, so that a mistake can be corrected."""
    before = await money_standing(uow, plan.case_id)
    await _stop_money(plan, refs, going_on=not kept.plan_ended, payee_gone=payee_gone, on=on, uow=uow)
    after = await money_standing(uow, plan.case_id)
    kept.released_lines, kept.stopped_payments, kept.asked_back_payments = after.stopped_since(before)
    kept.ended_measures = await _end_measures(plan, refs, kept.reason, on=on, uow=uow)
    uow.session.add(kept)


async def _end_measures(
    plan: PlanRow, refs: Collection[str], reason: str, *, on: date, uow: UnitOfWork
) -> dict[str, str]:
    """Their state before, by measure."""
    ended = {}
    for measure in await lock_personal_measures(uow, plan.id, refs):
        if measure.state in ENDING[reason]:
            ended[str(measure.id)] = measure.state
            measure.state, measure.cancelled_on = measure_step("cancel", measure.state), on
            hold_orders.lift_one(measure, outcome="cancelled", on=on, uow=uow)
            touch(measure, now=uow.now)
            uow.record("measure.cancelled", subject=measure.id)
    return ended


async def _stop_money(
    plan: PlanRow, refs: Collection[str], *, going_on: bool, payee_gone: bool, on: date, uow: UnitOfWork
) -> None:
    """Their own lines are given back; where the payee of the family is gone, its open grants stop until a successor is
    confirmed, and stay set aside."""
    whose = refs if going_on else None
    await release_funds.release(uow, plan.case_id, on=on, reason_group="circumstances", person_refs=whose)
    if not (going_on and payee_gone):
        return
    for line in await lock_lines(uow, plan.case_id):
        for payment in await pending_grants_of(uow, line):
            if line.person_ref is None:
                release_funds.stop(uow, payment, line, transition="cancel", on=on, group="circumstances")


async def _tell(command: LeavePlan, refs: Collection[str], *, going_on: bool, on: date, uow: UnitOfWork) -> PlanRow:
    plan = await lock_plan(uow, command.plan_id, may_support)
    fact = {"plan_id": plan.id, "case_id": plan.case_id, "on": on}
    if command.reason == "deceased":
        uow.publish(*(PersonDeceased(case_id=plan.case_id, person_ref=ref, on=on) for ref in sorted(refs)))
    amend(plan, by=-len(refs), on=on, uow=uow)
    uow.record(f"plan.person-{command.reason.replace('_', '-')}", subject=plan.id, count=len(refs))
    if not going_on:
        group: ReasonGroup = "circumstances" if command.reason == "deceased" else "applicant"
        plan.state = step("discontinue", plan.state)
        plan.ended_on, plan.reason_group = on, group
        uow.publish(PlanDiscontinued(**fact, reason_group=group))
        uow.record("plan.discontinued", subject=plan.id)
    kind = "plan.discontinued" if not going_on else "plan.person-left"
    await tell_companions(uow, plan.case_id, kind, plan.id)
    return plan
