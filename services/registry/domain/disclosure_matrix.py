"""Who may be told what: the allow-list of outward payload types per kind of recipient, and their closed shapes.

What is not on this page cannot leave. Nothing here can represent an asylum procedure, a vulnerability, a reason or an
amount towards a
state authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

DIALOGUE = "partnership_dialogue"
ROLES = (
    "identity_verification",
    "travel_documents",
    "reception",
    "child_protection",
    "specialised_support",
    "employment",
    "health",
    "reintegration_coordination",
    "statistics",
    DIALOGUE,
)
KINDS = ("state_authority", "consulate", "international_organisation", "contracted_partner", "ngo")

BETWEEN_SIDES = (
    "commitment.proposed",
    "commitment.due-soon",
    "commitment.settled",
    "dialogue-round.scheduled",
    "action-item.assigned",
    "activity.reported",
)
"""What ministries and delegations hear of a partnership: references, days and codes; never a case, never words."""
RELEASE = "release.published"
"""That figures were published: what statistics offices hear, never about a case."""
REQUESTS = ("request.package-ready", "request.reminder", "request.ended")
PARTNER = (
    "assignment.offered",
    "itinerary.confirmed",
    "itinerary.changed",
    "itinerary.cancelled",
    "departed",
    "measure.ordered",
    "payment.settled",
    "plan.deadline-near",
    "request.package-ready",
    "request.ended",
)
ALLOWED: Mapping[str, frozenset[str]] = {
    "identity_verification": frozenset(REQUESTS),
    "travel_documents": frozenset(REQUESTS),
    "reception": frozenset({"arrival.announced", "arrival.rescheduled", "arrival.cancelled", "request.ended"}),
    "child_protection": frozenset({"request.package-ready", "request.ended"}),
    "specialised_support": frozenset({"request.package-ready", "request.ended"}),
    "health": frozenset({"request.package-ready", "request.ended"}),
    "employment": frozenset({"referral.made", "referral.cancelled", "request.ended"}),
    "reintegration_coordination": frozenset(PARTNER),
    "statistics": frozenset({RELEASE}),
    DIALOGUE: frozenset(BETWEEN_SIDES),
}
OUTWARD_TYPES: frozenset[str] = frozenset().union(*ALLOWED.values())
STATE_KINDS = ("state_authority", "consulate")
NEVER_TO_A_STATE = frozenset(
    {
        "assignment.offered",
        "measure.ordered",
        "payment.settled",
        "plan.deadline-near",
        "itinerary.confirmed",
        "itinerary.changed",
        "itinerary.cancelled",
        "departed",
    }
)
ENDED = "request.ended"
PACKAGE = "request.package-ready"
TEST_EVENT = "endpoint.test"

SHAPES: Mapping[str, frozenset[str]] = {
    "request.package-ready": frozenset({"answer_by", "person_refs", "detail_url"}),
    "request.reminder": frozenset({"answer_by", "person_refs", "detail_url"}),
    "request.ended": frozenset({"destroy_by", "person_refs"}),
    "itinerary.confirmed": frozenset({"travel_on", "destination", "party_size", "person_refs"}),
    "itinerary.changed": frozenset({"travel_on", "destination", "party_size", "person_refs"}),
    "itinerary.cancelled": frozenset(),
    "arrival.announced": frozenset({"travel_on", "party_size", "person_refs"}),
    "arrival.rescheduled": frozenset({"travel_on", "party_size", "person_refs"}),
    "arrival.cancelled": frozenset(),
    "departed": frozenset({"on", "person_refs"}),
    "payment.settled": frozenset({"line_id", "phase", "on", "amount_minor", "currency"}),
    "assignment.offered": frozenset({"person_refs"}),
    "measure.ordered": frozenset({"measure_id", "on", "person_refs"}),
    "plan.deadline-near": frozenset({"deadline", "due_on", "person_refs"}),
    "commitment.proposed": frozenset({"partnership_id", "commitment_id", "proposed_by", "owner_side", "due_on"}),
    "commitment.due-soon": frozenset({"partnership_id", "commitment_id", "owner_side", "due_on"}),
    "commitment.settled": frozenset({"partnership_id", "commitment_id", "owner_side", "outcome", "on"}),
    "dialogue-round.scheduled": frozenset(
        {"partnership_id", "round_id", "round_number", "round_level", "scheduled_on"}
    ),
    "action-item.assigned": frozenset({"partnership_id", "action_item_id", "round_id", "owner_side", "due_on"}),
    "activity.reported": frozenset({"partnership_id", "component_id", "activity_id", "activity_type", "revision"}),
    "referral.made": frozenset({"referral_id", "category", "answer_by", "person_refs"}),
    "referral.cancelled": frozenset({"referral_id", "person_refs"}),
    RELEASE: frozenset({"release_id", "period_from", "period_to", "rule_version", "restates_id", "on", "detail_url"}),
    TEST_EVENT: frozenset({"test"}),
}
"""The coded facts a payload of each type may hold, beside agency_case_ref, sequence and occurred_at. What kind of help
a measure is stays out: that it is medical or psychosocial would say how somebody is."""

DATA_CLASSES: Mapping[str, frozenset[str]] = {
    "request.package-ready": frozenset({"request"}),
    "request.reminder": frozenset({"request"}),
    "itinerary.confirmed": frozenset({"travel"}),
    "itinerary.changed": frozenset({"travel"}),
    "itinerary.cancelled": frozenset({"travel"}),
    "arrival.announced": frozenset({"travel"}),
    "arrival.rescheduled": frozenset({"travel"}),
    "arrival.cancelled": frozenset({"travel"}),
    "departed": frozenset({"travel"}),
    "payment.settled": frozenset({"payment"}),
    "assignment.offered": frozenset({"assignment"}),
    "measure.ordered": frozenset({"assignment"}),
    "plan.deadline-near": frozenset({"assignment"}),
    "referral.made": frozenset({"referral"}),
    "referral.cancelled": frozenset({"referral"}),
}
"""Which classes of data a type holds; types that say nothing about anybody hold none."""
PURPOSES: Mapping[str, str] = {
    "identity_verification": "identity_verification",
    "travel_documents": "travel_documents",
    "reception": "reception",
    "child_protection": "child_protection",
    "specialised_support": "specialised_support",
    "employment": "employment",
    "health": "health",
    "reintegration_coordination": "reintegration",
    "statistics": "statistics",
    DIALOGUE: DIALOGUE,
}
"""The purpose that each role of a recipient stands for."""
BASES: Mapping[str, str] = {
    "state_authority": "binding_instrument",
    "consulate": "binding_instrument",
    "international_organisation": "administrative_arrangement",
    "contracted_partner": "processing_contract",
    "ngo": "processing_contract",
}
"""The legal basis that is foreseen per kind of recipient when an endpoint names none (GDPR 28, 46(2)(a), 46(3)(b))."""
LEGAL_BASES = (
    "adequacy",
    "binding_instrument",
    "administrative_arrangement",
    "processing_contract",
    "important_public_interest",
    "vital_interests",
)
"""Explicit consent is no basis towards authorities (GDPR 49(3)); it is asked for beside the basis, always."""


class NotOnTheMatrix(ValueError):
    """This may not be told to this kind of recipient, or not in this shape."""


def allowed_types(kind: str, roles: frozenset[str] | set[str] | list[str]) -> frozenset[str]:
    """Every payload type a recipient of this kind and these roles may get."""
    types = frozenset().union(*(ALLOWED.get(role, frozenset()) for role in roles)) if roles else frozenset[str]()
    return types - NEVER_TO_A_STATE if kind in STATE_KINDS else types


def data_classes_of(types: Iterable[str]) -> frozenset[str]:
    """The classes of data that these types hold together."""
    return frozenset().union(*(DATA_CLASSES.get(name, frozenset()) for name in types))


def purposes_of(roles: Iterable[str]) -> list[str]:
    """The purposes that these roles stand for."""
    return sorted({PURPOSES[role] for role in roles if role in PURPOSES})


def outward(payload_type: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a payload in its closed shape; raises NotOnTheMatrix for a type or field that is not listed."""
    shape = SHAPES.get(payload_type)
    if shape is None or set(facts) - shape:
        raise NotOnTheMatrix(payload_type)
    return dict(facts)
