"""What a safety advisory demands of a case, as a table; where a file is silent an officer judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from services.returns.domain.advisories import Corridor, effect_on, groups_of
from services.returns.domain.case_view import PersonView

MARCH = date(2026, 3, 2)


@dataclass
class Given:
    """An advisory as the rules see it."""

    country: str = "GEO"
    effect: str = "stop"
    region: str | None = None
    route: str | None = None
    groups: list[str] = field(default_factory=list)
    valid_from: date = MARCH
    valid_to: date | None = None
    lifted_on: date | None = None


def demanded(travel_on: date | None = None, **advisory: Any) -> str | None:
    corridor = Corridor(destination="GEO", transit=("TUR",), groups={}, travel_on=travel_on)
    return effect_on(Given(**advisory), corridor, today=MARCH)


CASES: list[tuple[dict[str, Any], str | None]] = [
    ({}, "stop"),
    ({"country": "TUR"}, "stop"),
    ({"country": "ARM"}, None),
    ({"effect": "individual_review"}, "individual_review"),
    ({"effect": "inform"}, "inform"),
    ({"region": "GE-AB"}, "individual_review"),  # the file does not say to which region
    ({"region": "GE-AB", "effect": "inform"}, "inform"),
    ({"route": "overland"}, "individual_review"),
    ({"groups": ["children"]}, "individual_review"),  # nobody asked
    ({"groups": ["conscripts"], "effect": "inform"}, "inform"),
    ({"lifted_on": MARCH}, None),
    ({"valid_from": MARCH + timedelta(days=1)}, None),
    ({"valid_from": MARCH + timedelta(days=5), "travel_on": MARCH + timedelta(days=7)}, "stop"),
    ({"valid_to": MARCH + timedelta(days=5), "travel_on": MARCH + timedelta(days=7)}, None),
    ({"valid_to": MARCH, "travel_on": MARCH - timedelta(days=7)}, "stop"),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_what_an_advisory_demands(given: dict[str, Any], expected: str | None) -> None:
    assert demanded(**given) == expected


def test_groups_decide_where_the_file_knows_them() -> None:
    for known, expected in ((True, "stop"), (False, None)):
        corridor = Corridor(destination="GEO", transit=(), groups={"children": known}, travel_on=None)
        assert effect_on(Given(groups=["children"]), corridor, today=MARCH) == expected
    either = Corridor(destination="GEO", transit=(), groups={"children": False}, travel_on=None)
    assert effect_on(Given(groups=["children", "minorities"]), either, today=MARCH) == "individual_review"


def test_what_a_file_tells_of_groups_by_itself() -> None:
    mother = PersonView(person_ref="m", relation="main_applicant", adult=True)
    child = PersonView(person_ref="c", relation="child", adult=False)
    family = groups_of([mother, child], {"m": 2, "c": 1}, vulnerable=True)
    assert family == {
        "children": True,
        "unaccompanied_children": False,
        "single_parents": True,
        "medical_needs": False,
        "women_alone": True,
    }
    alone = groups_of([mother], {"m": 0}, vulnerable=False)
    assert "women_alone" not in alone  # the sex is not known
    assert alone["survivors_of_trafficking"] is False
    assert "conscripts" not in alone
