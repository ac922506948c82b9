"""Who may be told what: the allow-list of outward payload types per kind of recipient, and their closed shapes.

What is not on this page cannot leave. Nothing here can represent an asylum procedure, a vulnerability, a reason or an
amount towards a
state authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    "partnership_dialogue",
)
KINDS = ("state_authority", "consulate", "international_organisation", "contracted_partner", "ngo")

REQUESTS = ("request.package-ready", "request.reminder", "request.ended")
PARTNER = (
    "assignment.offered",
    "itinerary.confirmed",
    "itinerary.changed",
    "itinerary.cancelled",
    "departed",
    "payment.settled",
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
    "statistics": frozenset({"release.published"}),
}
OUTWARD_TYPES: frozenset[str] = frozenset().union(*ALLOWED.values())
STATE_KINDS = ("state_authority", "consulate")
NEVER_TO_A_STATE = frozenset(
    {"assignment.offered", "payment.settled", "itinerary.confirmed", "itinerary.changed", "departed"}
)
TEST_EVENT = "endpoint.test"

SHAPES: Mapping[str, frozenset[str]] = {
    "request.package-ready": frozenset({"answer_by", "person_refs", "detail_url"}),
    "request.reminder": frozenset({"answer_by", "person_refs"}),
    "request.ended": frozenset({"destroy_by"}),
    "itinerary.confirmed": frozenset({"travel_on", "destination", "party_size", "person_refs"}),
    "itinerary.changed": frozenset({"travel_on", "destination", "party_size", "person_refs"}),
    "itinerary.cancelled": frozenset(),
    "departed": frozenset({"on", "person_refs"}),
    "payment.settled": frozenset({"line_id", "phase", "on", "amount_minor", "currency"}),
    "assignment.offered": frozenset({"person_refs"}),
    TEST_EVENT: frozenset({"test"}),
}
"""The coded facts a payload of each type may hold, beside agency_case_ref, sequence and occurred_at."""


class NotOnTheMatrix(ValueError):
    """This may not be told to this kind of recipient, or not in this shape."""


def allowed_types(kind: str, roles: frozenset[str] | set[str] | list[str]) -> frozenset[str]:
    """Every payload type a recipient of this kind and these roles may get."""
    types = frozenset().union(*(ALLOWED.get(role, frozenset()) for role in roles)) if roles else frozenset[str]()
    return types - NEVER_TO_A_STATE if kind in STATE_KINDS else types


def outward(payload_type: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a payload in its closed shape; raises NotOnTheMatrix for a type or field that is not listed."""
    shape = SHAPES.get(payload_type)
    if shape is None or set(facts) - shape:
        raise NotOnTheMatrix(payload_type)
    return dict(facts)
