"""A death or a new journey abroad was recorded by mistake: another person corrects it, and what had stopped goes on.

What cannot go on any more (the case ended, the budget is empty, another payment took the place) stays as it is, and
people are told. Locks are taken in the order budget, lines, payments, measures, plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import hold_orders, resume_money, watch_first_contacts
from services.reintegration.commands.amend_plan import amend
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.published_plan_courses import PersonDeathCorrected, PlanResumed
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.leaving_plan import Correction, missing_to_correct
from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.measure import step as measure_step
from services.reintegration.domain.plan import PlanState, resumption, step
from services.reintegration.persistence.cases import find_case, persons_of
from services.reintegration.persistence.course_tables import PlanLeavingRow
from services.reintegration.persistence.leaving import lock_personal_measures
from services.reintegration.persistence.organisations import is_suspended
from services.reintegration.persistence.plans import find_in_plan, plan_of
from services.reintegration.persistence.policies import may_oversee_without_consent
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused


@dataclass(frozen=True, kw_only=True)
class CorrectLeaving:
    """Which record was a mistake, and why."""

    plan_id: UUID
    leaving_id: UUID
    reason_code: Correction
    on: date | None = None


async def handle(command: CorrectLeaving, *, uow: UnitOfWork) -> PlanLeavingRow:
    """Correct it, once, by the office or the programme; raises NotFound, TransitionRefused."""
    on, policy = day_of_fact(command.on, uow.now), may_oversee_without_consent
    row = await find_in_plan(uow, PlanLeavingRow, command.plan_id, command.leaving_id, policy, lock=True)
    corrected = row.corrected_on is not None
    missing = missing_to_correct(recorded_by=row.recorded_by, acting=uow.actor.subject, corrected=corrected)
    if missing:
        raise TransitionRefused(transition="correct-leaving", state=row.reason, missing=missing)
    for person in await persons_of(uow, row.case_id):
        if person.person_ref in row.person_refs:
            person.left_plan_on = person.left_plan_reason = person.deceased_on = None
    case, plan = await find_case(uow, row.case_id), await plan_of(uow, row.case_id)
    if case is None or plan is None:
        raise NotFound
    resumes = row.plan_ended and plan.state == PlanState.DISCONTINUED and plan.ended_on == row.left_on
    supported = not has_ended(case.standing) and (resumes or plan.state != PlanState.DISCONTINUED)
    await resume_money.handle(row, supported=supported, on=on, uow=uow)
    if supported:
        await _take_up_measures(row, on=on, uow=uow)
    plan = await _resume_plan(row, resumes=resumes and supported, on=on, uow=uow)
    if row.reason == "deceased":
        uow.publish(*(PersonDeathCorrected(case_id=row.case_id, person_ref=ref, on=on) for ref in row.person_refs))
    row.corrected_by, row.corrected_on, row.correction_code = uow.actor.subject, on, command.reason_code
    touch(row, now=uow.now)
    uow.record("plan.leaving-corrected", subject=plan.id, reason_code=command.reason_code)
    await tell_companions(uow, row.case_id, "plan.leaving-corrected", plan.id)
    return row


async def _take_up_measures(row: PlanLeavingRow, *, on: date, uow: UnitOfWork) -> None:
    """Those that ended with it, where they stood; one of a suspended provider waits for another one."""
    suspended = set()
    for measure in await lock_personal_measures(uow, row.plan_id, row.person_refs):
        before = row.ended_measures.get(str(measure.id))
        if before is not None and measure.state == MeasureState.CANCELLED:
            name = "go-on" if before == MeasureState.IN_DELIVERY else "take-up-again"
            measure.state, measure.cancelled_on = measure_step(name, measure.state), None
            touch(measure, now=uow.now)
            uow.record("measure.taken-up-again", subject=measure.id)
            if await is_suspended(uow, measure.provider_id):
                suspended.add(measure.provider_id)
    for provider_id in suspended:
        if provider_id is not None:
            await hold_orders.hold(provider_id, on=on, uow=uow)


async def _resume_plan(row: PlanLeavingRow, *, resumes: bool, on: date, uow: UnitOfWork) -> PlanRow:
    plan = await plan_of(uow, row.case_id, lock=True)
    if plan is None:
        raise NotFound
    amend(plan, by=len(row.person_refs), on=on, uow=uow)
    if resumes:
        plan.state = step(resumption(plan.approved_on), plan.state)
        plan.ended_on = plan.reason_group = None
        if plan.first_contact_on is None:
            watch_first_contacts.start(plan, on)
        touch(plan, now=uow.now)
        uow.publish(PlanResumed(plan_id=plan.id, case_id=plan.case_id, on=on))
        uow.record("plan.resumed", subject=plan.id)
    return plan
