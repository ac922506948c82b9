"""Everything held about one person, for their access request: about them alone, whoever else is on the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.returns.domain.facts import FACT_KINDS
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.journeys import all_clearances, open_findings
from services.returns.persistence.person_file import (
    answers_about,
    count_file,
    declarations_of,
    identity_of,
    numbers_of,
    packages_about,
)
from services.returns.persistence.programmes import find_quote
from services.returns.persistence.tables import CasePersonRow, HistoryRow
from services.returns.persistence.travel_document_requests import requests_of
from services.returns.queries.cases import case_history
from services.returns.queries.person_file_papers import papers_of
from services.returns.queries.story import told
from shared.database.unit_of_work import UnitOfWork

Section = list[dict[str, Any]]
PERSON = ("relation", "sex", "adult", "statelessness", "travel_status")
CASE = (
    "file_reference",
    "case_kind",
    "state",
    "host",
    "destination",
    "opened_on",
    "submitted_on",
    "decided_on",
    "travel_on",
    "departed_on",
    "arrived_on",
    "closed_on",
)
CONSENT = (
    "recipients",
    "purposes",
    "data_classes",
    "language",
    "interpreter",
    "given_on",
    "valid_until",
    "withdrawn_on",
)
REQUEST = ("state", "requested_on", "answered_on")
CLEARANCE = ("kind", "outcome", "issued_on", "valid_until", "voided_on")
DECLARATION = ("kind", "language", "interpreter", "declared_on")
ABOUT_SOMEBODY = ("fact-recorded", "fact-voided", "paper-sealed", "person-added", "person-amended")
"""Entries of the history that concern one person; without a name they may concern anybody of the family."""


async def person_file(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> dict[str, Section]:
    """The sections of the file in the order of reading. Raises TooManyFiles."""
    await count_file(uow, person)
    alone = not any(other.adult for other in file.persons if other.id != person.id)
    return {
        "you": [{**await identity_of(uow, person), **_some(person, PERSON)}],
        "case": [_some(file.case, CASE)],
        "citizenships": [dict(entry) for entry in person.citizenships],
        "travel_documents": [
            {**_some(row, ("kind", "issuer", "valid_until")), "number": number}
            for row, number in await numbers_of(uow, file, person)
        ],
        "document_requests": [
            {"recipient": row.recipient_id, "kind": row.document_kind, **_some(row, REQUEST)}
            for row in await requests_of(uow, file.id)
            if row.person_id == person.id
        ],
        "medical_clearances": await _clearances(uow, file, person),
        "consents": [_some(row, CONSENT) for row in file.consents if row.person_id == person.id],
        "declarations": [_some(row, DECLARATION) for row in await declarations_of(uow, person)],
        "recorded_facts": _facts(file, person, alone=alone),
        "granted": await _granted(uow, file, person, alone=alone),
        "told_to_others": await _told(uow, person),
        "answers": [
            {"outcome": row.outcome, "values": values, "answered_on": row.created_at.date()}
            for row, values in await answers_about(uow, person)
        ],
        **await papers_of(uow, file, person),
        "history": _history(await case_history(uow, file.id), person, alone=alone),
    }


def _some(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


async def _clearances(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> Section:
    """What was found of the person's own health, too: it is theirs."""
    mine = [row for row in await all_clearances(uow, file.id) if row.person_id == person.id]
    found = await open_findings(uow, mine)
    empty: dict[str, Any] = {"needs": [], "findings": None, "expected_on": None}
    return [{**_some(row, CLEARANCE), **empty, **found.get(row.id, {})} for row in mine]


def _facts(file: CaseFile, person: CasePersonRow, *, alone: bool) -> Section:
    """What was recorded of the person; of the file as a whole only to its one adult, since it may be of another. What
    stays with the protection officers is asked for there."""
    told_here = [fact for fact in file.facts if not FACT_KINDS[fact.kind].protection_only]
    mine = [fact for fact in told_here if fact.person_id == person.id or (alone and fact.person_id is None)]
    return [{"told": FACT_KINDS[fact.kind].told, **_some(fact, ("value", "on", "voided_on"))} for fact in mine]


async def _granted(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, *, alone: bool) -> Section:
    """The person's own lines; of what the family shares the sum, and the reason only where it can be of nobody else."""
    quote = await find_quote(uow.session, file.case.quote_id) if file.case.quote_id else None
    lines = [line for line in quote.lines if line.get("person_ref") in (None, person.person_ref)] if quote else []
    return [
        {
            "phase": line["phase"],
            "code": line["code"] if alone or line.get("person_ref") else None,
            "amount": {"amount_minor": line["amount_minor"], "currency": line["currency"]},
        }
        for line in lines
    ]


async def _told(uow: UnitOfWork, person: CasePersonRow) -> Section:
    """Packages that held the person's data: for whom, why, on which basis, what of it, how often it was read."""
    return [
        {
            "recipient": row.recipient_id,
            "recipient_kind": row.recipient_kind,
            "purpose": row.purpose,
            "basis": " ".join(filter(None, [row.basis_type, row.basis_instrument, row.basis_article])),
            "fields": row.fields,
            "status": row.status,
            "approved_on": row.approved_on,
            "times_read": row.read_count,
            "destroy_by": row.destroy_by,
        }
        for row in await packages_about(uow, person)
    ]


def _history(rows: Iterable[HistoryRow], person: CasePersonRow, *, alone: bool) -> Section:
    """Nothing about another person; of the whole file not why, when the reason may be another adult's own."""
    shown = []
    for row in rows:
        mine = row.person_ref == person.person_ref
        if not mine and (row.person_ref is not None or (row.action in ABOUT_SOMEBODY and not alone)):
            continue
        open_to_all = HistoryRow(**{**row.model_dump(), "reason_code": None, "about": None})
        line = row if mine or alone else open_to_all
        shown.append({"on": row.on or row.at.date(), "by": row.actor_role, "told": told(line)})
    return shown
