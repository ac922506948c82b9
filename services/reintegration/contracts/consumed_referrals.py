"""What referrals read in registry's events: what providers offer, whether a place was found, and what providers say."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventSeen


class ProviderServiceSeen(EventSeen):
    """A service of a provider changed: places, end, due diligence."""

    provider_id: UUID
    service_id: UUID
    category: str
    country: str
    free: int
    diligence_until: date | None = None
    ends_on: date | None = None


class ReferralCheckedSeen(EventSeen):
    """A place was taken for a referral, or there is none to be had."""

    referral_id: UUID
    case_id: UUID
    outcome: str
    reasons: list[str] = Field(default_factory=list)


class ReferralWaitingSeen(EventSeen):
    """A referral cannot be told to its provider yet, and waits for what is lacking."""

    referral_id: UUID
    lacking: list[str]


class RequestEndedSeen(EventSeen):
    """A recipient heard that there is nothing more to do, for everybody or for these persons."""

    case_id: UUID
    recipient_id: UUID
    person_refs: list[str] | None = None


class AgencyMessageSeen(EventSeen):
    """An agency, partner or provider said something coded about a case."""

    message_id: UUID
    sender_id: UUID
    message_type: str
    case_id: UUID
    facts: dict[str, str] = Field(default_factory=dict)
