"""Counselling before any case: the codes of a contact, and which outcomes are informed decisions, either way."""

from __future__ import annotations

from typing import Literal, Protocol

Channel = Literal["office", "outreach", "centre", "detention", "phone", "video", "written"]
Purpose = Literal["first_information", "comparing_ways", "country_information", "after_refusal", "other_service"]
Topic = Literal[
    "staying",
    "asylum_procedure",
    "legal_advice",
    "legal_channels",
    "return_programmes",
    "travel_documents",
    "health",
    "family",
    "housing_work_there",
    "safety_there",
    "money",
]
Outcome = Literal[
    "decided_to_return", "decided_not_to_return", "undecided", "wants_to_come_again", "referred_elsewhere"
]
DECIDED = ("decided_to_return", "decided_not_to_return")
"""Both are the success of a counselling, and are counted as one and the same."""


def informed_decision(outcome: str) -> bool:
    """Whether the person decided, whichever way."""
    return outcome in DECIDED


class OfOffice(Protocol):
    """What belongs to one office."""

    office_id: str


class Counsellor(Protocol):
    """What the policy needs to know of the caller."""

    @property
    def offices(self) -> frozenset[str]:
        """Offices the caller works for."""
        ...

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        ...


def of_own_office(actor: Counsellor, thing: OfOffice) -> bool:
    """Counsellors and leads of the office that keeps it; never the authority."""
    return (actor.has("caseworker") or actor.has("office_lead")) and thing.office_id in actor.offices
