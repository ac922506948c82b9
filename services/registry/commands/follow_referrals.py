"""A referral takes a place of a provider, and the provider is told, if the people have agreed to exactly this provider.

Registry decides: reintegration refuses at once what it knows to be full, and learns here what it could not know. What
lacks a consent, a legal basis or the release of its case waits for it until the day an answer was wanted by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.keep_provider_service import (
    ReferralBlocked,
    give_back,
    reasons_against,
    take_again,
    take_place,
)
from services.registry.commands.tell_recipient import consenting_persons, tell
from services.registry.contracts import consumed_referrals as seen
from services.registry.contracts.recipient_events import ReferralCheckedV1, ReferralWaitingV1
from services.registry.domain.disclosure_matrix import purposes_of
from services.registry.persistence.disclosure_tables import KnownCaseRow
from services.registry.persistence.known_bases import has_live_basis
from services.registry.persistence.recipient_tables import PlaceRow, ProviderServiceRow
from services.registry.persistence.tables import RecipientRow
from services.registry.persistence.waiting_facts import keep_waiting, waits_no_more
from services.registry.persistence.waiting_tables import WaitingFactRow
from shared.database.unit_of_work import UnitOfWork

MADE, CANCELLED = "referral.made", "referral.cancelled"
CONSENT_MISSING, BASIS_MISSING, NOT_RELEASED = "consent_missing", "basis_missing", "not_released"
SERVICE_UNKNOWN = "service_unknown"


@dataclass(frozen=True)
class Cover:
    """For which purpose a provider may be told of whom; or what that lacks."""

    purpose: str = ""
    refs: Sequence[str] = ()
    lacking: Sequence[str] = ()


async def made(fact: seen.ReferralMadeSeen, *, uow: UnitOfWork) -> None:
    """Consent and basis first, then the place, then the provider hears of it; hearing of the fact again takes no second
    place. Where there is no place to be had, nobody waits for a consent in vain."""
    cover = await _cover(fact.case_id, fact.provider_id, fact.person_refs, uow=uow)
    reasons = await _take(fact, free_only=bool(cover.lacking), uow=uow)
    if cover.lacking and not reasons and uow.now.date() <= fact.answer_by:
        await _wait(fact, cover.lacking, uow=uow)
        return
    await waits_no_more(uow, MADE, fact.referral_id)
    reasons = [*reasons, *cover.lacking]
    uow.publish(
        ReferralCheckedV1(
            referral_id=fact.referral_id,
            case_id=fact.case_id,
            provider_id=fact.provider_id,
            outcome="blocked" if reasons else "placed",
            reasons=reasons,
        )
    )
    if reasons:
        return
    facts: dict[str, Any] = {"referral_id": str(fact.referral_id), "category": fact.category}
    facts |= {"person_refs": list(cover.refs), "answer_by": fact.answer_by.isoformat()}
    await _tell(fact, MADE, facts, cover, uow=uow)


async def try_again(row: WaitingFactRow, *, uow: UnitOfWork) -> None:
    """A consent or a basis may be there now, or the day is over."""
    await made(seen.ReferralMadeSeen.model_validate(row.fact), uow=uow)


async def _wait(fact: seen.ReferralMadeSeen, lacking: Sequence[str], *, uow: UnitOfWork) -> None:
    """Those who made it hear what is lacking; a missing basis is for whoever runs the programme to see to."""
    news = await keep_waiting(
        uow,
        MADE,
        fact.referral_id,
        case_id=fact.case_id,
        recipient_id=fact.provider_id,
        fact=fact.model_dump(mode="json"),
        lacking=lacking,
    )
    if not news:
        return
    uow.publish(
        ReferralWaitingV1(
            referral_id=fact.referral_id, case_id=fact.case_id, provider_id=fact.provider_id, lacking=list(lacking)
        )
    )
    case = await uow.session.get(KnownCaseRow, fact.case_id)
    if BASIS_MISSING in lacking and case is not None:
        scope = str(case.programme_id)
        uow.notify("referral.basis-missing", role="programme_manager", scope=scope, subject=fact.provider_id)


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
    await waits_no_more(uow, MADE, fact.referral_id)
    place = await _place(fact.service_id, fact.referral_id, uow=uow)
    if place is None:
        return
    told = [] if place.released_on else place.person_refs or []
    await give_back(fact.service_id, place.id, uow=uow)
    cover = await _cover(fact.case_id, fact.provider_id, told, uow=uow)
    if fact.outcome == "cancelled" and not cover.lacking:
        facts: dict[str, Any] = {"referral_id": str(fact.referral_id), "person_refs": list(cover.refs)}
        await _tell(fact, CANCELLED, facts, cover, uow=uow)


async def reopened(fact: seen.ReferralReopenedSeen, *, uow: UnitOfWork) -> None:
    """Its place is wanted again."""
    place = await _place(fact.service_id, fact.referral_id, uow=uow)
    if place is not None:
        await take_again(fact.service_id, place.id, uow=uow)


async def _take(fact: seen.ReferralMadeSeen, *, free_only: bool, uow: UnitOfWork) -> list[str]:
    """Every reason against it; none when the place is taken, or could be taken."""
    service = await uow.session.get(ProviderServiceRow, fact.service_id)
    if service is None or service.provider_id != fact.provider_id:
        return [SERVICE_UNKNOWN]
    if free_only:
        return await reasons_against(service, uow=uow)
    try:
        place = await take_place(fact.service_id, fact.referral_id, uow=uow)
    except ReferralBlocked as blocked:
        return blocked.reasons
    place.person_refs = sorted(fact.person_refs)
    return []


async def _cover(case_id: UUID, provider_id: UUID, person_refs: Sequence[str], *, uow: UnitOfWork) -> Cover:
    """The purpose and the persons for whom this provider may be told; else all that is lacking. A case that is not
    approved yet, rests or is frozen is not released, and which of these it is is not said."""
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    provider = await uow.session.get(RecipientRow, provider_id)
    if case is None or provider is None or not case.approved or case.over or case.frozen:
        return Cover(lacking=[NOT_RELEASED])
    based = consented = False
    for purpose in purposes_of(provider.roles):
        basis = await has_live_basis(uow, case, provider_id, purpose)
        refs = sorted(set(person_refs) & await consenting_persons(uow, case_id, provider_id, purpose=purpose))
        if basis and refs:
            return Cover(purpose, refs)
        based, consented = based or basis, consented or bool(refs)
    lacks = ((consented, CONSENT_MISSING), (based, BASIS_MISSING))
    return Cover(lacking=[code for there, code in lacks if not there] or [CONSENT_MISSING])


async def _place(service_id: UUID, referral_id: UUID, *, uow: UnitOfWork) -> PlaceRow | None:
    where = (col(PlaceRow.service_id) == service_id, col(PlaceRow.referral_id) == referral_id)
    found: PlaceRow | None = await uow.session.scalar(select(PlaceRow).where(*where))
    return found


async def _tell(
    fact: seen.ReferralMadeSeen | seen.ReferralMovedSeen,
    payload_type: str,
    facts: dict[str, Any],
    cover: Cover,
    *,
    uow: UnitOfWork,
) -> None:
    await tell(
        uow,
        case_id=fact.case_id,
        recipient_id=fact.provider_id,
        payload_type=payload_type,
        facts=facts,
        purpose=cover.purpose,
        person_refs=list(cover.refs),
    )
