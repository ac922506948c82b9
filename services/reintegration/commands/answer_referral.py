"""A provider answers a referral by form, or those who made it end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.commands import move_referral
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.referral import RejectionReason
from services.reintegration.persistence.policies import may_see_or_be_asked, may_support, same
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.persistence.referrals import find_referral
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AnswerReferral:
    """Accept, or reject with a reason."""

    referral_id: UUID
    accepted: bool
    reason: RejectionReason | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndReferral:
    """Cancelled by those who made it, declined by the person, or done."""

    referral_id: UUID
    outcome: Literal["cancelled", "declined", "completed"]
    on: date | None = None


async def handle(command: AnswerReferral, *, uow: UnitOfWork) -> ReferralRow:
    """By the provider that was asked; raises NotFound, TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    row = await find_referral(uow, command.referral_id, may_see_or_be_asked, lock=True)
    require(uow.actor, asked, row)
    uow.match(row.version)
    await move_referral.answer(row, accepted=command.accepted, reason=command.reason, on=on, uow=uow)
    return row


async def end(command: EndReferral, *, uow: UnitOfWork) -> ReferralRow:
    """By those who accompany the family; raises NotFound, TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    row = await find_referral(uow, command.referral_id, may_support, lock=True)
    uow.match(row.version)
    await move_referral.end(row, command.outcome, on=on, uow=uow)
    return row


def asked(actor: Principal, row: ReferralRow) -> bool:
    """The provider that was asked, once the referral has reached it."""
    return actor.has("provider") and same(actor.provider_id, row.provider_id) and row.placed_on is not None
