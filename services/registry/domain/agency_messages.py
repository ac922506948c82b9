"""What an agency may say: a closed set of message types, each with a closed set of coded facts. No names, numbers or
free text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from services.registry.domain.coded_facts import REFERENCE, Article, Day, EarlierMessage, Fact, OneOf, Several
from services.registry.domain.destruction import DataClass

Roles = frozenset[str]
About = Literal["case", "commitment"]

IN_REPLY_TO = re.compile(r"msg_[0-9a-f]{32}|[0-9]{1,9}")
COMMITMENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_PERSONS = 30
IDENTITY = frozenset({"identity_verification"})
PAPERS = IDENTITY | {"travel_documents"}
ON_ARRIVAL = frozenset({"reintegration_coordination", "reception", "child_protection"})
SERVICES = frozenset({"reintegration_coordination", "employment", "health", "specialised_support", "child_protection"})
ANY_CASE_ROLE = PAPERS | ON_ARRIVAL | SERVICES
DELEGATE = frozenset({"partnership_dialogue"})

DAY = Day()
EVIDENCE = OneOf(("partner_met", "carrier", "passport_stamp", "self_report"))
RETAINED = "retained_under_national_law"
RESULT = OneOf(("destroyed", "not_received", RETAINED))
DATA_CLASSES = Several(get_args(DataClass))
EXPLANATION = frozenset({"article", "data_classes", "retained_until"})
"""What somebody who must keep something under its own law says about it (domain rule 18)."""
INFORMATION = OneOf(
    (
        "better_copy",
        "civil_status_record",
        "earlier_document",
        "fingerprints",
        "names_of_parents",
        "photograph",
        "place_of_birth",
        "place_of_origin",
    )
)
REJECTION = OneOf(
    (
        "conditions_not_met",
        "duplicate_referral",
        "no_capacity",
        "not_in_area",
        "person_not_reached",
        "service_not_offered",
    )
)
DISPUTE = OneOf(("not_delivered", "delivered_in_part", "delivered_late", "not_as_agreed", "evidence_missing"))


@dataclass(frozen=True)
class MessageType:
    """Who may send it, what it is about, and which facts it may and must hold."""

    roles: Roles
    facts: Mapping[str, Fact] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    about: About = "case"


TYPES: Mapping[str, MessageType] = {
    "request.acknowledged": MessageType(ANY_CASE_ROLE),
    "identity.confirmed": MessageType(IDENTITY, {"confirmed_on": DAY}),
    "identity.not-confirmed": MessageType(IDENTITY),
    "identity.not-national": MessageType(IDENTITY),
    "information.requested": MessageType(PAPERS, {"code": INFORMATION}, frozenset({"code"})),
    "interview.required": MessageType(PAPERS),
    "appointment.offered": MessageType(PAPERS, {"offered_on": DAY}),
    "travel-document.ready": MessageType(PAPERS, {"ready_on": DAY}),
    "travel-document.handed-over": MessageType(PAPERS, {"on": DAY}),
    "travel-document.refused": MessageType(PAPERS),
    "arrival.confirmed": MessageType(ON_ARRIVAL, {"arrived_on": DAY, "evidence": EVIDENCE}),
    "arrival.not-observed": MessageType(ON_ARRIVAL, {"on": DAY}),
    "reception.completed": MessageType(ON_ARRIVAL, {"on": DAY}),
    "person.not-met": MessageType(ON_ARRIVAL, {"on": DAY}),
    "person.unreachable": MessageType(ON_ARRIVAL | SERVICES, {"on": DAY}),
    "service.started": MessageType(SERVICES, {"on": DAY}),
    "service.delivered": MessageType(SERVICES, {"on": DAY}),
    "service.declined-by-person": MessageType(SERVICES, {"on": DAY}),
    "referral.accepted": MessageType(SERVICES, {"on": DAY}),
    "referral.rejected": MessageType(SERVICES, {"code": REJECTION}),
    "data-destroyed.attested": MessageType(
        ANY_CASE_ROLE,
        {
            "result": RESULT,
            "on": DAY,
            "article": Article(),
            "data_classes": DATA_CLASSES,
            "retained_until": Day(ahead=True),
        },
        frozenset({"result"}),
    ),
    "concern.raised": MessageType(ANY_CASE_ROLE, {"on": DAY}),
    "message.voided": MessageType(ANY_CASE_ROLE, {"voids": EarlierMessage()}, frozenset({"voids"})),
    "commitment.confirmed": MessageType(DELEGATE, {"on": DAY}, about="commitment"),
    "commitment.disputed": MessageType(DELEGATE, {"on": DAY, "code": DISPUTE}, about="commitment"),
}
"""Every type that comes in. Source: contracts.md, agency messages; `concern.raised`: domain-rules.md 35, row 20."""


class FactRefused(ValueError):
    """A field that is not on the list, or a value that is not a code, a date or a reference; names the field only."""


class FactMissing(ValueError):
    """A fact without which this type says nothing; names the field only."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message in its closed form; that its references exist is for the database to say."""

    message_type: str
    reference: str | None
    person_refs: tuple[str, ...] = ()
    in_reply_to: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def said(message_type: str, data: Mapping[str, Any], *, today: date) -> Said:
    """The message; `reference` is None when it is missing or has no known form. Raises FactRefused,
    FactMissing."""
    kind = TYPES[message_type]
    named = {"agency_case_ref": REFERENCE, "in_reply_to": IN_REPLY_TO} if kind.about == "case" else {}
    named |= {"commitment_id": COMMITMENT_ID} if kind.about == "commitment" else {}
    persons = _person_refs(data) if kind.about == "case" else ()
    known = {*named, "person_refs"} if kind.about == "case" else set(named)
    facts = _facts(kind, {name: value for name, value in data.items() if name not in known}, today)
    reply = data.get("in_reply_to")
    if reply is not None and not _has_form(reply, IN_REPLY_TO):
        raise FactRefused("in_reply_to")
    reference = data.get("agency_case_ref" if kind.about == "case" else "commitment_id")
    form = REFERENCE if kind.about == "case" else COMMITMENT_ID
    return Said(
        message_type=message_type,
        reference=reference if _has_form(reference, form) else None,
        person_refs=persons,
        in_reply_to=reply,
        facts=facts,
    )


def _facts(kind: MessageType, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    for name, value in values.items():
        if name not in kind.facts or not kind.facts[name].holds(value, today):
            raise FactRefused(name if name in kind.facts else "unknown field")
    required = kind.required | (EXPLANATION if values.get("result") == RETAINED else frozenset())
    missing = sorted(required - values.keys())
    if missing:
        raise FactMissing(missing[0])
    if "result" in values and values["result"] != RETAINED and EXPLANATION & values.keys():
        raise FactRefused("result")
    return dict(values)


def _person_refs(data: Mapping[str, Any]) -> tuple[str, ...]:
    persons = data.get("person_refs", [])
    known_form = isinstance(persons, list) and len(persons) <= MOST_PERSONS
    if not known_form or not all(_has_form(person, REFERENCE) for person in persons):
        raise FactRefused("person_refs")
    return tuple(dict.fromkeys(persons))


def _has_form(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def schema_of(message_type: str) -> dict[str, Any]:
    """The closed JSON Schema of one type, for the OpenAPI document."""
    kind = TYPES[message_type]
    reference = {"type": "string", "pattern": f"^{REFERENCE.pattern}$"}
    if kind.about == "case":
        names: dict[str, Any] = {
            "agency_case_ref": {**reference, "description": "The case as you know it."},
            "person_refs": {"type": "array", "maxItems": MOST_PERSONS, "items": reference},
            "in_reply_to": {"type": "string", "pattern": f"^({IN_REPLY_TO.pattern})$"},
        }
    else:
        names = {"commitment_id": {"type": "string", "format": "uuid"}}
    facts = {name: fact.schema() for name, fact in kind.facts.items()}
    first = next(iter(names))
    data = {
        "type": "object",
        "additionalProperties": False,
        "required": [first, *sorted(kind.required)],
        "properties": {**names, **facts},
    }
    return {
        "type": "object",
        "title": message_type,
        "additionalProperties": False,
        "required": ["type", "data"],
        "properties": {
            "type": {"const": message_type, "description": "What is said."},
            "timestamp": {"type": "string", "format": "date-time", "description": "When you wrote it."},
            "data": {**data, "description": "References, codes and days; nothing else."},
        },
    }
