"""Clauses as data: what cannot be said together, and which holds on a day. No clause, no clock, no disclosure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.registry.domain.steps import Steps, step

AGREEMENT: Steps = {
    "publish": step("draft", "published"),
    "discard": step("draft", "discarded"),
    "end": step("published", "published"),
}
PUBLISHED = "published"
"""The one status in which clauses steer anything."""

STEERING = ("reply_days", "transfer_within_days", "data_clause")
"""What starts a clock or opens a disclosure; everything else says more about one of these."""
ONLY_BESIDE = {
    "deemed_agreement": ("announce_days", "document_validity_days", "deemed_for"),
    "data_clause": ("recipient_kinds", "competent_authorities", "third_country_nationals"),
}
"""What steers something only beside another word of the same clause."""

Validity = tuple[date, date | None, Sequence[Mapping[str, Any]]]
"""First day, last day or None, clauses."""


@dataclass(frozen=True)
class Clock:
    """Until when an answer is due, and the clause that says so."""

    answer_by: date
    clause_id: str


def contradictions(valid_from: date, valid_to: date | None, clauses: Sequence[Mapping[str, Any]]) -> list[str]:
    """What cannot be, one code each with the clause's number; empty when the clauses can stand."""
    found = ["validity: ends before it begins"] if valid_to is not None and valid_to < valid_from else []
    codes = [clause.get("code") for clause in clauses]
    for number, clause in enumerate(clauses, start=1):
        if clause.get("code") in codes[: number - 1]:
            found.append(f"clause {number}: its code stands there twice")
        if not any(clause.get(word) for word in STEERING):
            found.append(f"clause {number}: it steers no clock and no disclosure")
        found += [
            f"clause {number}: {word} without {needed}"
            for needed, words in ONLY_BESIDE.items()
            for word in words
            if _says(clause.get(word)) and not clause.get(needed)
        ]
        reply, longest = clause.get("reply_days"), clause.get("longest_reply_days")
        if clause.get("deemed_agreement") and reply is None:
            found.append(f"clause {number}: silence cannot count without reply_days")
        if longest is not None and (reply is None or longest < reply):
            found.append(f"clause {number}: longest_reply_days below reply_days")
        if clause.get("data_clause") and not clause.get("recipient_kinds"):
            found.append(f"clause {number}: a data clause names the kinds of recipients")
    return found


def _says(value: Any) -> bool:
    """Nought days are said, unlike nothing, no and an empty list."""
    return value is not None and value is not False and value != []


def last_day_when_replaced(valid_to: date | None, by_from: date) -> date:
    """Until when a version holds that another one replaces from a day on."""
    eve = by_from - timedelta(days=1)
    return eve if valid_to is None else min(valid_to, eve)


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether both hold on some day; one that ends before it begins holds on none."""
    begins = max(first[0], second[0])
    return all(until is None or begins <= until for _, until in (first, second))


def clock_of(agreements: Iterable[Validity], code: str, on: date) -> Clock | None:
    """The clock that a clause of this code starts on a day; None without such a clause. The latest agreement wins."""
    holding = [entry for entry in agreements if entry[0] <= on and (entry[1] is None or on <= entry[1])]
    for _, _, clauses in sorted(holding, key=lambda entry: entry[0], reverse=True):
        for clause in clauses:
            if clause["code"] == code and clause.get("reply_days"):
                return Clock(on + timedelta(days=clause["reply_days"]), str(clause["clause_id"]))
    return None
