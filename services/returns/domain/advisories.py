"""Whether a safety advisory holds for a case, and what it demands: stop, an officer's look, or that people are told.

Where the file does not say whether it concerns somebody (a region, a route, a group nobody asked about), an officer
judges it: a stop is then a look at the case, never silence. Source: domain-rules.md 13.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from services.returns.domain.case_view import CaseView, PersonView
from shared.errors import Missing

Effect = Literal["stop", "individual_review", "inform"]
Outcome = Literal["may_travel", "may_not_travel"]
REVIEW: Effect = "individual_review"
EFFECTS: Mapping[str, Effect] = {"stop": "stop", "individual_review": REVIEW, "inform": "inform"}
FEMALE, MALE = 2, 1


class Advisory(Protocol):
    """What the rules need to know of an advisory."""

    country: str
    region: str | None
    route: str | None
    groups: list[str]
    effect: str
    valid_from: date
    valid_to: date | None
    lifted_on: date | None


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """Where a case goes and who goes; a group that is not named here is one nobody asked about."""

    destination: str
    transit: tuple[str, ...]
    groups: Mapping[str, bool]
    travel_on: date | None


def groups_of(travelling: Iterable[PersonView], sexes: Mapping[str, int], *, vulnerable: bool) -> dict[str, bool]:
    """The groups a file tells of by itself, and whether somebody belongs to them."""
    people = list(travelling)
    adults, minors = [each for each in people if each.adult], [each for each in people if not each.adult]
    found = {
        "children": bool(minors),
        "unaccompanied_children": any(minor.unaccompanied for minor in minors),
        "single_parents": len(adults) == 1 and bool(minors),
        "medical_needs": any(person.medical_needed for person in people),
    }
    alone = sexes.get(adults[0].person_ref) if len(adults) == 1 else MALE
    if alone in (FEMALE, MALE):
        found["women_alone"] = alone == FEMALE
    if not vulnerable:
        found["survivors_of_trafficking"] = False
    return found


def effect_on(advisory: Advisory, corridor: Corridor, *, today: date) -> Effect | None:
    """What it demands of this case; None when it does not concern it on the day of the journey (else today)."""
    planned = corridor.travel_on
    day = planned if planned is not None and planned > today else today
    holds = advisory.valid_from <= day and (advisory.valid_to is None or day <= advisory.valid_to)
    if advisory.lifted_on is not None or not holds:
        return None
    if advisory.country not in (corridor.destination, *corridor.transit):
        return None
    known = [corridor.groups.get(group) for group in advisory.groups]
    if known and not any(known) and None not in known:
        return None
    certain = advisory.region is None and advisory.route is None and (not known or any(known))
    return EFFECTS[advisory.effect] if certain or advisory.effect == "inform" else REVIEW


def heeded(case: CaseView) -> list[Missing]:
    """An officer looked at the case where an advisory asks for it, and its people were told of the others."""
    review = "A safety advisory asks for a look at this case: an officer must record the assessment"
    tell = "A safety advisory holds for this journey: record that the people were told of it"
    return [
        *(Missing("advisory-review", f"{review} ({advisory}).") for advisory in case.advisories_to_assess),
        *(Missing("advisory-told", f"{tell} ({advisory}).") for advisory in case.advisories_to_tell),
    ]
