"""What a provider says about its referrals by message takes effect, or is an outcome of its own: not applied."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.commands import move_referral, report_help, take_back_report
from services.reintegration.contracts.consumed_referrals import AgencyMessageSeen
from services.reintegration.contracts.published_referrals import AgencyMessageNotApplied
from services.reintegration.domain.referral import OPEN, RejectionReason
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.persistence.referrals import answered_with, lock_referral, referrals_to, reports_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, WayhomeError

ANSWERS = frozenset({"referral.accepted", "referral.rejected"})
VOIDED, UNREACHABLE = "message.voided", "person.unreachable"


class ReferralNotFound(Conflict):
    """No open referral of this sender, or several of which none is named."""

    slug = "referral-not-found"
    title = "It is not clear which referral is meant; answer in reply to it"


async def handle(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """Never parked for a state that does not allow it; messages about other things are not for this service."""
    try:
        if seen.message_type == VOIDED:
            await _take_back(seen, uow=uow)
        elif seen.message_type == UNREACHABLE:
            await _unreachable(seen, uow=uow)
        elif seen.message_type in ANSWERS:
            await _answer(await _referral_of(seen, uow=uow), seen, uow=uow)
        elif seen.message_type in report_help.STEPS:
            row = await _referral_of(seen, uow=uow)
            on, about = _day(seen, uow.now.date()), seen.message_type
            await report_help.handle(row, about, message_id=seen.message_id, on=on, uow=uow)
    except WayhomeError as refused:
        _not_applied(seen, refused.slug, uow=uow)


async def _referral_of(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> ReferralRow:
    """The one that is answered, or the only open one of this sender; a foreign one is as absent as an unknown one."""
    known = await referrals_to(uow, seen.case_id, seen.sender_id)
    named = seen.facts.get("referral_id")
    found = [row for row in known if (row.state in OPEN if named is None else str(row.id) == named)]
    if len(found) != 1:
        raise ReferralNotFound
    return found[0]


async def _answer(known: ReferralRow, seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    row = await lock_referral(uow, known.id) or known
    reason = RejectionReason(seen.facts["code"]) if "code" in seen.facts else None
    accepted, on = seen.message_type == "referral.accepted", _day(seen, uow.now.date())
    await move_referral.answer(row, accepted=accepted, reason=reason, on=on, uow=uow, message_id=seen.message_id)


async def _unreachable(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """About one referral or all that are open; from who was never asked to take anybody it is not about referrals."""
    known = await referrals_to(uow, seen.case_id, seen.sender_id)
    if not known:
        return
    named = seen.facts.get("referral_id")
    meant = [row for row in known if row.state in OPEN and named in (None, str(row.id))]
    if not meant:
        raise ReferralNotFound
    for row in meant:
        locked = await lock_referral(uow, row.id) or row
        await report_help.unreachable(locked, message_id=seen.message_id, on=_day(seen, uow.now.date()), uow=uow)


async def _take_back(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """An answer, or what was reported of the help."""
    voids = UUID(seen.facts["voids"]) if "voids" in seen.facts else None
    if voids is None:
        return
    row = await answered_with(uow, voids)
    if row is not None and row.provider_id == seen.sender_id:
        await move_referral.take_back_answer(row, uow=uow)
    for report, reported in await reports_of(uow, voids):
        if reported.provider_id == seen.sender_id:
            await take_back_report.handle(report, reported, uow=uow)


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
