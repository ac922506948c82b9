"""Who is one human being behind several references, and how often that human being returned.

Source: domain-rules.md 43 and 45 (returns count person-returns, unique persons count humans, re-returns are the
difference; duplicates of one journey are restated).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PersonReturn:
    """One departure of one reference, and the group of a breakdown it is in."""

    person_ref: str
    departed_on: date
    group: str


@dataclass(frozen=True)
class Returned:
    """Always told together: departures, the human beings behind them, and the difference."""

    person_returns: int = 0
    unique_persons: int = 0

    @property
    def re_returns(self) -> int:
        """Returns of somebody who had returned before in the same period."""
        return self.person_returns - self.unique_persons

    def __add__(self, other: Returned) -> Returned:
        """Only for people that are not the same."""
        return Returned(
            self.person_returns + other.person_returns,
            self.unique_persons + other.unique_persons,
        )


def human_beings(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each linked reference the least one of the same human being; links are followed to their ends."""
    leads: dict[str, str] = {}

    def lead(ref: str) -> str:
        while leads.setdefault(ref, ref) != ref:
            leads[ref] = leads[leads[ref]]
            ref = leads[ref]
        return ref

    for one, other in links:
        first, second = sorted((lead(one), lead(other)))
        leads[second] = first
    return {ref: lead(ref) for ref in leads}


def journeys(found: Iterable[PersonReturn], humans: Mapping[str, str]) -> list[PersonReturn]:
    """Each departure once, under its human being: two records of one human being on one day are one journey."""
    once: dict[tuple[str, date], PersonReturn] = {}
    for record in sorted(found, key=lambda record: (record.person_ref, record.departed_on, record.group)):
        human = humans.get(record.person_ref, record.person_ref)
        once.setdefault((human, record.departed_on), PersonReturn(human, record.departed_on, record.group))
    return list(once.values())


def returned(found: Sequence[PersonReturn]) -> Returned:
    """The three figures of some journeys."""
    return Returned(len(found), len({journey.person_ref for journey in found}))
