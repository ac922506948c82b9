"""What registry reads of referrals to providers: made, answered, ended, open again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.events.contract import EventSeen


class ReferralMadeSeen(EventSeen):
    """Somebody who has arrived is referred to a provider."""

    referral_id: UUID
    case_id: UUID
    provider_id: UUID
    service_id: UUID
    category: str
    person_refs: list[str]
    answer_by: date
    arrived_on: date


class ReferralReopenedSeen(EventSeen):
    """A provider took back that a referral was done or declined."""

    referral_id: UUID
    service_id: UUID


class ReferralMovedSeen(EventSeen):
    """A referral was answered, or is over."""

    referral_id: UUID
    case_id: UUID
    provider_id: UUID
    service_id: UUID
    outcome: str
