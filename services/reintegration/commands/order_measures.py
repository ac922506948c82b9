"""Order with the partner of a plan what it is to see to, once with each partner that the plan is with.

What is written into a plan is no order before the plan is approved; help of the first days is one at once.
"""

from __future__ import annotations

from datetime import date

from services.reintegration.contracts.published_to_partners import MeasureOrdered
from services.reintegration.domain.measure import is_order
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.told_partners import note_order, there, to_order
from shared.database.unit_of_work import UnitOfWork


async def order_measures(plan: PlanRow, *, on: date, uow: UnitOfWork, only: MeasureRow | None = None) -> None:
    """Everything that is to be ordered now, or this one alone; nothing without a partner. Again changes nothing."""
    if plan.partner_id is None:
        return
    family = await there(uow, plan.case_id)
    for measure, phase in await to_order(uow, plan):
        wanted = is_order(phase=phase, plan_state=plan.state, approved_on=plan.approved_on)
        refs = family if measure.person_ref is None else [ref for ref in family if ref == measure.person_ref]
        if not wanted or not refs or (only is not None and measure.id != only.id):
            continue
        if await note_order(uow, measure, plan.partner_id):
            uow.publish(
                MeasureOrdered(
                    measure_id=measure.id,
                    plan_id=plan.id,
                    case_id=plan.case_id,
                    partner_id=plan.partner_id,
                    person_refs=refs,
                    category=measure.category,
                    level=measure.level,
                    on=on,
                )
            )
            uow.record("measure.ordered", subject=measure.id, partner_id=str(plan.partner_id))
