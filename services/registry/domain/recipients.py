"""Whether an organisation may be told something, may say something, and may be referred to; and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ENROLLED, SUSPENDED = "enrolled", "suspended"
DUE_DILIGENCE_EXPIRED = "due_diligence_expired"
SuspensionReason = Literal[
    "contract_ended",
    "data_protection_breach",
    "due_diligence_failed",
    "misconduct",
    "own_request",
    "security_incident",
    "unresponsive",
]
"""Why somebody suspends an organisation; that its due diligence ran out is found by a timer."""
ContactPurpose = Literal["duty_desk", "operations", "technical", "data_protection", "management"]
ActorKind = Literal[
    "government",
    "ministry",
    "department",
    "municipality",
    "union_institution",
    "regional_body",
    "international_organisation",
    "ngo",
    "civil_society",
    "diaspora",
    "research",
]
"""Who takes part in a partnership, after the concept paper: whole of government, unions, organisations, society."""


def may_speak(status: str, reason: str | None) -> bool:
    """Who ran out of due diligence takes nothing new on, but goes on reporting about what it has."""
    return status == ENROLLED or reason == DUE_DILIGENCE_EXPIRED


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """A provider's service at one place, as far as a new referral asks."""

    status: str
    status_reason: str | None
    diligence_until: date | None
    ends_on: date | None
    capacity: int
    used: int


def against_referral(service: ServiceView, *, today: date) -> list[str]:
    """Every reason against a new referral; empty when there is a place."""
    found: list[str] = []
    if service.status != ENROLLED and service.status_reason != DUE_DILIGENCE_EXPIRED:
        found.append("provider_suspended")
    if service.diligence_until is None:
        found.append("due_diligence_missing")
    elif service.diligence_until < today:
        found.append(DUE_DILIGENCE_EXPIRED)
    if service.ends_on is not None and service.ends_on < today:
        found.append("service_ended")
    if service.used >= service.capacity:
        found.append("no_place_free")
    return found


def notice_due(days_left: int, noticed: int | None, thresholds: list[int]) -> int | None:
    """The threshold (in days before the end) to tell about now; None when it was told, or it is too early."""
    reached = min((days for days in thresholds if days_left <= days), default=None)
    return reached if reached is not None and (noticed is None or reached < noticed) else None
