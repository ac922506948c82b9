"""What becomes of a referral: placed or blocked by registry, answered by the provider, begun, declined, done, ended.

One way in for forms and for messages: both call these, and the receipt names who said what on which day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.commands.sign_receipt import digest_of, sign
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.contracts.consumed_referrals import (
    ReferralCheckedSeen,
    ReferralWaitingSeen,
    RequestEndedSeen,
)
from services.reintegration.contracts.published_referrals import ReferralAnswered, ReferralEnded
from services.reintegration.domain.referral import ReferralState, RejectionReason, missing_to_answer, step
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.persistence.referrals import lock_open_referrals, lock_referral
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

Ending = Literal["cancelled", "declined", "completed"]
ENDINGS: dict[Ending, str] = {"cancelled": "cancel", "declined": "decline", "completed": "complete"}


async def checked(seen: ReferralCheckedSeen, *, uow: UnitOfWork) -> None:
    """What registry found; one that was ended meanwhile gives its place back by its own fact."""
    row = await lock_referral(uow, seen.referral_id)
    if row is None or row.state != ReferralState.MADE:
        return
    if seen.outcome == "placed":
        placed(row, uow=uow)
    elif row.placed_on is None:
        await blocked(row, seen.reasons, uow=uow)


async def waiting(seen: ReferralWaitingSeen, *, uow: UnitOfWork) -> None:
    """The provider was not told: those who made it ask the people, or choose another service."""
    row = await lock_referral(uow, seen.referral_id)
    if row is None or row.state != ReferralState.MADE or row.placed_on is not None:
        return
    row.waits_for, row.waiting_since = sorted(seen.lacking), row.waiting_since or uow.now.date()
    touch(row, now=uow.now)
    await tell_companions(uow, row.case_id, "referral.waiting", row.id, lacking=" ".join(row.waits_for))
    uow.record("referral.waiting", subject=row.id)


def placed(row: ReferralRow, *, uow: UnitOfWork) -> None:
    """Registry took a place; from now on the provider sees it."""
    if row.placed_on is None:
        row.placed_on, row.waits_for, row.waiting_since = uow.now.date(), None, None
        touch(row, now=uow.now)
        uow.notify("referral.made", role="provider", scope=str(row.provider_id), subject=row.id)
        uow.record("referral.placed", subject=row.id)


async def blocked(row: ReferralRow, reasons: Sequence[str], *, uow: UnitOfWork) -> None:
    """Registry found no place, or no consent that names this provider: another service has to be chosen."""
    row.state, row.block_reasons, row.ended_on = step("block", row.state), sorted(reasons), uow.now.date()
    row.waits_for = row.waiting_since = None
    touch(row, now=uow.now)
    await tell_companions(uow, row.case_id, "referral.blocked", row.id, reasons=" ".join(sorted(reasons)))
    uow.record("referral.blocked", subject=row.id)


async def answer(
    row: ReferralRow,
    *,
    accepted: bool,
    reason: RejectionReason | None,
    on: date,
    uow: UnitOfWork,
    message_id: UUID | None = None,
) -> None:
    """Accept or reject, with a receipt. Raises TransitionRefused."""
    missing = missing_to_answer(placed=row.placed_on is not None, reason_given=reason is not None, accepting=accepted)
    row.state = step("accept" if accepted else "reject", row.state, missing)
    row.reason_code = None if accepted or reason is None else reason.value
    row.answered_by = f"message:{message_id}" if message_id else uow.actor.subject
    row.answered_on, row.answer_message_id = on, message_id
    row.ended_on = None if accepted else on
    row.receipt_digest = digest_of(row)
    touch(row, now=uow.now)
    outcome: Literal["accepted", "rejected"] = "accepted" if accepted else "rejected"
    await sign(row, outcome, on=on, uow=uow)
    uow.publish(ReferralAnswered(**_facts(row, on), outcome=outcome))
    await tell_companions(uow, row.case_id, f"referral.{outcome}", row.id)
    uow.record(f"referral.{outcome}", subject=row.id)


async def take_back_answer(row: ReferralRow, *, uow: UnitOfWork) -> None:
    """The provider corrects itself: the referral waits for an answer again. Raises TransitionRefused."""
    row.state = step("take-back-answer", row.state)
    row.answered_on = row.answered_by = row.answer_message_id = row.reason_code = row.ended_on = None
    row.receipt_digest = None
    await sign(row, "taken_back", on=uow.now.date(), uow=uow)
    touch(row, now=uow.now)
    uow.publish(ReferralAnswered(**_facts(row, uow.now.date()), outcome="taken_back"))
    await tell_companions(uow, row.case_id, "referral.answer-taken-back", row.id)
    uow.record("referral.answer-taken-back", subject=row.id)


def start(row: ReferralRow, *, on: date, uow: UnitOfWork) -> None:
    """Help began. Raises TransitionRefused."""
    row.state, row.started_on = step("start", row.state), on
    touch(row, now=uow.now)
    uow.record("referral.started", subject=row.id)


async def end(row: ReferralRow, outcome: Ending, *, on: date, uow: UnitOfWork) -> None:
    """Cancelled by us, declined by the person, or done: the place is given back. Raises TransitionRefused."""
    row.state, row.ended_on = step(ENDINGS[outcome], row.state), on
    row.waits_for = row.waiting_since = None
    touch(row, now=uow.now)
    uow.publish(ReferralEnded(**_facts(row, on), outcome=outcome))
    if outcome != "completed":
        await tell_companions(uow, row.case_id, f"referral.{outcome}", row.id)
    uow.record(f"referral.{outcome}", subject=row.id)


async def cancel_all(case_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """Support of a case has ended, or its arrival was taken back: nobody is expected anywhere."""
    for row in await lock_open_referrals(uow, case_id):
        await end(row, "cancelled", on=on, uow=uow)


async def request_ended(seen: RequestEndedSeen, *, uow: UnitOfWork) -> None:
    """Its provider may be told of nobody who is meant any more: the referral cannot go on. The measure and its money
    stay, and those who accompany the family are told."""
    for row in await lock_open_referrals(uow, seen.case_id, provider_id=seen.recipient_id):
        everybody = seen.person_refs is None or set(row.person_refs) <= set(seen.person_refs)
        if row.placed_on is not None and everybody:
            await end(row, "cancelled", on=uow.now.date(), uow=uow)


def _facts(row: ReferralRow, on: date) -> dict[str, object]:
    return {
        "referral_id": row.id,
        "case_id": row.case_id,
        "provider_id": row.provider_id,
        "service_id": row.service_id,
        "on": on,
    }
