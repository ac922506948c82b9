"""What a rule table may say: the schema, and every fault with the place where it is."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from deploy.local import programmes
from services.registry.contracts.rule_table_reading import RuleTableInvalid, read_table, rule_table_schema
from services.registry.domain.entitlement_facts import Circumstances
from services.registry.domain.quote import calculate
from services.registry.domain.rule_differences import differences
from services.registry.domain.rule_size import questions
from tests.registry.families import family

RULE: dict[str, Any] = {"id": "a", "code": "start_up", "per": "person", "amount_minor": 1000, "phase": "travel"}
TABLE: dict[str, Any] = {
    "currency": "EUR",
    "groups": {"near": {"countries": ["GEO"]}},
    "eligibility": [{"id": "e", "effect": "exclude", "text": "No.", "who": {"group": "near"}}],
    "rules": [RULE],
    "caps": [{"codes": ["start_up"], "amount_minor": 5000}],
}


def faults(table: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleTableInvalid) as caught:
        read_table(table)
    return [(fault.where, fault.message) for fault in caught.value.faults]


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    table = copy.deepcopy(TABLE)
    change(table)
    return table


def rule(**fields: Any) -> dict[str, Any]:
    return changed(lambda table: table["rules"].__setitem__(0, {**RULE, **fields}))


def test_the_table_itself_is_without_fault_and_null_is_the_same_as_left_out() -> None:
    assert read_table(TABLE) == TABLE
    assert read_table(rule(who=None, minimum_minor=None)) == TABLE


WRONG: dict[str, tuple[Any, str, str]] = {
    "nothing at all": ({}, "currency", "Field required"),
    "no rules": ({**TABLE, "rules": []}, "rules", "at least 1 item"),
    "a word that does not exist": (rule(amuont=1), "rules/0/unknown", "not a word"),
    "a fraction of a cent": (rule(amount_minor=1.5), "rules/0/amount_minor", "valid integer"),
    "a number as text": (rule(amount_minor="1000"), "rules/0/amount_minor", "valid integer"),
    "true as an amount": (rule(amount_minor=True), "rules/0/amount_minor", "valid integer"),
    "less than nothing": (rule(amount_minor=-1), "rules/0/amount_minor", "greater than or equal to 0"),
    "per what": (rule(per="planet"), "rules/0/per", "'person' or 'file'"),
    "a phase that does not exist": (rule(phase="later"), "rules/0/phase", "pre_departure"),
    "no phase": (changed(lambda it: it["rules"][0].pop("phase")), "rules/0", "either phase or instalments"),
    "shares of 90 percent": (
        changed(lambda it: it["rules"].__setitem__(0, {**{k: v for k, v in RULE.items() if k != "phase"}, "instalments": [{"phase": "travel", "percent": 90}]})),
        "rules/0/instalments",
        "100 percent",
    ),
    "an instalment that ends before it begins": (
        changed(lambda it: it["rules"].__setitem__(0, {**{k: v for k, v in RULE.items() if k != "phase"}, "instalments": [{"phase": "travel", "percent": 100, "due": {"reference": "arrival", "after_months": 8, "until_months": 6}}]})),
        "rules/0/instalments/0/due",
        "before it begins",
    ),
    "the same id twice": (changed(lambda it: it["rules"].append(dict(RULE))), "rules/1/id", "used twice"),
    "a group nobody defined": (rule(who={"group": "far"}), "rules/0/who/group", "among the table's groups"),
    "a cap on nothing": (changed(lambda it: it["caps"][0].update(codes=["x"])), "caps/0/codes/0", "no rule has this code"),
    "a limit that leaves nothing": (changed(lambda it: it["eligibility"][0].update(effect="limit")), "eligibility/0/codes", "a limit needs it"),
    "two questions in one": (rule(when={"need": "a", "programme": "b"}), "rules/0/when", "exactly one of"),
    "no question": (rule(when={}), "rules/0/when", "exactly one of"),
    "a number without a limit": (rule(when={"fact": "stay_months"}), "rules/0/when", "from or below"),
    "a limit without a number": (rule(when={"need": "a", "below": 3}), "rules/0/when", "nothing else"),
    "a span of nothing": (rule(when={"fact": "a", "from": 3, "below": 3}), "rules/0/when", "less than"),
    "a fault deep inside": (rule(when={"all": [{"need": "a"}, {"not": {"any": [{"choice": "b"}]}}]}), "rules/0/when/all/1/not/any/0", "choice takes in"),
    "a reduction by nothing": (rule(reductions=[{"fact": "a", "below": 3}]), "rules/0/reductions/0", "percent or minus_minor"),
    "a reduction for nobody": (rule(reductions=[{"percent": 50}]), "rules/0/reductions/0", "either a fact, or when and who"),
    "persons in a file": (rule(per="file", tiers=[{"who": {"age": "adult"}, "amount_minor": 1}]), "rules/0/tiers/0/who", "no meaning per file"),
    "times for persons": (rule(times={"fact": "supplements"}), "rules/0/times", "per file only"),
    "persons that nobody is": (rule(who={"below_age_years": 3, "from_age_years": 3}), "rules/0", "contradict"),
    "a grown-up child": (rule(who={"age": "adult", "below_age_years": 18}), "rules/0", "contradict"),
    "in the group and not": (rule(who={"group": "near", "not_group": "near"}), "rules/0", "contradict"),
    "a need and its opposite": (rule(when={"all": [{"need": "a"}, {"not": {"any": [{"need": "b"}, {"need": "a"}]}}]}), "rules/0", "contradict"),
    "neither of two": (rule(when={"all": [{"choice": "b", "in": ["x", "y"]}, {"not": {"choice": "b", "in": ["y", "x"]}}]}), "rules/0", "contradict"),
    "no alternative is left": (rule(when={"all": [{"fact": "m", "below": 3}, {"any": [{"fact": "m", "from": 3}, {"destination": ["GEO"]}]}, {"not": {"destination": ["GEO"]}}]}), "rules/0", "contradict"),
    "neither below nor from": (rule(when={"all": [{"not": {"fact": "m", "below": 3}}, {"not": {"fact": "m", "from": 3}}]}), "rules/0", "contradict"),
    "more persons than a file takes": (rule(when={"persons": {}, "from": 31}), "rules/0", "contradict"),
    "fewer persons than any file has": (rule(when={"persons": {}, "below": 1}), "rules/0", "contradict"),
    "persons whom nobody is": (rule(when={"persons": {"below_age_years": 3, "from_age_years": 3}, "from": 1}), "rules/0", "contradict"),
    "a tier nobody gets": (rule(who={"age": "adult"}, tiers=[{"who": {"age": "minor"}, "amount_minor": 1}]), "rules/0/tiers/0", "contradict"),
    "a tier behind one that always holds": (rule(tiers=[{"amount_minor": 1}, {"when": {"need": "a"}, "amount_minor": 2}]), "rules/0/tiers/1", "never reached"),
    "the same tier twice": (rule(tiers=[{"when": {"need": "a"}, "amount_minor": 1}, {"when": {"need": "a"}, "amount_minor": 2}]), "rules/0/tiers/1", "never reached"),
    "a reduction nobody meets": (rule(when={"fact": "m", "from": 3}, reductions=[{"fact": "m", "below": 3, "percent": 50}]), "rules/0/reductions/0", "contradict"),
    "a reduction to everything": (rule(reductions=[{"fact": "m", "below": 3, "percent": 100}]), "rules/0/reductions/0", "changes nothing"),
    "a reduction by no money": (rule(reductions=[{"fact": "m", "below": 3, "minus_minor": 0}]), "rules/0/reductions/0", "changes nothing"),
    "a floor nobody meets": (rule(who={"role": "principal"}, floors=[{"who": {"role": "dependant"}, "amount_minor": 1}]), "rules/0/floors/0", "contradict"),
    "nothing for anybody": (rule(amount_minor=0), "rules/0", "pays nothing"),
    "nothing many times": (rule(per="file", times={"fact": "supplements", "at_most": 0}), "rules/0", "pays nothing"),
    "an exclusion with its own exception": (changed(lambda it: it["eligibility"][0].update(when={"need": "a"}, unless={"any": [{"need": "a"}, {"need": "b"}]})), "eligibility/0", "contradict"),
    "a cap that never holds": (changed(lambda it: it["caps"][0].update(when={"all": [{"programme": "p"}, {"not": {"programme": "p"}}]})), "caps/0", "contradict"),
    "an offset of nothing": (changed(lambda it: it.update(offsets=[{"programme": "p", "codes": ["start_up"], "percent": 0}])), "offsets/0", "changes nothing"),
    "a minimum that rounding undercuts": (rule(minimum_minor=1050, rounding={"to_minor": 100, "direction": "down"}), "rules/0/minimum_minor", "below what it promises"),
    "a floor that the table's rounding undercuts": (changed(lambda it: it.update(rounding={"to_minor": 100, "direction": "nearest"}, rules=[{**RULE, "floors": [{"when": {"need": "a"}, "amount_minor": 1049}]}])), "rules/0/floors/0/amount_minor", "below what it promises"),
    "a code that tells": (rule(code="extra_medical"), "rules/0/code", "must not tell"),
    "an id that tells": (rule(id="stage-1"), "rules/0/id", "must not tell"),
    "a day that is none": (rule(valid_from="2026-02-30"), "rules/0/valid_from", "calendar"),
    "days the wrong way round": (rule(valid_from="2026-02-02", valid_to="2026-02-01"), "rules/0/valid_to", "before valid_from"),
}  # fmt: skip


POSSIBLE: dict[str, Any] = {
    "a minor of unknown or disputed age": rule(who={"age": "minor", "from_age_years": 18}),
    "one of two alternatives": rule(when={"all": [{"need": "a"}, {"any": [{"not": {"need": "a"}}, {"need": "b"}]}]}),
    "a gap in the middle": rule(
        when={"all": [{"fact": "m", "from": 3}, {"not": {"fact": "m", "from": 5, "below": 9}}]}
    ),
    "a span of one": rule(when={"all": [{"fact": "m", "from": 3}, {"not": {"fact": "m", "from": 4}}]}),
    "one word left": rule(when={"all": [{"choice": "b", "in": ["x", "y"]}, {"not": {"choice": "b", "in": ["y"]}}]}),
    "not all of two": rule(when={"all": [{"need": "a"}, {"not": {"all": [{"need": "a"}, {"need": "b"}]}}]}),
    "not not": rule(when={"all": [{"need": "a"}, {"not": {"not": {"need": "a"}}}]}),
    "the largest file": rule(when={"persons": {}, "from": 30}),
    "none of those who are not there": rule(when={"persons": {"below_age_years": 3, "from_age_years": 3}, "below": 1}),
    "words that only begin alike": rule(id="village-hostage-skill"),
    "nothing as a rule, something as a tier": rule(amount_minor=0, tiers=[{"when": {"need": "a"}, "amount_minor": 2}]),
    "a minimum that rounding raises": rule(minimum_minor=1050, rounding={"to_minor": 100, "direction": "nearest"}),
    "another number": rule(when={"all": [{"fact": "m", "below": 3}, {"fact": "n", "from": 3}]}),
}


@pytest.mark.parametrize("what", POSSIBLE)
def test_what_some_family_could_meet_is_no_fault(what: str) -> None:
    assert read_table(POSSIBLE[what]) == POSSIBLE[what]


@pytest.mark.parametrize("what", WRONG)
def test_a_fault_is_named_with_its_place(what: str) -> None:
    table, where, message = WRONG[what]
    found = faults(table)
    assert any(place == where and message in text for place, text in found), found


def test_all_faults_come_at_once_and_nothing_of_the_table_is_repeated() -> None:
    table = {**rule(phase="secret-phase", secretword=1), "currency": "secret"}
    found = faults(table)
    assert {where for where, _ in found} == {"currency", "rules/0/phase", "rules/0/unknown"}
    assert "secret" not in str(found)


def test_nobody_can_hide_something_in_the_depth() -> None:
    deep: Any = {"need": "a"}
    for _ in range(5000):
        deep = {"not": deep}
    assert faults(rule(when=deep)) == [("table", "is nested more than 16 deep")]
    shallow: Any = {"need": "a"}
    for _ in range(10):
        shallow = {"not": shallow}
    assert read_table(rule(when=shallow))
    assert faults(rule(when={"not": {"not": {"not": {"not": shallow}}}})) == [("table", "is nested more than 16 deep")]


def test_a_table_that_asks_too_much_is_refused_at_once_and_the_largest_that_is_not_is_quick() -> None:
    count = {"persons": {"age": "minor", "below_age_years": 3}, "from": 2}
    many = [{**RULE, "id": f"r{n}", "tiers": [{"when": {"not": {**count, "from": place + 2}}, "amount_minor": 1} for place in range(40)]} for n in range(200)]  # fmt: skip
    started = time.process_time()
    ((where, message),) = faults({"currency": "EUR", "rules": many})
    assert (where, "at most 50000 are answered" in message) == ("table", True)
    assert faults({"currency": "EUR", "rules": [{**RULE, "id": f"r{n}"} for n in range(9000)]})[0][0] == "rules"
    entry = {"effect": "review", "text": "Look.", "who": {"group": "near", "not_group": "far", "age": "adult"}}
    entries = [{**entry, "id": f"e{n}"} for n in range(100)]
    groups: dict[str, Any] = {"near": {}, "far": {}}
    assert faults({"currency": "EUR", "rules": [RULE], "groups": groups, "eligibility": entries})[0][0] == "table"
    each = {key: value for key, value in RULE.items() if key != "phase"}
    shares = [{"phase": "travel", "percent": 8}] * 11 + [{"phase": "travel", "percent": 12}]
    largest = read_table(
        {"currency": "EUR", "rules": [{**each, "id": f"r{n}", "instalments": shares} for n in range(27)]}
    )
    assert 48_000 < questions(largest) <= 50_000
    calculate(largest, family(2, 28), Circumstances())
    assert time.process_time() - started < 5, "seconds of work; about one here"


@pytest.mark.parametrize("name", programmes.names())
def test_the_published_schema_accepts_what_is_shipped_and_refuses_slips(name: str) -> None:
    schema = rule_table_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    table = programmes.shipped(name)["table"]
    jsonschema.Draft202012Validator(schema).validate(table)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**table, "rules": [{**table["rules"][0], "amuont": 1}]})


def test_differences_name_what_came_went_and_changed() -> None:
    after = copy.deepcopy(TABLE)
    after["rules"][0] |= {"amount_minor": 1200, "minimum_minor": 100}
    after["rules"].append({**RULE, "id": "b"})
    after["caps"] = []
    after["quote_valid_days"] = 60
    found = [(it.part, it.entry, it.change, it.field) for it in differences(TABLE, after)]
    assert found == [
        ("quote_valid_days", None, "added", None),
        ("rules", "a", "changed", "amount_minor"),
        ("rules", "a", "added", "minimum_minor"),
        ("rules", "b", "added", None),
        ("caps", "cap-1", "removed", None),
    ]
    assert differences(TABLE, TABLE) == []
