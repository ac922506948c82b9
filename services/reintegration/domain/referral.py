"""Referrals: a provider is asked to take somebody, answers by a day, helps or does not; a place is held meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing


class ReferralState(StrEnum):
    """Where a referral stands."""

    MADE = "MADE"
    BLOCKED = "BLOCKED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    STARTED = "STARTED"
    DECLINED_BY_PERSON = "DECLINED_BY_PERSON"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"


class RejectionReason(StrEnum):
    """Why a provider takes nobody; the codes of the agency message `referral.rejected`."""

    CONDITIONS_NOT_MET = "conditions_not_met"
    DUPLICATE_REFERRAL = "duplicate_referral"
    NO_CAPACITY = "no_capacity"
    NOT_IN_AREA = "not_in_area"
    PERSON_NOT_REACHED = "person_not_reached"
    SERVICE_NOT_OFFERED = "service_not_offered"


S = ReferralState
REFERRAL: Table = {
    "block": Transition(frozenset({S.MADE}), S.BLOCKED),
    "accept": Transition(frozenset({S.MADE}), S.ACCEPTED),
    "reject": Transition(frozenset({S.MADE}), S.REJECTED),
    "take-back-answer": Transition(frozenset({S.ACCEPTED, S.REJECTED}), S.MADE),
    "start": Transition(frozenset({S.ACCEPTED}), S.STARTED),
    "decline": Transition(frozenset({S.MADE, S.ACCEPTED, S.STARTED}), S.DECLINED_BY_PERSON),
    "cancel": Transition(frozenset({S.MADE, S.ACCEPTED, S.STARTED}), S.CANCELLED),
    "take-back-to-made": Transition(frozenset({S.DECLINED_BY_PERSON}), S.MADE),
    "take-back-to-accepted": Transition(frozenset({S.STARTED, S.DECLINED_BY_PERSON, S.COMPLETED}), S.ACCEPTED),
    "take-back-to-started": Transition(frozenset({S.DECLINED_BY_PERSON, S.COMPLETED}), S.STARTED),
    "complete": Transition(frozenset({S.ACCEPTED, S.STARTED}), S.COMPLETED),
}
OPEN = frozenset({S.MADE, S.ACCEPTED, S.STARTED})
"""As long as it holds a place of the provider."""
REFUSED = frozenset({S.REJECTED, S.DECLINED_BY_PERSON})
"""The provider takes nobody, or the person does not want to go there: somebody else may help instead."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A provider's service as registry told last: what a new referral asks."""

    free: int
    diligence_until: date | None
    ends_on: date | None
    suspended: bool


def against_referral(offer: Offer, *, today: date) -> list[str]:
    """Every reason against a new referral, in the words of registry, which decides in the end; empty when none is
    known."""
    found = []
    if offer.suspended:
        found.append("provider_suspended")
    if offer.diligence_until is None:
        found.append("due_diligence_missing")
    elif offer.diligence_until < today:
        found.append("due_diligence_expired")
    if offer.ends_on is not None and offer.ends_on < today:
        found.append("service_ended")
    if offer.free <= 0:
        found.append("no_place_free")
    return found


def missing_to_refer(*, arrived: bool, ended: bool, unknown_persons: Sequence[str]) -> list[Missing]:
    """Only people who have arrived are referred, and only people of the case."""
    found = []
    if not arrived:
        found.append(Missing("arrived", "The arrival has not been confirmed."))
    if ended:
        found.append(Missing("case-not-ended", "The case has ended."))
    if unknown_persons:
        found.append(Missing("persons-of-case", "Somebody named does not belong to the case or did not travel."))
    return found


def missing_to_answer(*, placed: bool, reason_given: bool, accepting: bool) -> list[Missing]:
    """Nobody answers what was not told to them; whoever rejects says why."""
    found = []
    if not placed:
        found.append(Missing("placed", "The referral has not reached you yet."))
    if not accepting and not reason_given:
        found.append(Missing("reason", "A rejection needs a reason."))
    return found


def missing_to_take_back(*, untouched: bool, verified: bool, support_goes_on: bool) -> list[Missing]:
    """A provider takes its last word back, as long as nobody built on it."""
    found = []
    if not untouched:
        found.append(Missing("last-report", "Something else was reported or recorded since."))
    if verified:
        found.append(Missing("not-verified", "The delivery was verified; those who accompany the family mend it."))
    if not support_goes_on:
        found.append(Missing("support-goes-on", "Support of the case has ended."))
    return found


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The referral's state after a step; raises TransitionRefused."""
    return walk(REFERRAL, name, state, missing or [])
