"""Until when a person's papers carry the journey, and whether it was announced where that is asked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from services.returns.domain.document_validity import Margin, strictest
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.tables import CasePersonRow, TravelDocumentRow

RULES = "document-validity-v1"


@cache
def margins() -> tuple[Margin, ...]:
    """The rules of the dated file."""
    return tuple(_margin(rule) for rule in reference(RULES)["rules"])


def _margin(rule: dict[str, Any]) -> Margin:
    lists = {name: tuple(rule[name]) for name in ("destinations", "destination_bases", "carriers", "kinds")}
    days = {name: date.fromisoformat(rule[name]) if rule[name] else None for name in ("valid_from", "valid_to")}
    return Margin(**{**rule, **lists, **days})


def margin_of(file: CaseFile, paper: TravelDocumentRow) -> Margin | None:
    """The strictest rule that concerns a paper on this journey."""
    case = file.case
    arrival = case.arrives_on or case.travel_on or paper.valid_until
    asked = [
        margin
        for margin in margins()
        if margin.asks(
            destination=case.destination,
            basis=case.destination_basis,
            carriers=case.carriers or [],
            kind=paper.kind,
            on=arrival,
        )
    ]
    return strictest(asked, paper.valid_until)


def last_arrival(file: CaseFile, paper: TravelDocumentRow) -> date:
    """The last day of arrival for which the paper is valid long enough."""
    margin = margin_of(file, paper)
    return margin.last_arrival(paper.valid_until) if margin is not None else paper.valid_until


def best_paper(file: CaseFile, person: CasePersonRow) -> TravelDocumentRow | None:
    """The paper of a person that carries the latest arrival."""
    own = [paper for paper in file.documents if paper.person_id == person.id]
    return max(own, key=lambda paper: last_arrival(file, paper), default=None)


def carries_until(file: CaseFile, person: CasePersonRow) -> date | None:
    """The last day of arrival for which any paper of the person is valid long enough."""
    paper = best_paper(file, person)
    return last_arrival(file, paper) if paper is not None else None


def unannounced(file: CaseFile, person: CasePersonRow) -> bool:
    """Whether the person travels on a paper that rests on silence, and the journey was not announced in time for it."""
    arrival = file.case.arrives_on or file.case.travel_on
    own = [paper for paper in file.documents if paper.person_id == person.id]
    enough = [paper for paper in own if arrival is None or last_arrival(file, paper) >= arrival]
    return bool(enough) and not any(not paper.deemed or _announced(paper, file.case.travel_on) for paper in enough)


def _announced(paper: TravelDocumentRow, travel_on: date | None) -> bool:
    if travel_on is None or paper.announced_on is None or paper.announced_for != travel_on:
        return False
    return paper.announced_on + timedelta(days=paper.announce_days or 0) <= travel_on
