"""Plan one piece of support, with its provider and the line that pays for it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.reintegration.commands.order_measures import order_measures
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.assistance_line import AFTER_ARRIVAL, Phase
from services.reintegration.domain.measure import Category, Level, MeasureState
from services.reintegration.domain.plan import step
from services.reintegration.domain.successor_payee import gone
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.plans import find_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.tables import LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, NotFound


class LineNotOfPlan(Invalid):
    """The line belongs to another case, or is not for the time after arrival."""

    slug = "line-not-of-plan"
    title = "This line cannot pay for a measure of this plan"


class PersonNotOfPlan(Invalid):
    """The person belongs to another case, or is no longer of the plan."""

    slug = "person-not-of-plan"
    title = "This person is not of the plan"


@dataclass(frozen=True, kw_only=True)
class AddMeasure:
    """Add a measure to a plan."""

    plan_id: UUID
    category: Category
    level: Level
    provider_id: UUID | None = None
    line_id: UUID | None = None
    person_ref: str | None = None


async def handle(command: AddMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Add it; help of the first days at any time, everything else while the plan is being drawn up. Raises NotFound,
    TransitionRefused, LineNotOfPlan, PersonNotOfPlan, OrganisationSuspended."""
    plan = await find_plan(uow, command.plan_id, may_support)
    await require_taking_part(uow, plan.partner_id, command.provider_id)
    line = await _line_of(uow, plan, command.line_id)
    if line is None or line.phase != Phase.POST_ARRIVAL:
        step("add-measure", plan.state)
    person_ref = await _person_of(uow, plan, command.person_ref or (line.person_ref if line else None))
    measure = MeasureRow(
        plan_id=plan.id,
        case_id=plan.case_id,
        category=command.category.value,
        level=command.level.value,
        provider_id=command.provider_id,
        line_id=line.id if line else None,
        person_ref=person_ref,
        state=MeasureState.PLANNED.value,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(measure)
    await uow.session.flush()
    uow.record("measure.planned", subject=measure.id)
    await order_measures(plan, on=uow.now.date(), uow=uow, only=measure)
    return measure


async def _line_of(uow: UnitOfWork, plan: PlanRow, line_id: UUID | None) -> LineRow | None:
    if line_id is None:
        return None
    try:
        line = await find_line(uow, line_id)
    except NotFound:
        raise LineNotOfPlan from None
    if line.case_id != plan.case_id or line.phase not in AFTER_ARRIVAL:
        raise LineNotOfPlan
    return line


async def _person_of(uow: UnitOfWork, plan: PlanRow, person_ref: str | None) -> str | None:
    """Whom the measure is for alone; None: the family."""
    if person_ref is None:
        return None
    there = {person.person_ref for person in await persons_of(uow, plan.case_id) if not gone(person)}
    if person_ref not in there:
        raise PersonNotOfPlan
    return person_ref
