"""What a provider says about its referrals by message takes effect, or is an outcome of its own: not applied."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.commands import move_referral
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.consumed_referrals import AgencyMessageSeen
from services.reintegration.contracts.published_referrals import AgencyMessageNotApplied
from services.reintegration.domain.referral import RejectionReason
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.persistence.referrals import answered_with, lock_open_referrals, lock_referral
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, WayhomeError

ABOUT_REFERRALS = frozenset(
    {"referral.accepted", "referral.rejected", "service.started", "service.delivered", "service.declined-by-person"}
)


class ReferralNotFound(Conflict):
    """No open referral of this sender, or several of which none is named."""

    slug = "referral-not-found"
    title = "It is not clear which referral is meant; answer in reply to it"


async def handle(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """Never parked for a state that does not allow it; messages about other things are not for this service."""
    try:
        if seen.message_type == "message.voided":
            await _take_back(seen, uow=uow)
        elif seen.message_type in ABOUT_REFERRALS:
            await _apply(await _referral_of(seen, uow=uow), seen, uow=uow)
    except WayhomeError as refused:
        _not_applied(seen, refused.slug, uow=uow)


async def _referral_of(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> ReferralRow:
    """The one that is answered, or the only one of this sender; a foreign one is as absent as an unknown one."""
    named = seen.facts.get("referral_id")
    if named is not None:
        row = await lock_referral(uow, UUID(named))
        found = [row] if row is not None and row.provider_id == seen.sender_id else []
    else:
        found = await lock_open_referrals(uow, seen.case_id, provider_id=seen.sender_id)
    if len(found) != 1:
        raise ReferralNotFound
    return found[0]


async def _apply(row: ReferralRow, seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    on = _day(seen, uow.now.date())
    if seen.message_type == "referral.accepted":
        await move_referral.answer(row, accepted=True, reason=None, on=on, uow=uow, message_id=seen.message_id)
    elif seen.message_type == "referral.rejected":
        reason = RejectionReason(seen.facts["code"]) if "code" in seen.facts else None
        await move_referral.answer(row, accepted=False, reason=reason, on=on, uow=uow, message_id=seen.message_id)
    elif seen.message_type == "service.started":
        move_referral.start(row, on=on, uow=uow)
    elif seen.message_type == "service.delivered":
        await move_referral.end(row, "completed", on=on, uow=uow)
        await tell_companions(uow, row.case_id, "referral.delivered", row.id)
    else:
        await move_referral.end(row, "declined", on=on, uow=uow)


async def _take_back(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """Only answers are taken back by message; whatever else was said is mended by people."""
    row = await answered_with(uow, UUID(seen.facts["voids"])) if "voids" in seen.facts else None
    if row is not None and row.provider_id == seen.sender_id:
        await move_referral.take_back_answer(row, uow=uow)


def _day(seen: AgencyMessageSeen, today: date) -> date:
    told = seen.facts.get("on")
    return min(date.fromisoformat(told), today) if told else today


def _not_applied(seen: AgencyMessageSeen, slug: str, *, uow: UnitOfWork) -> None:
    uow.publish(
        AgencyMessageNotApplied(
            message_id=seen.message_id,
            case_id=seen.case_id,
            sender_id=seen.sender_id,
            message_type=seen.message_type,
            reason_code=slug,
        )
    )
