"""How long beyond the arrival a paper must be valid: dated rules by destination, airline and kind of paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.document_validity import Margin, months_before, strictest
from services.returns.persistence.papers import margins
from shared.testing.plugin import Run
from tests.returns.story import CaseStory, person

service = pytest.mark.asyncio(loop_scope="session")
DAY = date(2026, 3, 2)
RULE = Margin(
    code="airline",
    valid_from=DAY,
    valid_to=None,
    destinations=(),
    destination_bases=(),
    carriers=("XX",),
    kinds=(),
    months=0,
    days=30,
    source="Proposal",
)
JOURNEY: dict[str, Any] = {
    "destination": "GEO",
    "basis": "citizenship",
    "carriers": ["XX"],
    "kind": "passport",
    "on": DAY,
}


@pytest.mark.parametrize(
    ("rule", "journey", "asks"),
    [
        ({}, {}, True),
        ({}, {"carriers": ["YY"]}, False),
        ({}, {"on": DAY - timedelta(days=1)}, False),
        ({"valid_to": DAY}, {"on": DAY + timedelta(days=1)}, False),
        ({"destinations": ("ARM",)}, {}, False),
        ({"destination_bases": ("admitted_third_country",)}, {}, False),
        ({"kinds": ("laissez_passer",)}, {}, False),
        ({"carriers": (), "kinds": ("passport",)}, {"carriers": []}, True),
    ],
)
def test_a_rule_concerns_what_it_names(rule: dict[str, Any], journey: dict[str, Any], asks: bool) -> None:
    assert replace(RULE, **rule).asks(**{**JOURNEY, **journey}) is asks


def test_the_strictest_rule_counts_and_none_asks_nothing() -> None:
    half_a_year = replace(RULE, code="half", months=6, days=0)
    assert strictest([RULE, half_a_year], DAY) is half_a_year
    assert strictest([], DAY) is None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 24))
def test_months_before_never_meet_a_rule_too_easily(day: date, months: int) -> None:
    earlier = months_before(day, months)
    assert (day.year - earlier.year) * 12 + day.month - earlier.month == months
    assert earlier.day <= day.day


def test_every_rule_says_where_it_comes_from() -> None:
    assert margins()
    assert all(rule.source for rule in margins())
    assert {basis for rule in margins() for basis in rule.destination_bases} <= {
        "citizenship",
        "former_habitual_residence",
        "right_of_residence",
        "admitted_third_country",
    }


@service
async def test_a_paper_that_ends_too_soon_after_the_arrival_is_not_enough(running: Run) -> None:
    told = CaseStory(await running("returns"))
    await told.world()
    await told.prepared([person("main_applicant")])
    travel_on = told.today + timedelta(days=7)
    await told.post("itinerary", {"travel_on": travel_on.isoformat()})
    await told.declare("reconfirmation")
    paper = {"person_ref": told.refs()[0], "kind": "laissez_passer", "issuer": "GEO"}
    short = (travel_on + timedelta(days=6)).isoformat()
    await told.post("travel-documents", {**paper, "valid_until": short}, expect=201)
    lacking = await told.post("readiness", {}, expect=409)
    assert [item["code"] for item in lacking["missing"]] == ["travel-document"]
    checklist = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/checklist/persons")).text
    assert "7 days beyond the arrival (Proposal" in checklist
    enough = (travel_on + timedelta(days=7)).isoformat()
    await told.post("travel-documents", {**paper, "valid_until": enough}, expect=201)
    await told.post("readiness", {})
