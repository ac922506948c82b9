"""A referral takes a place of a provider, and the provider is told, if the people have agreed to exactly this provider.

Registry decides: reintegration refuses at once what it knows to be full, and learns here what it could not know.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.keep_provider_service import ReferralBlocked, give_back, take_again, take_place
from services.registry.commands.tell_recipient import live_persons, tell
from services.registry.contracts import consumed as seen
from services.registry.contracts.recipient_events import ReferralCheckedV1
from services.registry.domain.disclosure_matrix import purposes_of
from services.registry.persistence.disclosure_tables import KnownCaseRow
from services.registry.persistence.recipient_tables import PlaceRow, ProviderServiceRow
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork

CONSENT_MISSING, SERVICE_UNKNOWN = "consent_missing", "service_unknown"


async def made(fact: seen.ReferralMadeSeen, *, uow: UnitOfWork) -> None:
    """Consent first, then the place, then the provider hears of it; hearing of the fact again takes no second place."""
    purpose, refs = await _covered(fact.case_id, fact.provider_id, fact.person_refs, uow=uow)
    reasons = await _take(fact, uow=uow) if purpose else [CONSENT_MISSING]
    uow.publish(
        ReferralCheckedV1(
            referral_id=fact.referral_id,
            case_id=fact.case_id,
            provider_id=fact.provider_id,
            outcome="blocked" if reasons else "placed",
            reasons=reasons,
        )
    )
    if reasons or purpose is None:
        return
    facts: dict[str, Any] = {"referral_id": str(fact.referral_id), "category": fact.category, "person_refs": refs}
    facts["answer_by"] = fact.answer_by.isoformat()
    await _tell(fact, "referral.made", facts, purpose, refs, uow=uow)


async def answered(fact: seen.ReferralMovedSeen, *, uow: UnitOfWork) -> None:
    """A rejection gives the place back; an answer that was taken back wants it again."""
    place = await _place(fact.service_id, fact.referral_id, uow=uow)
    if place is None:
        return
    if fact.outcome == "rejected":
        await give_back(fact.service_id, place.id, uow=uow)
    elif fact.outcome == "taken_back":
        await take_again(fact.service_id, place.id, uow=uow)


async def ended(fact: seen.ReferralMovedSeen, *, uow: UnitOfWork) -> None:
    """The place is free; of a cancellation the provider hears what it may still hear."""
    place = await _place(fact.service_id, fact.referral_id, uow=uow)
    if place is None:
        return
    told = [] if place.released_on else place.person_refs or []
    await give_back(fact.service_id, place.id, uow=uow)
    purpose, refs = await _covered(fact.case_id, fact.provider_id, told, uow=uow)
    if fact.outcome == "cancelled" and purpose is not None:
        facts: dict[str, Any] = {"referral_id": str(fact.referral_id), "person_refs": refs}
        await _tell(fact, "referral.cancelled", facts, purpose, refs, uow=uow)


async def _take(fact: seen.ReferralMadeSeen, *, uow: UnitOfWork) -> list[str]:
    """Every reason against it; none when the place is taken."""
    service = await uow.session.get(ProviderServiceRow, fact.service_id)
    if service is None or service.provider_id != fact.provider_id:
        return [SERVICE_UNKNOWN]
    try:
        place = await take_place(fact.service_id, fact.referral_id, uow=uow)
    except ReferralBlocked as blocked:
        return blocked.reasons
    place.person_refs = sorted(fact.person_refs)
    return []


async def _covered(
    case_id: UUID, provider_id: UUID, person_refs: list[str], *, uow: UnitOfWork
) -> tuple[str | None, list[str]]:
    """The purpose and the persons for whom this provider may be told; none fails closed."""
    case = await uow.session.get(KnownCaseRow, case_id)
    provider = await uow.session.get(RecipientRow, provider_id)
    if case is None or provider is None or not case.approved or case.over or case.frozen:
        return None, []
    for purpose in purposes_of(provider.roles):
        refs = sorted(set(person_refs) & await live_persons(uow, case_id, provider_id, purpose=purpose))
        if refs:
            return purpose, refs
    return None, []


async def _place(service_id: UUID, referral_id: UUID, *, uow: UnitOfWork) -> PlaceRow | None:
    where = (col(PlaceRow.service_id) == service_id, col(PlaceRow.referral_id) == referral_id)
    found: PlaceRow | None = await uow.session.scalar(select(PlaceRow).where(*where))
    return found


async def _tell(
    fact: seen.ReferralMadeSeen | seen.ReferralMovedSeen,
    payload_type: str,
    facts: dict[str, Any],
    purpose: str,
    refs: list[str],
    *,
    uow: UnitOfWork,
) -> None:
    await tell(
        uow,
        case_id=fact.case_id,
        recipient_id=fact.provider_id,
        payload_type=payload_type,
        facts=facts,
        purpose=purpose,
        person_refs=refs,
    )
