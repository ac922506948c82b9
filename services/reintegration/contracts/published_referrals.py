"""Events about referrals; who is meant stands in them as random references only."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.reintegration.contracts import examples
from shared.events.contract import EventContract

REFERRAL: dict[str, Any] = {
    "referral_id": examples.REFERRAL,
    "case_id": examples.CASE,
    "provider_id": examples.PROVIDER,
    "service_id": examples.SERVICE,
    "on": "2026-03-02",
}


class _Referral(EventContract):
    referral_id: UUID
    case_id: UUID
    provider_id: UUID
    service_id: UUID = Field(description="The provider's service that is asked.")
    on: date


class ReferralMade(_Referral):
    """Somebody who has arrived is referred to a provider; registry looks for a place and tells the provider."""

    event_type: ClassVar[str] = "reintegration.referral.made.v1"
    example: ClassVar[dict[str, Any]] = {
        **REFERRAL,
        "category": "training",
        "person_refs": ["pr_0a1b2c"],
        "answer_by": "2026-03-09",
        "arrived_on": "2026-02-20",
    }
    category: str
    person_refs: list[str]
    answer_by: date
    arrived_on: date


class ReferralAnswered(_Referral):
    """The provider accepted or rejected, or took its answer back."""

    event_type: ClassVar[str] = "reintegration.referral.answered.v1"
    example: ClassVar[dict[str, Any]] = {**REFERRAL, "outcome": "accepted"}
    outcome: Literal["accepted", "rejected", "taken_back"]


class ReferralEnded(_Referral):
    """Nobody is expected there any more, or everything was done: the place is free."""

    event_type: ClassVar[str] = "reintegration.referral.ended.v1"
    example: ClassVar[dict[str, Any]] = {**REFERRAL, "outcome": "cancelled"}
    outcome: Literal["cancelled", "declined", "completed"]


class ReferralReopened(_Referral):
    """The provider took back that everything was done, or that the person declined: a place is wanted again."""

    event_type: ClassVar[str] = "reintegration.referral.reopened.v1"
    example: ClassVar[dict[str, Any]] = REFERRAL


class MeasureTakenBack(EventContract):
    """The provider took back what it had said of a measure: it was not delivered, or had not even begun."""

    event_type: ClassVar[str] = "reintegration.measure.taken-back.v1"
    example: ClassVar[dict[str, Any]] = {
        "measure_id": examples.MEASURE,
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "category": "training",
        "level": "individual",
        "on": "2026-03-02",
        "delivered": True,
        "started": False,
    }
    measure_id: UUID
    plan_id: UUID
    case_id: UUID
    category: str
    level: str
    on: date
    delivered: bool = Field(description="That it was delivered does not stand any more.")
    started: bool = Field(description="That it had begun does not stand any more.")


class AgencyMessageNotApplied(EventContract):
    """A message about a referral came at a state that does not allow it; its sender sees it."""

    event_type: ClassVar[str] = "reintegration.agency-message.not-applied.v1"
    example: ClassVar[dict[str, Any]] = {
        "message_id": examples.MEASURE,
        "case_id": examples.CASE,
        "sender_id": examples.PROVIDER,
        "message_type": "referral.accepted",
        "reason_code": "transition-not-allowed",
    }
    message_id: UUID
    case_id: UUID
    sender_id: UUID
    message_type: str
    reason_code: str


PUBLISHED: tuple[type[EventContract], ...] = (
    ReferralMade,
    ReferralAnswered,
    ReferralEnded,
    ReferralReopened,
    MeasureTakenBack,
    AgencyMessageNotApplied,
)
