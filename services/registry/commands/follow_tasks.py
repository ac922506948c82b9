"""The partner that a plan is with is told what it is to see to and which day comes near, and nobody else is.

With consent and basis, like everything about a case; what may not be told yet waits, because events of different
services have no order among each other, and people may agree later.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from sqlmodel import col

from services.registry.commands.end_request import withhold_unheard
from services.registry.commands.tell_recipient import live_persons, tell
from services.registry.contracts.consumed_for_recipients import MeasureOrderedSeen, PlanDeadlineNearSeen
from services.registry.domain.request_end import REINTEGRATION, rests
from services.registry.persistence.disclosure_tables import KnownCaseRow
from services.registry.persistence.waiting_facts import keep_waiting, waiting_where, waits_no_more
from services.registry.persistence.waiting_tables import WaitingFactRow
from shared.database.unit_of_work import UnitOfWork

ORDERED, NEAR = "measure.ordered", "plan.deadline-near"


async def ordered(seen: MeasureOrderedSeen, *, uow: UnitOfWork) -> None:
    """Of which kind the help is, is not said."""
    facts = {"measure_id": str(seen.measure_id), "on": seen.on.isoformat()}
    await _tell_or_wait(seen, ORDERED, seen.measure_id, facts, uow=uow)


async def deadline_near(seen: PlanDeadlineNearSeen, *, uow: UnitOfWork) -> None:
    """What waits until the day is over is told no more."""
    subject_id = uuid5(seen.plan_id, seen.deadline)
    if seen.due_on < uow.now.date():
        await waits_no_more(uow, NEAR, subject_id)
        return
    facts = {"deadline": seen.deadline, "due_on": seen.due_on.isoformat()}
    await _tell_or_wait(seen, NEAR, subject_id, facts, uow=uow)


async def try_again_ordered(row: WaitingFactRow, *, uow: UnitOfWork) -> None:
    """Somebody may have agreed by now."""
    await ordered(MeasureOrderedSeen.model_validate(row.fact), uow=uow)


async def try_again_near(row: WaitingFactRow, *, uow: UnitOfWork) -> None:
    """Somebody may have agreed by now, or the day is over."""
    await deadline_near(PlanDeadlineNearSeen.model_validate(row.fact), uow=uow)


async def plan_ended(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Nothing is to be done any more: what has reached nobody is told no more."""
    for row in await waiting_where(
        uow, col(WaitingFactRow.case_id) == case_id, col(WaitingFactRow.payload_type).in_((ORDERED, NEAR))
    ):
        await waits_no_more(uow, row.payload_type, row.subject_id)
    await withhold_unheard(case_id, (ORDERED, NEAR), uow=uow)


async def _tell_or_wait(
    seen: MeasureOrderedSeen | PlanDeadlineNearSeen,
    payload_type: str,
    subject_id: UUID,
    facts: dict[str, Any],
    *,
    uow: UnitOfWork,
) -> None:
    case = await uow.session.get(KnownCaseRow, seen.case_id, populate_existing=True)
    released = case is not None and case.approved and not case.frozen and not rests(case, REINTEGRATION)
    live = await live_persons(uow, seen.case_id, seen.partner_id, purpose=REINTEGRATION)
    refs = sorted(live & set(seen.person_refs))
    whom: dict[str, Any] = {"case_id": seen.case_id, "recipient_id": seen.partner_id}
    if not released or not refs:
        lacking = ["consent_missing" if released else "not_released"]
        await keep_waiting(uow, payload_type, subject_id, **whom, fact=seen.model_dump(mode="json"), lacking=lacking)
        return
    await waits_no_more(uow, payload_type, subject_id)
    shown = {**facts, "person_refs": refs}
    await tell(uow, **whom, payload_type=payload_type, facts=shown, purpose=REINTEGRATION, person_refs=refs)
