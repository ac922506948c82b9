"""The quote engine against the check cases of the field, and its own laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.quote import Circumstances, QuotedPerson, RuleTableInvalid, check_table, quote

SAMPLE = Path(__file__).parents[2] / "deploy" / "local" / "sample" / "swiss-return-assistance.json"
REAG_GARP = {
    "currency": "EUR",
    "rules": [
        {"id": "travel-adult", "code": "travel", "per": "person", "who": {"age": "adult"}, "amount_minor": 20_000, "phase": "departure_cash"},
        {"id": "travel-minor", "code": "travel", "per": "person", "who": {"age": "minor"}, "amount_minor": 10_000, "phase": "departure_cash"},
        {"id": "start-adult", "code": "start_up", "per": "person", "who": {"age": "adult"}, "amount_minor": 100_000, "phase": "departure_cash"},
        {"id": "start-minor", "code": "start_up", "per": "person", "who": {"age": "minor"}, "amount_minor": 50_000, "phase": "departure_cash"},
    ],
    "caps": [{"codes": ["start_up"], "amount_minor": 400_000}],
}  # fmt: skip
EURP_PER_ADULT = {
    "currency": "EUR",
    "rules": [
        {"id": "adult", "code": "package", "per": "person", "who": {"age": "adult"}, "amount_minor": 200_000, "phase": "post_return"},
        {"id": "minor", "code": "package", "per": "person", "who": {"age": "minor"}, "amount_minor": 100_000, "phase": "post_return"},
    ],
}  # fmt: skip
EURP_PER_PRINCIPAL = {
    "currency": "EUR",
    "rules": [
        {"id": "principal", "code": "package", "per": "person", "who": {"role": "principal"}, "amount_minor": 200_000, "phase": "post_return"},
        {"id": "member", "code": "package", "per": "person", "who": {"role": "dependant"}, "amount_minor": 100_000, "phase": "post_return"},
    ],
}  # fmt: skip
STAGED = {
    "currency": "EUR",
    "rules": [
        {
            "id": "plus",
            "code": "plus",
            "per": "person",
            "amount_minor": 120_000,
            "instalments": [
                {"phase": "departure_cash", "percent": 50},
                {"phase": "post_return", "percent": 50},
            ],
            "reductions": [{"fact": "stay_months", "below": 3, "percent": 50}],
        }
    ],
}
NOTHING = Circumstances()


def family(adults: int, minors: int) -> list[QuotedPerson]:
    people = [
        QuotedPerson(f"a{n}", "main_applicant" if n == 0 else "partner", minor=False, age_years=30)
        for n in range(adults)
    ]
    return people + [QuotedPerson(f"c{n}", "child", minor=True, age_years=8) for n in range(minors)]


def total(table: dict[str, Any], people: list[QuotedPerson], code: str | None = None) -> int:
    return sum(line.amount_minor for line in quote(table, people, NOTHING) if code is None or line.code == code)


class TestCheckCases:
    def test_two_adults_and_four_minors_hit_the_family_cap_exactly(self) -> None:
        assert total(REAG_GARP, family(2, 4), "start_up") == 400_000

    def test_the_other_published_cap_cuts(self) -> None:
        other = {**REAG_GARP, "caps": [{"codes": ["start_up"], "amount_minor": 370_000}]}
        lines = quote(other, family(2, 4), NOTHING)
        assert sum(line.amount_minor for line in lines if line.code == "start_up") == 370_000
        assert any("cap" in step.text for line in lines for step in line.steps)

    def test_the_two_readings_of_the_same_programme(self) -> None:
        assert total(EURP_PER_ADULT, family(2, 2)) == 600_000
        assert total(EURP_PER_PRINCIPAL, family(2, 2)) == 500_000

    def test_a_short_stay_halves_and_instalments_keep_the_sum(self) -> None:
        lines = quote(STAGED, family(1, 0), Circumstances({"stay_months": 2}))
        assert [(line.phase, line.amount_minor) for line in lines] == [
            ("departure_cash", 30_000),
            ("post_return", 30_000),
        ]

    def test_the_swiss_table_as_shipped(self) -> None:
        table = json.loads(SAMPLE.read_text())["table"]
        check_table(table)
        lines = quote(table, family(2, 2), Circumstances({"stay_months": 14}))
        by_code: dict[str, int] = {}
        for line in lines:
            by_code[line.code] = by_code.get(line.code, 0) + line.amount_minor
        assert sum(by_code.values()) > 0
        assert all(line.currency == "CHF" for line in lines)
        short = quote(table, family(2, 2), Circumstances({"stay_months": 2}))
        assert sum(line.amount_minor for line in short) < sum(line.amount_minor for line in lines)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"currency": "CHF", "rules": []},
        {
            "currency": "CHF",
            "rules": [{"id": "a", "code": "a", "per": "planet", "amount_minor": 1, "phase": "travel"}],
        },
        {
            "currency": "CHF",
            "rules": [{"id": "a", "code": "a", "per": "file", "amount_minor": 1.5, "phase": "travel"}],
        },
        {
            "currency": "CHF",
            "rules": [{"id": "a", "code": "a", "per": "file", "amount_minor": 1, "phase": "later"}],
        },
        {
            "currency": "CHF",
            "rules": [
                {
                    "id": "a",
                    "code": "a",
                    "per": "file",
                    "amount_minor": 1,
                    "instalments": [{"phase": "travel", "percent": 90}],
                }
            ],
        },
    ],
)
def test_tables_that_cannot_be_read_are_refused(table: dict[str, Any]) -> None:
    with pytest.raises(RuleTableInvalid):
        check_table(table)


RULE = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["a", "b"]),
        "per": st.sampled_from(["person", "file"]),
        "amount_minor": st.integers(0, 10**7),
        "who": st.sampled_from(
            [{}, {"age": "adult"}, {"age": "minor"}, {"role": "principal"}, {"below_age_years": 12}]
        ),
        "reductions": st.lists(
            st.fixed_dictionaries(
                {"fact": st.just("stay_months"), "below": st.integers(0, 24), "percent": st.integers(0, 100)}
            ),
            max_size=2,
        ),
        "instalments": st.sampled_from(
            [
                [{"phase": "departure_cash", "percent": 100}],
                [{"phase": "departure_cash", "percent": 33}, {"phase": "post_return", "percent": 67}],
            ]
        ),
    }
)


@given(
    st.lists(RULE, min_size=1, max_size=4),
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(0, 30),
    st.integers(0, 10**7),
)
def test_no_line_is_negative_caps_hold_and_the_arithmetic_is_shown(
    rules: list[dict[str, Any]], adults: int, minors: int, months: int, cap: int
) -> None:
    named = [{**rule, "id": f"r{number}"} for number, rule in enumerate(rules)]
    table = {"currency": "CHF", "rules": named, "caps": [{"codes": ["a"], "amount_minor": cap}]}
    lines = quote(table, family(adults, minors), Circumstances({"stay_months": months}))
    assert all(line.amount_minor > 0 for line in lines)
    assert sum(line.amount_minor for line in lines if line.code == "a") <= cap
    assert all(line.steps[-1].amount_minor == line.amount_minor for line in lines)
