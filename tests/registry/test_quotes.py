"""The quote engine against the check cases of the field, and the tables that are shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from deploy.local import programmes
from services.registry.contracts.rule_table_reading import read_table
from services.registry.domain.entitlement_facts import Assistance, Circumstances, Granted
from services.registry.domain.quote import calculate
from tests.registry.families import NOTHING, ON, family, of, total, words

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


def shipped(name: str) -> dict[str, Any]:
    return read_table(programmes.shipped(name)["table"])


class TestCheckCases:
    """The check cases of the published programmes, each with the explanation a caseworker reads."""

    def test_two_adults_and_four_minors_reach_the_family_cap_of_reag_garp_exactly(self) -> None:
        found = calculate(shipped("deu-reag-garp-4000"), family(2, 4, assisted=()), NOTHING)
        assert of(found, "start_up") == 400_000
        assert of(found, "travel") == 80_000
        (cap,) = found.adjustments
        assert (cap.before_minor, cap.cut_minor) == (400_000, 0)
        assert cap.text == "cap of the file of 4,000.00 EUR: 4,000.00 EUR due, reached exactly, nothing is cut"
        assert cap.source == "foerderdatenbank.de: REAG/GARP programme"
        assert words(found, "start-minor") == ["start_up: base amount 500.00 EUR"]
        assert found.eligibility.outcome == "eligible"

    def test_the_other_official_page_cuts_the_same_family_to_3500(self) -> None:
        found = calculate(shipped("deu-reag-garp-3500"), family(2, 4, assisted=()), NOTHING)
        assert of(found, "start_up") == 350_000
        (cap,) = found.adjustments
        assert cap.text == "cap of the file of 3,500.00 EUR: 4,000.00 EUR due, cut by 500.00 EUR to 3,500.00 EUR"
        assert cap.source == "frnrw.de: REAG/GARP 2.0"
        assert len([line for line in found.lines if line.code == "start_up"]) == 5, "the last child's line is cut away"

    @pytest.mark.parametrize(
        ("name", "expected", "partner"),
        [("frontex-eurp-per-adult", 600_000, 200_000), ("frontex-eurp-per-principal", 500_000, 100_000)],
    )
    def test_the_two_readings_of_the_european_programme(self, name: str, expected: int, partner: int) -> None:
        found = calculate(shipped(name), family(2, 2), NOTHING)
        assert of(found) == expected
        assert next(line.amount_minor for line in found.lines if line.person_ref == "a1") == partner
        assert words(found, found.lines[0].rule) == ["package: base amount 2,000.00 EUR"]

    def test_the_post_arrival_value_is_615_euro(self) -> None:
        found = calculate(
            shipped("frontex-eurp-per-adult"), family(1, 0), Circumstances(needs=frozenset({"post_arrival"}))
        )
        assert of(found, "post_arrival_package") == 61_500

    def test_starthilfe_plus_is_graded_halved_for_the_young_and_paid_in_halves(self) -> None:
        facts = Circumstances(choices={"tier": "two"}, dates={"departure": date(2018, 3, 31)})
        found = calculate(shipped("deu-starthilfe-plus"), family(2, 3), facts)
        assert of(found, "start_up_plus") == 2 * 80_000 + 3 * 40_000 + 50_000
        child = [line for line in found.lines if line.person_ref == "c0"]
        assert [(line.phase, line.amount_minor) for line in child] == [
            ("departure_cash", 20_000),
            ("post_return", 20_000),
        ]
        assert [step.text for step in child[1].steps] == [
            "start_up_plus: amount 800.00 EUR (tier is two)",
            "50 % of 800.00 EUR = 400.00 EUR: 8 years on application, under 12",
            "instalment 2 of 2: 50 % of 400.00 EUR = 200.00 EUR",
        ]
        due = child[1].due
        assert due is not None
        assert (due.from_on, due.to_on) == (date(2018, 9, 30), date(2018, 11, 30))

    def test_the_first_tier_is_1200_and_help_in_kind_is_for_a_family_or_one(self) -> None:
        table = shipped("deu-starthilfe-plus")
        assert total(table, family(1, 0), choices={"tier": "one"}) == 120_000
        assert total(table, family(2, 2), choices={"tier": "one"}) == 2 * 120_000 + 2 * 60_000
        assert total(table, family(1, 0), choices={"tier": "d"}) == 100_000 + 150_000
        assert total(table, family(2, 0), choices={"tier": "d"}) == 200_000 + 300_000
        action = Circumstances(choices={"tier": "d"}, needs=frozenset({"housing_2018"}))
        assert of(calculate(table, family(2, 0), action), "housing_2018") == 300_000

    def test_belgium_pays_less_to_the_visa_free_and_nothing_within_five_years(self) -> None:
        table, facts = shipped("bel-fedasil"), Circumstances(dates={"application": ON})
        people = family(2, 1, assisted=(), citizenships=("GEO",))
        assert of(calculate(table, people, facts)) == 2 * 35_000 + 17_500
        free = [replace(person, groups=("visa_free",)) for person in people]
        found = calculate(table, free, facts)
        assert of(found) == 2 * 5_000 + 2_500
        assert words(found, "premium-adult") == ["return_premium: amount 50.00 EUR (of the group visa_free)"]
        helped = [replace(person, assisted=(Assistance(date(2021, 3, 3)),)) for person in people]
        refused = calculate(table, helped, facts)
        assert (refused.eligibility.outcome, refused.lines) == ("not_eligible", ())
        assert refused.eligibility.reasons[0].because == "last assisted on 2021-03-03, less than 5 years before"
        later = [replace(person, assisted=(Assistance(date(2021, 3, 2)),)) for person in people]
        assert calculate(table, later, facts).eligibility.outcome == "eligible", "five years to the day are over"

    def test_years_from_a_leap_day_end_on_the_first_of_march(self) -> None:
        table, (person,) = shipped("bel-fedasil"), family(1, 0, assisted=(), citizenships=("GEO",))
        helped = replace(person, assisted=(Assistance(date(2024, 2, 29)),))
        for day, outcome in ((date(2029, 2, 28), "not_eligible"), (date(2029, 3, 1), "eligible")):
            facts = Circumstances(dates={"application": day})
            assert calculate(table, [helped], facts).eligibility.outcome == outcome

    def test_belgium_excludes_its_own_and_the_old_union(self) -> None:
        people = family(1, 0, assisted=(), citizenships=("PRT",))
        found = calculate(shipped("bel-fedasil"), people, Circumstances(dates={"application": ON}))
        assert [reason.rule for reason in found.eligibility.reasons] == ["old-eu-15"]

    def test_germany_helps_again_whoever_left_as_a_minor(self) -> None:
        table = shipped("deu-reag-garp-4000")
        grown = [replace(family(1, 0)[0], assisted=(Assistance(date(2015, 5, 1), as_minor=True),))]
        again = [replace(family(1, 0)[0], assisted=(Assistance(date(2015, 5, 1)),))]
        assert calculate(table, grown, NOTHING).eligibility.outcome == "eligible"
        assert calculate(table, again, NOTHING).eligibility.outcome == "not_eligible"
        expelled = calculate(table, grown, Circumstances(needs=frozenset({"expelled"})))
        assert (expelled.eligibility.outcome, of(expelled)) == ("limited", 20_000)

    def test_austria_as_reported(self) -> None:
        assert total(shipped("aut-return-assistance"), family(1, 0)) == 100_000 + 20_000 + 280_000

    def test_switzerland_halves_lump_sums_after_a_short_stay(self) -> None:
        table = shipped("che-return-assistance")
        assert total(table, family(2, 2), numbers={"stay_months": 14}) == 20_000 + 200_000 + 100_000 + 300_000
        short = calculate(table, family(2, 2), Circumstances({"stay_months": 2}))
        assert of(short) == 20_000 + 100_000 + 50_000 + 300_000
        assert words(short, "lump-sum-adult") == [
            "lump_sum: base amount 1,000.00 CHF",
            "50 % of 1,000.00 CHF = 500.00 CHF: stay_months is 2, below 3",
        ]

    def test_switzerland_has_more_for_special_needs_and_other_travel_money_in_exceptional_cases(self) -> None:
        table, facts = shipped("che-return-assistance"), {"numbers": {"stay_months": 14}}
        assert (
            total(table, family(1, 0), "additional_assistance", needs=frozenset({"special_needs"}), **facts) == 500_000
        )
        exceptional = frozenset({"exceptional_travel"})
        assert total(table, family(1, 0), "travel_money", needs=exceptional, **facts) == 50_000
        assert total(table, family(2, 1), "travel_money", needs=exceptional, **facts) == 100_000
        assert total(table, family(1, 0), "additional_assistance", needs=frozenset({"centre_tariff"}), **facts) == 0


def test_what_is_not_recorded_leaves_the_answer_open_and_is_named() -> None:
    """The lines are what is known; nobody may take them for the last word."""
    plus, belgium = shipped("deu-starthilfe-plus"), shipped("bel-fedasil")
    ageless = [replace(person, age_years=None) for person in family(1, 1, assisted=(), citizenships=("GEO",))]
    found = calculate(plus, ageless, Circumstances(choices={"tier": "one"}))
    assert (of(found), found.unknown, found.eligibility.outcome) == (240_000, ("age on application",), "open")
    grown = calculate(plus, ageless[:1], Circumstances(choices={"tier": "one"}))
    assert (grown.unknown, grown.eligibility.outcome) == ((), "eligible"), "a grown-up is not under 12"
    school = {**STAGED["rules"][0], "who": {"below_age_years": 18}, "reductions": []}
    child = calculate({**STAGED, "rules": [school]}, ageless, NOTHING)
    assert ({line.person_ref for line in child.lines}, child.unknown) == ({"c0"}, ()), "a minor is under 18"
    unasked = calculate(STAGED, family(1, 0), NOTHING)
    assert (of(unasked), unasked.unknown, unasked.eligibility.outcome) == (120_000, ("stay_months",), "open")
    nowhere = [replace(person, citizenships=()) for person in ageless]
    assert calculate(belgium, nowhere, Circumstances(dates={"application": ON})).unknown == ("citizenships",)


def test_help_elsewhere_that_cannot_be_counted_is_named_and_what_can_be_is_counted() -> None:
    table = shipped("deu-reag-garp-4000")
    with_offset = {**table, "offsets": [{"id": "other", "programme": "other", "codes": ["start_up"], "percent": 50}]}
    people = family(2, 4, assisted=())
    for given, unknown, start_up in (
        (Granted(70_000, "EUR", None, "start_up"), (), 330_000),
        (Granted(70_000, "CHF", None, "start_up"), ("amount of another file in EUR",), 400_000),
        (Granted(70_000, "EUR"), ("kind of help in another file",), 400_000),
        (Granted(70_000, "EUR", None, "travel"), (), 400_000),
        (Granted(70_001, "EUR", "other"), (), 365_000),
    ):
        found = calculate(with_offset, people, Circumstances(granted=(given,)))
        assert (of(found, "start_up"), found.unknown) == (start_up, unknown), given
    both = (Granted(70_000, "EUR", "other"), Granted(70_000, "CHF", "other"))
    found = calculate(with_offset, people, Circumstances(granted=both))
    assert (of(found, "start_up"), found.unknown) == (365_000, ("amount of other in EUR",))


def test_each_step_says_what_a_pencil_needs() -> None:
    rule = {"id": "r", "code": "grant", "per": "file", "amount_minor": 1_001, "phase": "travel"}
    times = {**rule, "times": {"fact": "supplements", "at_most": 3}}
    for changed, numbers, expected in (
        (times, {"supplements": 5}, "3 x 10.01 EUR = 30.03 EUR: supplements is 5, at most 3 count"),
        (times, {"supplements": 3}, "3 x 10.01 EUR = 30.03 EUR"),
        ({**rule, "reductions": [{"fact": "m", "from": 0, "percent": 50}]}, {"m": 1}, "50 % of 10.01 EUR, rounded down = 5.00 EUR: m is 1, at least 0"),
        ({**rule, "minimum_minor": 1, "reductions": [{"fact": "m", "from": 0, "minus_minor": 2_000}]}, {"m": 1}, "10.01 EUR - 20.00 EUR, not below nothing = 0.00 EUR: m is 1, at least 0"),
    ):  # fmt: skip
        found = calculate({"currency": "EUR", "rules": [changed]}, family(1, 0), Circumstances(numbers=numbers))
        assert expected in words(found, "r")


@pytest.mark.parametrize("name", programmes.names())
def test_every_shipped_table_names_its_sources_and_leaves_nothing_open(name: str) -> None:
    document = programmes.shipped(name)
    table = read_table(document["table"])
    assert document["sources"]
    assert document["outward_name"] in ("Return programme", "Reintegration programme")
    assert all(rule["source"] for rule in table["rules"])
    calculated = calculate(
        table,
        family(2, 3, assisted=(), citizenships=("GEO",)),
        Circumstances({"stay_months": 14}, choices={"tier": "one"}, dates={"application": ON}),
    )
    assert calculated.total_minor > 0
    assert calculated.unknown == ()
