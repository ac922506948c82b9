"""Laws of the quote engine over generated tables and families: money is whole, caps hold, order and splits do not pay."""

from __future__ import annotations

import copy
import os
from dataclasses import asdict
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.local import programmes
from services.registry.contracts.rule_table import RuleTable
from services.registry.domain.entitlement_facts import (
    Circumstances,
    Granted,
    QuotedPerson,
    asked,
    circumstances_of,
    person_of,
    stored,
)
from services.registry.domain.quote import Calculation, calculate
from services.registry.domain.rule_reach import dead_parts
from tests.registry.arithmetic import redo_all, redo_limit
from tests.registry.families import of

EXAMPLES = settings(max_examples=int(os.environ.get("WAYHOME_EXAMPLES", "60")), deadline=None)
AMOUNT = st.integers(0, 10**7)
PERCENT = st.integers(0, 100)
CONDITION = st.recursive(
    st.sampled_from(
        [
            {"need": "workshop"},
            {"fact": "stay_months", "below": 6},
            {"fact": "stay_months", "from": 12},
            {"choice": "tier", "in": ["one"]},
            {"programme": "other"},
            {"destination": ["GEO"]},
            {"persons": {"age": "minor"}, "from": 2},
        ]
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=3,
)
WHO = st.sampled_from(
    [
        {"age": "adult"},
        {"age": "minor"},
        {"role": "principal"},
        {"role": "dependant"},
        {"below_age_years": 12},
        {"from_age_years": 14},
        {"group": "near"},
        {"not_group": "near"},
        {"assisted": {"within_years": 5}},
    ]
)
PAID = st.sampled_from(
    [
        {"phase": "departure_cash"},
        {"instalments": [{"phase": "departure_cash", "percent": 33}, {"phase": "post_return", "percent": 67}]},
    ]
)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "when": CONDITION,
        "reductions": st.lists(
            st.one_of(
                st.fixed_dictionaries({"when": CONDITION, "percent": PERCENT}),
                st.fixed_dictionaries({"when": CONDITION, "minus_minor": AMOUNT}),
            ),
            max_size=2,
        ),
        "tiers": st.lists(st.fixed_dictionaries({"when": CONDITION, "amount_minor": AMOUNT}), max_size=2),
        "floors": st.lists(st.fixed_dictionaries({"when": CONDITION, "amount_minor": AMOUNT}), max_size=1),
        "minimum_minor": AMOUNT,
        "rounding": st.sampled_from(
            [{"to_minor": unit, "direction": way} for way in ("down", "nearest", "up") for unit in (5, 100)]
        ),
    },
)
PER_PERSON = st.fixed_dictionaries({"per": st.just("person"), "amount_minor": AMOUNT, "code": st.sampled_from("ab")}, optional={"who": WHO})  # fmt: skip
PER_FILE = st.fixed_dictionaries({"per": st.just("file"), "amount_minor": AMOUNT, "code": st.sampled_from("ab")}, optional={"times": st.just({"fact": "supplements", "at_most": 3})})  # fmt: skip
RULE = st.builds(lambda what, paid, more: {**what, **paid, **more}, st.one_of(PER_PERSON, PER_FILE), PAID, MORE)
ELIGIBILITY = st.lists(
    st.fixed_dictionaries(
        {"effect": st.sampled_from(["exclude", "review"]), "text": st.just("Because.")},
        optional={"who": WHO, "when": CONDITION},
    ),
    max_size=2,
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    rules = draw(st.lists(RULE, min_size=1, max_size=4))
    rules.append({"code": "a", "per": "person", "amount_minor": draw(AMOUNT), "phase": "travel"})
    entries = draw(ELIGIBILITY)
    table: dict[str, Any] = {
        "currency": "EUR",
        "groups": {"near": {"countries": ["GEO"]}},
        "rules": [{**rule, "id": f"r{number}"} for number, rule in enumerate(rules)],
        "eligibility": [{**entry, "id": f"e{number}"} for number, entry in enumerate(entries)],
        "caps": [{"id": "cap", "codes": ["a"], "amount_minor": draw(AMOUNT)}],
    }
    if draw(st.booleans()):
        table["caps"].append({"id": "each", "codes": ["a"], "amount_minor": draw(AMOUNT), "per": "person"})
    if draw(st.booleans()):
        table["offsets"] = [{"id": "offset", "programme": "other", "codes": ["a"], "percent": draw(PERCENT)}]
    RuleTable.model_validate(table)
    return table


@st.composite
def families(draw: st.DrawFn, *, least: int = 1) -> list[QuotedPerson]:
    ages = draw(st.lists(st.one_of(st.none(), st.integers(0, 90)), min_size=least, max_size=7))
    return [
        QuotedPerson(
            f"p{number}",
            "main_applicant" if number == 0 else "other",
            minor=age is not None and age < 18,
            age_years=age,
            citizenships=draw(st.sampled_from([(), ("GEO",), ("ALB",)])),
            assisted=draw(st.sampled_from([None, ()])),
        )
        for number, age in enumerate(ages)
    ]


CIRCUMSTANCES = st.builds(
    Circumstances,
    numbers=st.fixed_dictionaries({}, optional={"stay_months": st.integers(0, 30), "supplements": st.integers(0, 5)}),
    needs=st.sampled_from([frozenset(), frozenset({"workshop"})]),
    choices=st.sampled_from([{}, {"tier": "one"}, {"tier": "two"}]),
    destination=st.sampled_from([None, "GEO", "ALB"]),
    granted=st.lists(st.builds(Granted, AMOUNT, st.just("EUR"), st.just("other")), max_size=1).map(tuple),
)


@EXAMPLES
@given(tables(), families(), CIRCUMSTANCES)
def test_money_is_whole_never_negative_caps_hold_and_the_arithmetic_ends_at_the_amount(
    table: dict[str, Any], people: list[QuotedPerson], facts: Circumstances
) -> None:
    found = calculate(table, people, facts)
    assert all(type(line.amount_minor) is int and line.amount_minor > 0 for line in found.lines)
    assert found.total_minor == sum(line.amount_minor for line in found.lines)
    assert of(found, "a") <= table["caps"][0]["amount_minor"]
    _redone(found, table["currency"])
    paying = {line.rule for line in found.lines}
    never = {table["rules"][int(where.split("/")[1])]["id"] for where, _ in dead_parts(table) if where.count("/") == 1 and where.startswith("rules")}  # fmt: skip
    assert not paying & never, "a rule that was said never to apply has applied"
    if len(table["caps"]) == 2:
        for person in people:
            own = sum(
                line.amount_minor for line in found.lines if (line.code, line.person_ref) == ("a", person.person_ref)
            )
            assert own <= table["caps"][1]["amount_minor"]
    if found.eligibility.outcome == "not_eligible":
        assert not found.lines


def _redone(found: Calculation, currency: str) -> None:
    """Whoever does the arithmetic again from the words comes to the same amounts."""
    redo_all([asdict(line) for line in found.lines])
    for limit in found.adjustments:
        redo_limit(asdict(limit), currency)


@EXAMPLES
@given(st.sampled_from(programmes.names()), st.sampled_from(("EUR", "XOF", "TND")), families(), st.data())
def test_the_arithmetic_of_shipped_tables_can_be_done_again_in_every_kind_of_currency(
    name: str, currency: str, people: list[QuotedPerson], data: st.DataObject
) -> None:
    table = {**programmes.shipped(name)["table"], "currency": currency}
    names = asked(table)
    facts = Circumstances(
        numbers={"stay_months": data.draw(st.integers(0, 6))},
        needs=frozenset(data.draw(st.sets(st.sampled_from(sorted(names.get("need", {"none"})))))),
        choices={"tier": data.draw(st.sampled_from(("one", "two", "d")))},
        dates={"application": date(2026, 3, 2)},
    )
    _redone(calculate(table, people, facts), currency)


@EXAMPLES
@given(tables(), families(), CIRCUMSTANCES, st.randoms(use_true_random=False))
def test_the_order_of_persons_does_not_matter(
    table: dict[str, Any], people: list[QuotedPerson], facts: Circumstances, chance: Any
) -> None:
    shuffled = copy.copy(people)
    chance.shuffle(shuffled)
    assert calculate(table, shuffled, facts) == calculate(table, people, facts)


@EXAMPLES
@given(AMOUNT, AMOUNT, AMOUNT, families(least=2), st.data())
def test_splitting_a_family_neither_wins_nor_loses_under_its_cap(
    adult: int, minor: int, cap: int, people: list[QuotedPerson], data: st.DataObject
) -> None:
    rules = [
        {"id": age, "code": "a", "per": "person", "who": {"age": age}, "amount_minor": amount, "phase": "travel"}
        for age, amount in (("adult", adult), ("minor", minor))
    ]
    table = {"currency": "EUR", "rules": rules, "caps": [{"codes": ["a"], "amount_minor": cap}]}
    whole = calculate(table, people, Circumstances())
    cut = data.draw(st.integers(1, len(people) - 1))
    first = calculate(table, people[:cut], Circumstances())
    known = tuple(Granted(line.amount_minor, "EUR", None, line.code) for line in first.lines)
    second = calculate(table, people[cut:], Circumstances(granted=known))
    assert first.total_minor + second.total_minor == whole.total_minor
    forgotten = calculate(table, people[cut:], Circumstances())
    if whole.adjustments[0].cut_minor == 0:
        assert first.total_minor + forgotten.total_minor == whole.total_minor, "without a cut a split changes nothing"
    assert forgotten.total_minor <= cap


@EXAMPLES
@given(families(), CIRCUMSTANCES)
def test_what_is_kept_with_a_quote_is_what_was_quoted(people: list[QuotedPerson], facts: Circumstances) -> None:
    assert [person_of(stored(person)) for person in people] == people
    assert circumstances_of(stored(facts)) == facts
