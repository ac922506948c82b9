"""Help that people on a file had before, as far as it is decided who they are, and which rules count it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.access import may_read
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.duplicate_pairs import Side, pairs_of
from services.returns.persistence.duplicates import SAME
from services.returns.queries.eligibility_rules import EarlierAssistance, EligibilityRule
from shared.database.unit_of_work import UnitOfWork


class CountedBy(BaseModel):
    """A rule of the programme that counts this help."""

    rule: str
    effect: str = Field(description="exclude, limit or review.")
    text: str


class EarlierHelp(BaseModel):
    """Help a person had: departed with assistance, from another file."""

    person_ref: str
    on: date = Field(description="Day of the departure; pass it on as `assisted[].on` to the quote.")
    as_minor: bool = Field(description="Whether as a minor; pass it on as `assisted[].as_minor`.")
    same_programme: bool
    case_id: UUID | None = Field(description="The file, null when it is outside your scope.")
    counted_by: list[CountedBy] = Field(description="Empty when no rule of this programme counts it.")


async def earlier_help(uow: UnitOfWork, file: CaseFile, rules: Sequence[EligibilityRule]) -> list[EarlierHelp]:
    """The latest first; only pairs decided to be the same person, only journeys that took place with assistance."""
    pairs = await pairs_of(uow, [person.id for person in file.travelling])
    helped = [(own, other) for row, own, other in pairs if row.outcome == SAME and _assisted(other)]
    found = [_shown(uow, file, own, other, rules) for own, other in helped]
    return sorted(found, key=lambda entry: (entry.on, entry.person_ref), reverse=True)


def _assisted(other: Side) -> bool:
    """What counts is help that was received: a grant and a departure, not an application that was withdrawn."""
    travelled = other.person.travel_status in ("BOARDED", "ARRIVED")
    return other.case.departed_on is not None and travelled and other.case.total_minor is not None


def _shown(uow: UnitOfWork, file: CaseFile, own: Side, other: Side, rules: Sequence[EligibilityRule]) -> EarlierHelp:
    on, as_minor = other.case.departed_on or file.case.opened_on, not other.person.adult
    reference = file.case.opened_on
    counted = [
        rule for rule in rules if any(_counts(entry, on, as_minor, reference) for entry in rule.earlier_assistance)
    ]
    return EarlierHelp(
        person_ref=own.person.person_ref,
        on=on,
        as_minor=as_minor,
        same_programme=other.case.programme_id == file.case.programme_id,
        case_id=other.case.id if may_read(uow.actor, other.case) else None,
        counted_by=[CountedBy(rule=rule.rule, effect=rule.effect, text=rule.text) for rule in counted],
    )


def _counts(entry: EarlierAssistance, on: date, as_minor: bool, reference: date) -> bool:
    if entry.as_minor not in (None, as_minor):
        return False
    return entry.within_years is None or _years_later(on, entry.within_years) > reference


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, month=3, day=1)
