"""What the rules may look at: a case and its persons as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.returns.domain.custody import Custody


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    SCREENING = "SCREENING"
    ELIGIBLE = "ELIGIBLE"
    INELIGIBLE = "INELIGIBLE"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    UNDER_REVIEW = "UNDER_REVIEW"
    PRE_DEPARTURE = "PRE_DEPARTURE"
    READY = "READY"
    DEPARTED = "DEPARTED"
    ARRIVED = "ARRIVED"
    HANDED_OVER = "HANDED_OVER"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    CANCELLED = "CANCELLED"
    SUSPENDED = "SUSPENDED"
    RETURN_FAILED = "RETURN_FAILED"
    LAPSED = "LAPSED"
    REVOKED = "REVOKED"
    DEPARTED_UNASSISTED = "DEPARTED_UNASSISTED"
    STATUS_GRANTED = "STATUS_GRANTED"
    MERGED = "MERGED"


NEUTRAL: Mapping[State, State] = {
    State.STATUS_GRANTED: State.CANCELLED,
    State.LAPSED: State.CANCELLED,
    State.REVOKED: State.CANCELLED,
}
"""What a fact that leaves this service calls a state that would tell of a procedure."""


class Travel(StrEnum):
    """Where one person stands."""

    INCLUDED = "INCLUDED"
    READY = "READY"
    BOARDED = "BOARDED"
    ARRIVED = "ARRIVED"
    NOT_TRAVELLING = "NOT_TRAVELLING"


class Funding(StrEnum):
    """What reintegration answered about the money."""

    NONE = "none"
    AWAITED = "awaited"
    RESERVED = "reserved"
    REFUSED = "refused"
    RELEASED = "released"


def told(state: State) -> State:
    """The state as facts and messages may name it."""
    return NEUTRAL.get(state, state)


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """One person of a case, as far as the rules need to know."""

    person_ref: str
    relation: str
    adult: bool
    travel: Travel = Travel.INCLUDED
    consented: bool = False
    declared: bool = False
    reconfirmed_on: date | None = None
    custody: Custody = field(default_factory=Custody)
    child_heard: bool = True
    heard_as_its_age_asks: bool = True
    unaccompanied: bool = False
    best_interests_decided: bool = False
    best_interests_assessed: bool = False
    carer_confirmed: bool = False
    exit_banned: bool = False
    safeguards_pending: tuple[str, ...] = ()
    fly_until: date | None = None
    fly_from: date | None = None
    admitted_until: date | None = None
    needs_carer: bool = False
    identity_known: bool = True
    document_valid_until: date | None = None
    """The last day of arrival for which a paper is valid long enough."""
    journey_unannounced: bool = False
    medical_needed: bool = False
    medical_valid_until: date | None = None
    escort_awaited: bool = False
    release_ordered: bool = True
    property_handed_over: bool = True
    sheltered: bool = False
    consented_on: date | None = None
    declared_on: date | None = None
    counselled_on: date | None = None
    capacity_doubted: bool = False
    disagreement: bool = False
    agrees_to_one_file: bool = False

    @property
    def travelling(self) -> bool:
        """Still part of the journey."""
        return self.travel is not Travel.NOT_TRAVELLING


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as far as the rules need to know."""

    state: State
    case_kind: str
    persons: tuple[PersonView, ...]
    funding: Funding = Funding.NONE
    told_of_funding: bool = False
    suspended_from: State | None = None
    screened: bool = False
    duplicates_checked: bool = False
    duplicates_undecided: int = 0
    on_another_file: int = 0
    security_checked: bool = False
    vulnerable_without_safeguard: bool = False
    eligible: bool | None = None
    quote_fits: bool = False
    decider_is_author: bool = False
    reviewer_is_decider: bool = False
    partner_settled: bool = False
    travel_on: date | None = None
    arrives_on: date | None = None
    reconfirmation_days: int = 14
    stop_advisory: bool = False
    advisories_to_assess: tuple[str, ...] = ()
    advisories_to_tell: tuple[str, ...] = ()
    advisories_untold: tuple[str, ...] = ()
    handover_needed: bool = False
    handover_received: bool = False
    plan_opened: bool = False
    declined_to_continue: bool = False
    today: date | None = None
    cooling_off_days: int = 0
    reopen_days: int = 0
    booking_protects_days: int = 0
    depart_by: date | None = None
    ended_on: date | None = None
    stage_before_end: State | None = None
    review_of: State | None = None
    quote_valid: bool = False
    suspended_on: date | None = None
    suspension_reason: str | None = None
    contact_restored_on: date | None = None
    exit_cleared: bool = False
    in_detention: bool = False
    detention_lacks: tuple[str, ...] = ()
    counselled_in_detention_on: date | None = None
    detention_decision_days: int = 0
    remedy_pending: bool = False
    order_suspended: bool = False
    destination_basis: str = "citizenship"
    delay_with: str | None = None
    proposed: bool = False
    second_person: bool = False
    heard: bool = False
    reasons_told: bool = False
    left_on_their_own: bool = False
    own_evidence: bool = False
    frozen: bool = False
    extra: dict[str, bool] = field(default_factory=dict)

    @property
    def travelling(self) -> tuple[PersonView, ...]:
        """Persons who are still part of the journey."""
        return tuple(person for person in self.persons if person.travelling)

    @property
    def adults(self) -> tuple[PersonView, ...]:
        """Adults who are still part of the journey."""
        return tuple(person for person in self.travelling if person.adult)

    @property
    def minors(self) -> tuple[PersonView, ...]:
        """Minors who are still part of the journey."""
        return tuple(person for person in self.travelling if not person.adult)
