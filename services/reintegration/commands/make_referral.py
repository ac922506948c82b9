"""Refer people who have arrived to a provider: registry finds the place and tells the provider, with their consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.contracts.published_referrals import ReferralMade
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.referral import Offer, ReferralState, against_referral, missing_to_refer
from services.reintegration.persistence.cases import find_case, persons_of
from services.reintegration.persistence.plans import find_measure, find_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.reference_data import referral_answer_days
from services.reintegration.persistence.referral_tables import ProviderServiceRow, ReferralRow
from services.reintegration.persistence.referrals import find_service
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotKnownYet, TransitionRefused


class ServiceNotKnownYet(NotKnownYet):
    """Registry has not told of this service."""

    slug = "provider-service-not-known-yet"
    title = "This service of a provider is not known here yet"


class ReferralBlocked(Conflict):
    """No new referral there now; `reasons` says why, all of them."""

    slug = "referral-blocked"
    title = "This service takes no new referral now"


class MeasureOfAnother(Invalid):
    """The measure belongs to another provider."""

    slug = "measure-of-another-provider"
    title = "This measure is to be delivered by another provider"


@dataclass(frozen=True, kw_only=True)
class MakeReferral:
    """Whom, to which service, for which measure of the plan, and by when an answer is needed."""

    plan_id: UUID
    service_id: UUID
    person_refs: Sequence[str]
    measure_id: UUID | None = None
    answer_by: date | None = None


async def handle(command: MakeReferral, *, uow: UnitOfWork) -> ReferralRow:
    """Raises NotFound, TransitionRefused, ServiceNotKnownYet, ReferralBlocked, OrganisationSuspended,
    MeasureOfAnother."""
    today = uow.now.date()
    plan = await find_plan(uow, command.plan_id, may_support)
    service = await _open_service(uow, command.service_id)
    await _require_arrived(uow, plan, command.person_refs)
    if command.measure_id is not None:
        measure = await find_measure(uow, plan.id, command.measure_id, may_support)
        if measure.provider_id != service.provider_id:
            raise MeasureOfAnother
    row = ReferralRow(
        case_id=plan.case_id,
        plan_id=plan.id,
        measure_id=command.measure_id,
        provider_id=service.provider_id,
        service_id=service.service_id,
        category=service.category,
        person_refs=sorted(set(command.person_refs)),
        state=ReferralState.MADE.value,
        made_by=uow.actor.subject,
        made_on=today,
        answer_by=command.answer_by or today + timedelta(days=referral_answer_days()),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    _tell(row, plan, uow=uow)
    return row


async def _open_service(uow: UnitOfWork, service_id: UUID) -> ProviderServiceRow:
    service = await find_service(uow, service_id)
    if service is None:
        raise ServiceNotKnownYet
    await require_taking_part(uow, service.provider_id)
    offer = Offer(free=service.free, diligence_until=service.diligence_until, ends_on=service.ends_on, suspended=False)
    reasons = against_referral(offer, today=uow.now.date())
    if reasons:
        raise ReferralBlocked(reasons=reasons)
    return service


async def _require_arrived(uow: UnitOfWork, plan: PlanRow, person_refs: Sequence[str]) -> None:
    case = await find_case(uow, plan.case_id)
    there = {person.person_ref for person in await persons_of(uow, plan.case_id) if person.travelled}
    missing = missing_to_refer(
        arrived=plan.arrived_on is not None,
        ended=case is not None and has_ended(case.standing),
        unknown_persons=sorted(set(person_refs) - there),
    )
    if missing:
        raise TransitionRefused(transition="refer", state=plan.state, missing=missing)


def _tell(row: ReferralRow, plan: PlanRow, *, uow: UnitOfWork) -> None:
    uow.publish(
        ReferralMade(
            referral_id=row.id,
            case_id=row.case_id,
            provider_id=row.provider_id,
            service_id=row.service_id,
            on=row.made_on,
            category=row.category,
            person_refs=row.person_refs,
            answer_by=row.answer_by,
            arrived_on=plan.arrived_on,
        )
    )
    uow.record("referral.made", subject=row.id, provider_id=str(row.provider_id))
