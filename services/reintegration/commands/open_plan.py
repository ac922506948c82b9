"""The reintegration file of an approved case is opened, once; an arrival that was known before is taken
over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.reintegration.commands import watch_first_contacts
from services.reintegration.contracts.published import PlanOpened
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.reference_data import plan_due_days
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OpenPlan:
    """Open the file of a case."""

    case_id: UUID
    persons_count: int


async def handle(command: OpenPlan, *, uow: UnitOfWork) -> PlanRow | None:
    """The plan; none for a case that has ended meanwhile."""
    existing = await plan_of(uow, command.case_id)
    case = await find_case(uow, command.case_id)
    if existing is not None or case is None or has_ended(case.standing):
        return existing
    arrived = case.arrived_on
    plan = PlanRow(
        case_id=command.case_id,
        persons_count=command.persons_count,
        state=PlanState.DRAFT.value,
        arrived_on=arrived,
        due_on=arrived + timedelta(days=plan_due_days()) if arrived else None,
        created_at=uow.now,
        updated_at=uow.now,
    )
    if arrived:
        await watch_first_contacts.start_with_arrival(plan, arrived, uow=uow)
    uow.session.add(plan)
    await uow.session.flush()
    uow.publish(PlanOpened(plan_id=plan.id, case_id=plan.case_id, persons_count=plan.persons_count))
    uow.record("plan.opened", subject=plan.id)
    return plan
