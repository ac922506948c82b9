"""The events of a partnership's life: what both sides agreed, did and talked about, and warnings about corridors.

Coded facts and counts only: no words of a side, nothing about a person.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventContract

PARTNERSHIP_ID = "0199c0de-0000-7000-8000-000000000001"
COMPONENT_ID = "0199c0de-0000-7000-8000-000000000002"
COMMITMENT_ID = "0199c0de-0000-7000-8000-000000000013"


class CommitmentAgreedV1(EventContract):
    """Both sides agreed to what one of them owes."""

    event_type: ClassVar[str] = "registry.commitment.agreed.v1"
    key_field: ClassVar[str] = "commitment_id"
    example: ClassVar[dict[str, Any]] = {
        "commitment_id": COMMITMENT_ID,
        "partnership_id": PARTNERSHIP_ID,
        "component_id": COMPONENT_ID,
        "owner_side": "host",
        "counter_to": None,
        "due_on": "2026-12-31",
        "on": "2026-03-02",
    }

    commitment_id: UUID
    partnership_id: UUID
    component_id: UUID | None
    owner_side: str
    counter_to: UUID | None
    due_on: date
    on: date


class CommitmentReportedV1(EventContract):
    """The side that owes it says that it was kept; whether it was is for the other side to say."""

    event_type: ClassVar[str] = "registry.commitment.reported.v1"
    key_field: ClassVar[str] = "commitment_id"
    example: ClassVar[dict[str, Any]] = {
        "commitment_id": COMMITMENT_ID,
        "partnership_id": PARTNERSHIP_ID,
        "component_id": COMPONENT_ID,
        "owner_side": "host",
        "due_on": "2026-12-31",
        "on": "2026-11-30",
    }

    commitment_id: UUID
    partnership_id: UUID
    component_id: UUID | None
    owner_side: str
    due_on: date
    on: date


class CommitmentDisputedV1(EventContract):
    """The side to which it is owed says that it was not kept as reported; its owner may report again."""

    event_type: ClassVar[str] = "registry.commitment.disputed.v1"
    key_field: ClassVar[str] = "commitment_id"
    example: ClassVar[dict[str, Any]] = {
        "commitment_id": COMMITMENT_ID,
        "partnership_id": PARTNERSHIP_ID,
        "component_id": COMPONENT_ID,
        "owner_side": "host",
        "due_on": "2026-12-31",
        "on": "2026-12-05",
    }

    commitment_id: UUID
    partnership_id: UUID
    component_id: UUID | None
    owner_side: str
    due_on: date
    on: date


class CommitmentSettledV1(EventContract):
    """The side to which it was owed confirmed that it was kept, or let it go."""

    event_type: ClassVar[str] = "registry.commitment.settled.v1"
    key_field: ClassVar[str] = "commitment_id"
    example: ClassVar[dict[str, Any]] = {
        "commitment_id": COMMITMENT_ID,
        "partnership_id": PARTNERSHIP_ID,
        "component_id": COMPONENT_ID,
        "owner_side": "host",
        "outcome": "confirmed",
        "due_on": "2026-12-31",
        "reported_on": "2026-11-30",
        "disputes_count": 1,
        "on": "2026-12-10",
    }

    commitment_id: UUID
    partnership_id: UUID
    component_id: UUID | None
    owner_side: str
    outcome: str
    due_on: date
    reported_on: date | None
    disputes_count: int
    on: date


class DialogueRoundHeldV1(EventContract):
    """The sides met; what was said stays between them."""

    event_type: ClassVar[str] = "registry.dialogue-round.held.v1"
    key_field: ClassVar[str] = "round_id"
    example: ClassVar[dict[str, Any]] = {
        "round_id": "0199c0de-0000-7000-8000-000000000014",
        "partnership_id": PARTNERSHIP_ID,
        "round_number": 3,
        "round_level": "senior",
        "agenda_items_count": 5,
        "carried_over_count": 2,
        "on": "2026-03-02",
    }

    round_id: UUID
    partnership_id: UUID
    round_number: int
    round_level: str
    agenda_items_count: int
    carried_over_count: int
    on: date


class ActivityReportedV1(EventContract):
    """Something was done under a component; counts and measures only, at most one number per name."""

    event_type: ClassVar[str] = "registry.activity.reported.v1"
    key_field: ClassVar[str] = "activity_id"
    example: ClassVar[dict[str, Any]] = {
        "activity_id": "0199c0de-0000-7000-8000-000000000015",
        "partnership_id": PARTNERSHIP_ID,
        "component_id": COMPONENT_ID,
        "component_type": "remittances",
        "activity_type": "remittance_cost",
        "countries": ["GEO"],
        "from_on": "2026-01-01",
        "to_on": "2026-03-31",
        "participants_count": 0,
        "spent_minor": 1_500_000,
        "currency": "CHF",
        "figures": {"cost_basis_points": 410},
        "revision": 1,
    }

    activity_id: UUID
    partnership_id: UUID
    component_id: UUID
    component_type: str
    activity_type: str
    countries: list[str]
    from_on: date | None
    to_on: date | None
    participants_count: int
    spent_minor: int | None
    currency: str | None
    figures: dict[str, int]
    revision: int = Field(description="1 when first reported; a corrected report comes again with the next number.")
    withdrawn: bool = Field(default=False, description="The report was a mistake: it counts nowhere any more.")


ADVISORY: dict[str, Any] = {
    "advisory_id": "0199c0de-0000-7000-8000-000000000016",
    "country": "GEO",
    "region": "GE-AB",
    "route": None,
    "groups": [],
}


class AdvisoryPublishedV1(EventContract):
    """A warning about a corridor is in force: stop, look at each case, or tell people."""

    event_type: ClassVar[str] = "registry.advisory.published.v1"
    key_field: ClassVar[str] = "advisory_id"
    example: ClassVar[dict[str, Any]] = {
        **ADVISORY,
        "effect": "individual_review",
        "source_kind": "unhcr",
        "source": "UNHCR position on returns, March 2026",
        "valid_from": "2026-03-02",
        "valid_to": None,
    }

    advisory_id: UUID
    country: str
    region: str | None
    route: str | None
    groups: list[str]
    effect: str
    source_kind: str
    source: str
    valid_from: date
    valid_to: date | None


class AdvisoryLiftedV1(EventContract):
    """A warning about a corridor no longer holds."""

    event_type: ClassVar[str] = "registry.advisory.lifted.v1"
    key_field: ClassVar[str] = "advisory_id"
    example: ClassVar[dict[str, Any]] = {**ADVISORY, "effect": "individual_review", "on": "2026-06-01"}

    advisory_id: UUID
    country: str
    region: str | None
    route: str | None
    groups: list[str]
    effect: str
    on: date


PARTNERSHIP_EVENTS: tuple[type[EventContract], ...] = (
    CommitmentAgreedV1,
    CommitmentReportedV1,
    CommitmentDisputedV1,
    CommitmentSettledV1,
    DialogueRoundHeldV1,
    ActivityReportedV1,
    AdvisoryPublishedV1,
    AdvisoryLiftedV1,
)
