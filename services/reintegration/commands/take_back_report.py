"""A provider takes back what it reported of a referral: everything stands as before, unless somebody built on it."""

from __future__ import annotations

from uuid import UUID

from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.published_referrals import MeasureTakenBack, ReferralReopened
from services.reintegration.domain import measure as measures
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.referral import OPEN, ReferralState, missing_to_take_back, step
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.referral_tables import ReferralReportRow, ReferralRow
from services.reintegration.persistence.referrals import lock_with_measure
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def handle(report: ReferralReportRow, seen: ReferralRow, *, uow: UnitOfWork) -> None:
    """Raises TransitionRefused before anything has changed; a second time changes nothing."""
    if report.taken_back:
        return
    row, measure = await lock_with_measure(uow, seen)
    if report.state_before == report.state_after:
        row.unreachable_on = None
    else:
        await _restore(report, row, measure, uow=uow)
    report.taken_back = True
    touch(row, now=uow.now)
    await tell_companions(uow, row.case_id, "referral.report-taken-back", row.id)
    uow.record("referral.report-taken-back", subject=row.id, message_type=report.message_type)


async def _restore(report: ReferralReportRow, row: ReferralRow, measure: MeasureRow | None, *, uow: UnitOfWork) -> None:
    moved = measure if report.measure_after else None
    missing = missing_to_take_back(
        untouched=row.state == report.state_after and _is_as_reported(moved, report),
        verified=moved is not None and moved.state == MeasureState.VERIFIED,
        support_goes_on=await _support_goes_on(row.case_id, uow=uow),
    )
    closed = row.state not in OPEN
    row.state = step(f"take-back-to-{report.state_before.lower()}", row.state, missing)
    row.ended_on = None
    if row.state != ReferralState.STARTED:
        row.started_on = None
    if moved is not None:
        _restore_measure(moved, report, uow=uow)
    if closed:
        uow.publish(
            ReferralReopened(
                referral_id=row.id,
                case_id=row.case_id,
                provider_id=row.provider_id,
                service_id=row.service_id,
                on=uow.now.date(),
            )
        )


def _is_as_reported(measure: MeasureRow | None, report: ReferralReportRow) -> bool:
    """A delivery that somebody else recorded is not taken back by this provider's message."""
    if measure is None:
        return True
    told_by = f"message:{report.message_id}"
    return measure.state == report.measure_after and measure.delivered_by in (None, told_by)


async def _support_goes_on(case_id: UUID, *, uow: UnitOfWork) -> bool:
    case, plan = await find_case(uow, case_id), await plan_of(uow, case_id)
    ended = case is None or has_ended(case.standing)
    return not ended and plan is not None and plan.arrived_on is not None and plan.ended_on is None


def _restore_measure(measure: MeasureRow, report: ReferralReportRow, *, uow: UnitOfWork) -> None:
    if measure.state == MeasureState.DELIVERED:
        measure.state = measures.step("take-back-delivery", measure.state)
        measure.delivered_on = measure.delivered_by = measure.evidence_ref = None
    if report.measure_before == MeasureState.PLANNED:
        measure.state, measure.started_on = measures.step("take-back-start", measure.state), None
    touch(measure, now=uow.now)
    uow.publish(
        MeasureTakenBack(
            measure_id=measure.id,
            plan_id=measure.plan_id,
            case_id=measure.case_id,
            category=measure.category,
            level=measure.level,
            on=uow.now.date(),
            delivered=report.measure_after == MeasureState.DELIVERED,
            started=report.measure_before == MeasureState.PLANNED,
        )
    )
    uow.record("measure.report-taken-back", subject=measure.id)
