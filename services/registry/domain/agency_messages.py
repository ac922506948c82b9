"""What an agency may say: a closed set of message types, each with a closed set of coded facts. No names, numbers or
free text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

COMMON = frozenset({"agency_case_ref", "person_refs", "in_reply_to"})
Fields = frozenset[str]
IDENTITY, PARTNER = "identity_verification", "reintegration_coordination"
EVIDENCE = ("partner_met", "carrier", "passport_stamp", "self_report")

TYPES: Mapping[str, tuple[Fields, Fields]] = {
    "request.acknowledged": (frozenset({IDENTITY, "travel_documents", PARTNER}), frozenset()),
    "identity.confirmed": (frozenset({IDENTITY}), frozenset({"confirmed_on"})),
    "identity.not-confirmed": (frozenset({IDENTITY}), frozenset()),
    "identity.not-national": (frozenset({IDENTITY}), frozenset()),
    "information.requested": (frozenset({IDENTITY, "travel_documents"}), frozenset({"code"})),
    "interview.required": (frozenset({IDENTITY, "travel_documents"}), frozenset()),
    "appointment.offered": (frozenset({IDENTITY, "travel_documents"}), frozenset({"offered_on"})),
    "travel-document.ready": (frozenset({IDENTITY, "travel_documents"}), frozenset({"ready_on"})),
    "travel-document.handed-over": (frozenset({IDENTITY, "travel_documents"}), frozenset({"on"})),
    "travel-document.refused": (frozenset({IDENTITY, "travel_documents"}), frozenset()),
    "arrival.confirmed": (frozenset({PARTNER, "reception"}), frozenset({"arrived_on", "evidence"})),
    "arrival.not-observed": (frozenset({PARTNER, "reception"}), frozenset({"on"})),
    "reception.completed": (frozenset({PARTNER, "reception"}), frozenset({"on"})),
    "person.not-met": (frozenset({PARTNER, "reception"}), frozenset({"on"})),
    "person.unreachable": (frozenset({PARTNER}), frozenset({"on"})),
    "service.started": (frozenset({PARTNER, "employment", "health"}), frozenset({"on"})),
    "service.delivered": (frozenset({PARTNER, "employment", "health"}), frozenset({"on"})),
    "service.declined-by-person": (frozenset({PARTNER, "employment", "health"}), frozenset()),
    "referral.accepted": (frozenset({PARTNER, "employment", "health"}), frozenset()),
    "referral.rejected": (frozenset({PARTNER, "employment", "health"}), frozenset({"code"})),
    "data-destroyed.attested": (
        frozenset({IDENTITY, "travel_documents", PARTNER, "reception"}),
        frozenset({"result"}),
    ),
    "message.voided": (frozenset({IDENTITY, "travel_documents", PARTNER, "reception"}), frozenset({"voids"})),
}
"""Per type: the roles that may send it, and the facts it may hold."""

CODE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,80}")
RESULTS = ("destroyed", "not_received", "retained_under_national_law")


class FactRefused(ValueError):
    """A field that is not on the list, or a value that is not a code, a date or a reference."""


def checked_facts(message_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a message; raises FactRefused naming the field only."""
    _, fields = TYPES[message_type]
    facts: dict[str, Any] = {}
    for name, value in data.items():
        if name in COMMON:
            continue
        if name not in fields or not _is_coded(name, value):
            raise FactRefused(name if name in fields else "unknown field")
        facts[name] = value
    return facts


def _is_coded(name: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if name.endswith("_on") or name == "on":
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    if name == "evidence":
        return value in EVIDENCE
    if name == "result":
        return value in RESULTS
    return bool((REFERENCE if name == "voids" else CODE).fullmatch(value))
