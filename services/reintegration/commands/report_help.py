"""What a provider reports of a referral: help began, was delivered, is not wanted, or nobody was reached.

A report is the provider's own evidence. A delivery is verified by somebody else before it counts, nothing is paid by
it, and a person who declines or is not reached loses nothing: those who accompany the family are told and decide.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.commands import deliver_measure, move_referral, start_measure
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.domain import measure as measures
from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.referral import step
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.referral_tables import ReferralReportRow, ReferralRow
from services.reintegration.persistence.referrals import lock_with_measure
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

STEPS = {"service.started": "start", "service.delivered": "complete", "service.declined-by-person": "decline"}
"""The step of the referral that each report asks for."""
RECORDED = frozenset({MeasureState.DELIVERED, MeasureState.VERIFIED})


async def handle(seen: ReferralRow, message_type: str, *, message_id: UUID, on: date, uow: UnitOfWork) -> None:
    """Raises TransitionRefused before anything has changed."""
    row, measure = await lock_with_measure(uow, seen)
    before, measure_before = row.state, measure.state if measure else None
    step(STEPS[message_type], row.state)
    if message_type == "service.started":
        await _begin(measure, on=on, uow=uow)
        move_referral.start(row, on=on, uow=uow)
    elif message_type == "service.delivered":
        await _deliver(measure, message_id, on=on, uow=uow)
        await move_referral.end(row, "completed", on=on, uow=uow)
        await tell_companions(uow, row.case_id, "referral.delivered", row.id)
    else:
        await move_referral.end(row, "declined", on=on, uow=uow)
    moved = measure is not None and measure.state != measure_before
    if measure is not None and measure.state == MeasureState.DELIVERED and moved:
        await tell_companions(uow, measure.case_id, "measure.to-be-verified", measure.id)
    uow.session.add(
        ReferralReportRow(
            message_id=message_id,
            referral_id=row.id,
            message_type=message_type,
            reported_on=on,
            state_before=before,
            state_after=row.state,
            measure_before=measure_before if moved else None,
            measure_after=measure.state if measure and moved else None,
        )
    )


async def unreachable(row: ReferralRow, *, message_id: UUID, on: date, uow: UnitOfWork) -> None:
    """The referral stays open and no clock starts: those who accompany the family know other ways to reach them."""
    row.unreachable_on = on
    touch(row, now=uow.now)
    await tell_companions(uow, row.case_id, "referral.person-unreachable", row.id)
    uow.session.add(
        ReferralReportRow(
            message_id=message_id,
            referral_id=row.id,
            message_type="person.unreachable",
            reported_on=on,
            state_before=row.state,
            state_after=row.state,
        )
    )
    uow.record("referral.person-unreachable", subject=row.id)


async def _begin(measure: MeasureRow | None, *, on: date, uow: UnitOfWork) -> None:
    """What somebody recorded before stays as it is."""
    if measure is None or measure.state in {MeasureState.IN_DELIVERY, *RECORDED}:
        return
    measures.step("start", measure.state)
    plan = await plan_of(uow, measure.case_id)
    if plan is not None:
        await start_measure.begin(measure, plan, on=on, uow=uow)


async def _deliver(measure: MeasureRow | None, message_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """A delivery says that help had begun, too."""
    if measure is None or measure.state in RECORDED:
        return
    await _begin(measure, on=on, uow=uow)
    by, evidence = f"message:{message_id}", f"message/{message_id}"
    deliver_measure.record(measure, by=by, evidence_ref=evidence, on=on, uow=uow)
