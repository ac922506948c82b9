"""reintegration.measure.ordered: the partner of the plan has something to see to."""

from __future__ import annotations

from services.registry.commands.tell_consenting import tell_partner
from services.registry.contracts.consumed_for_partners import MeasureOrderedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_measure_ordered(seen: MeasureOrderedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.measure.ordered: the partner of the plan has something to see to."""
    facts = {"measure_id": str(seen.measure_id), "on": seen.on.isoformat()}
    await tell_partner(seen.case_id, seen.partner_id, "measure.ordered", facts, seen.person_refs, uow=uow)
