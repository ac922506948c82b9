"""Where a rule begins and ends, to the day, the unit and the person: each case is one that a slip in the engine would
turn, and nothing else would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registry.contracts.rule_table_reading import read_table
from services.registry.domain.entitlement_facts import Assistance, Circumstances, Granted, QuotedPerson, only_asked
from services.registry.domain.quote import calculate
from tests.registry.families import family

RULE: dict[str, Any] = {"id": "r", "code": "grant", "per": "person", "amount_minor": 1_000_00, "phase": "travel"}
FILE = {**RULE, "per": "file"}
DAY = date(2026, 3, 2)
BELOW = {"fact": "m", "below": 3}
ONE = family(1, 0, assisted=(), citizenships=("GEO",))
TWO = family(2, 0, assisted=(), citizenships=("GEO",))
WARD = QuotedPerson("w", "ward", minor=True, age_years=16)
YOUNG = QuotedPerson("young", "main_applicant", minor=True, age_years=17)
NEAR = {"near": {"countries": ["ARM"]}}
FIVE = [{"id": "e", "effect": "exclude", "text": "No.", "who": {"assisted": {"within_years": 5}}}]
ROLES = [
    {**RULE, "who": {"role": "principal"}},
    {**RULE, "id": "s", "amount_minor": 400_00, "who": {"role": "dependant"}},
]
LATE = {"late_persons": {"allowed_until": "departure", "percent": 50}}
DECIDED = {"application": DAY, "decision": date(2026, 4, 1), "departure": date(2026, 5, 1)}
SHARES = [{"phase": "travel", "percent": 100, "due": {"reference": "departure", "after_months": 6}}]


def helped(*days: str) -> list[QuotedPerson]:
    return [replace(ONE[0], assisted=tuple(Assistance(date.fromisoformat(day)) for day in days))]


def added(day: str) -> list[QuotedPerson]:
    return [ONE[0], replace(TWO[1], added_on=date.fromisoformat(day))]


def table(*rules: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return read_table({"currency": "EUR", "rules": list(rules), **more})


def facts(**more: Any) -> Circumstances:
    return Circumstances(**{"dates": {"application": DAY}, **more})


Case = tuple[dict[str, Any], list[QuotedPerson], Circumstances, int, tuple[str, ...]]
CASES: dict[str, Case] = {
    "another file has used more than the cap": (table(RULE, caps=[{"codes": ["grant"], "amount_minor": 500_00}]), ONE, facts(granted=(Granted(600_00, "EUR", None, "grant"),)), 0, ()),
    "a cap whose condition is not recorded": (table(RULE, caps=[{"codes": ["grant"], "amount_minor": 500_00, "when": BELOW}]), ONE, facts(), 1_000_00, ("m",)),
    "a cap of each person": (table(RULE, {**RULE, "id": "s"}, caps=[{"codes": ["grant"], "amount_minor": 1_500_00, "per": "person"}]), TWO, facts(), 3_000_00, ()),
    "a programme that is not asked about": (table(RULE, offsets=[{"programme": "other", "codes": ["grant"]}]), ONE, facts(granted=(Granted(600_00, "EUR", "third"),)), 1_000_00, ()),
    "below is less than": (table({**RULE, "reductions": [{**BELOW, "percent": 50}]}), ONE, facts(numbers={"m": 3}), 1_000_00, ()),
    "from is at least": (table({**RULE, "reductions": [{"fact": "m", "from": 3, "percent": 50}]}), ONE, facts(numbers={"m": 3}), 500_00, ()),
    "the latest help counts": (table(RULE, eligibility=FIVE), helped("2001-01-01", "2025-01-01"), facts(), 0, ()),
    "added on the day of the decision": (table(RULE, **LATE), added("2026-04-01"), facts(dates=DECIDED), 2_000_00, ()),
    "added the day after": (table(RULE, **LATE), added("2026-04-02"), facts(dates=DECIDED), 1_500_00, ()),
    "added on the last day": (table(RULE, **LATE), added("2026-05-01"), facts(dates=DECIDED), 1_500_00, ()),
    "added after it": (table(RULE, **LATE), added("2026-05-02"), facts(dates=DECIDED), 1_000_00, ()),
    "a group that was recorded needs no citizenship": (table({**RULE, "who": {"group": "near"}}, groups=NEAR), [replace(ONE[0], citizenships=(), groups=("near",))], facts(), 1_000_00, ()),
    "a count that hangs on a citizenship": (table({**FILE, "when": {"persons": {"group": "near"}, "from": 1}}, groups=NEAR), [replace(ONE[0], citizenships=())], facts(), 0, ("citizenships",)),
    "a count that does not": (table({**FILE, "when": {"persons": {"group": "near"}, "from": 1}}, groups=NEAR), [replace(ONE[0], citizenships=()), replace(TWO[1], citizenships=("ARM",))], facts(), 1_000_00, ()),
    "half a unit goes up to the nearest": (table({**RULE, "amount_minor": 333_50, "rounding": {"to_minor": 100, "direction": "nearest"}}), ONE, facts(), 334_00, ()),
    "less than half goes down": (table({**RULE, "amount_minor": 333_49, "rounding": {"to_minor": 100, "direction": "nearest"}}), ONE, facts(), 333_00, ()),
    "a whole unit stays when others go up": (table({**RULE, "rounding": {"to_minor": 100, "direction": "up"}}), ONE, facts(), 1_000_00, ()),
    "the rule's own rounding": (table({**RULE, "amount_minor": 333_49, "rounding": {"to_minor": 1000, "direction": "up"}}, rounding={"to_minor": 100, "direction": "down"}), ONE, facts(), 340_00, ()),
    "the first tier that holds": (table({**RULE, "tiers": [{"when": {"need": "a"}, "amount_minor": 1}, {"when": {"need": "b"}, "amount_minor": 2}]}), ONE, facts(needs=frozenset("ab")), 1, ()),
    "a floor whose condition is not recorded": (table({**RULE, "floors": [{"when": BELOW, "amount_minor": 2_000_00}]}), ONE, facts(), 1_000_00, ("m",)),
    "what concerns somebody else is not missing": (table({**RULE, "reductions": [{"who": {"age": "minor"}, "when": BELOW, "percent": 50}]}), ONE, facts(), 1_000_00, ()),
    "the first day of a rule": (table({**RULE, "valid_from": "2026-03-02"}), ONE, facts(), 1_000_00, ()),
    "the day before it": (table({**RULE, "valid_from": "2026-03-03"}), ONE, facts(), 0, ()),
    "the last day of a rule": (table({**RULE, "valid_to": "2026-03-02"}), ONE, facts(), 1_000_00, ()),
    "the day after it": (table({**RULE, "valid_to": "2026-03-01"}), ONE, facts(), 0, ()),
    "whoever is excluded is not counted": (table({**FILE, "tiers": [{"when": {"persons": {}, "from": 2}, "amount_minor": 1}]}, eligibility=FIVE), [*helped("2025-01-01"), TWO[1]], facts(), 1_000_00, ()),
    "dependants stay dependants without their leader": (table(*ROLES, eligibility=FIVE), [*helped("2025-01-01"), TWO[1]], facts(), 400_00, ()),
    "a young main applicant comes before a grown-up": (table(*ROLES, caps=[{"codes": ["grant"], "amount_minor": 1_100_00}]), [TWO[1], YOUNG], facts(), 1_100_00, ()),
    "a ward beside a main applicant leads nobody": (table(*ROLES), [ONE[0], WARD], facts(), 1_400_00, ()),
    "a ward alone leads the file": (table(*ROLES), [WARD], facts(), 1_000_00, ()),
    "eighteen on the reference day": (table({**RULE, "who": {"age": "adult"}}), [replace(YOUNG, ages={"application": 18})], facts(), 1_000_00, ()),
    "an exclusion that hangs on a missing fact": (table(RULE, eligibility=[{"id": "e", "effect": "exclude", "text": "No.", "when": BELOW}]), ONE, facts(), 1_000_00, ("m",)),
    "a review of somebody": (table(RULE, eligibility=[{"id": "e", "effect": "review", "text": "Look.", "who": {"role": "principal"}, "when": {"need": "a"}}]), ONE, facts(), 1_000_00, ()),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_a_rule_holds_exactly_where_it_says(what: str) -> None:
    rules, people, circumstances, expected, unknown = CASES[what]
    found = calculate(rules, people, circumstances)
    assert (found.total_minor, found.unknown) == (expected, unknown)
    assert found.eligibility.outcome in (("open",) if unknown else ("eligible", "limited", "not_eligible"))
    for limit in found.adjustments:
        assert limit.cut_minor == max(limit.before_minor - limit.limit_minor, 0)
        assert 0 <= limit.cut_minor <= limit.before_minor


def test_a_cut_begins_with_whoever_comes_last() -> None:
    rules = table(RULE, caps=[{"codes": ["grant"], "amount_minor": 1_100_00}])
    found = calculate(rules, [TWO[1], YOUNG], facts())
    assert [(line.person_ref, line.amount_minor) for line in found.lines] == [("young", 1_000_00), ("a1", 100_00)]
    older = replace(WARD, person_ref="z", age_years=17)
    alone = calculate(table(*ROLES), [WARD, older], facts())
    assert {line.person_ref: line.amount_minor for line in alone.lines} == {"z": 1_000_00, "w": 400_00}


def test_nothing_is_said_that_did_not_happen() -> None:
    exact = calculate(table({**RULE, "minimum_minor": 1_000_00}), ONE, facts())
    assert [step.text for step in exact.lines[0].steps] == ["grant: base amount 1,000.00 EUR"]
    later = {name: value for name, value in RULE.items() if name != "phase"} | {"instalments": SHARES}
    (line,) = calculate(table(later), ONE, facts(dates={"departure": date(2026, 8, 31)})).lines
    assert line.due is not None
    assert (line.due.from_on, line.due.to_on) == (date(2027, 2, 28),) * 2


def test_what_is_not_asked_is_not_kept_whoever_records_it() -> None:
    given = facts(needs=frozenset({"a"}), choices={"b": "one"}, numbers={"m": 1}, destination="GEO")
    (person,), kept = only_asked(table({**RULE, "when": {"need": "z"}}), ONE, given)
    assert (kept.needs, kept.choices, kept.numbers, kept.destination) == (frozenset(), {}, {}, None)
    assert (person.citizenships, person.assisted) == ((), None)
