"""Clauses as data: what cannot be said together, and which holds on a day. No clause, no clock, no disclosure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.registry.domain.steps import Steps, step

AGREEMENT: Steps = {"publish": step("draft", "published"), "discard": step("draft", "discarded")}
PUBLISHED = "published"
"""The one status in which clauses steer anything."""

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
    for number, clause in enumerate(clauses, start=1):
        reply, longest = clause.get("reply_days"), clause.get("longest_reply_days")
        if clause.get("deemed_agreement") and reply is None:
            found.append(f"clause {number}: silence cannot count without reply_days")
        if clause.get("deemed_for") and not clause.get("deemed_agreement"):
            found.append(f"clause {number}: deemed_for without deemed_agreement")
        if longest is not None and (reply is None or longest < reply):
            found.append(f"clause {number}: longest_reply_days below reply_days")
        if clause.get("data_clause") and not clause.get("recipient_kinds"):
            found.append(f"clause {number}: a data clause names the kinds of recipients")
    return found


def clock_of(agreements: Iterable[Validity], code: str, on: date) -> Clock | None:
    """The clock that a clause of this code starts on a day; None without such a clause. The latest agreement wins."""
    holding = [entry for entry in agreements if entry[0] <= on and (entry[1] is None or on <= entry[1])]
    for _, _, clauses in sorted(holding, key=lambda entry: entry[0], reverse=True):
        for clause in clauses:
            if clause["code"] == code and clause.get("reply_days"):
                return Clock(on + timedelta(days=clause["reply_days"]), str(clause["clause_id"]))
    return None
