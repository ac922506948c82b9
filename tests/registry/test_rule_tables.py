"""What a rule table may say: the schema, and every fault with the place where it is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from deploy.local import programmes
from services.registry.contracts.rule_table_reading import RuleTableInvalid, read_table, rule_table_schema
from services.registry.domain.rule_differences import differences

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
    "a day that is none": (rule(valid_from="2026-02-30"), "rules/0/valid_from", "calendar"),
    "days the wrong way round": (rule(valid_from="2026-02-02", valid_to="2026-02-01"), "rules/0/valid_to", "before valid_from"),
}  # fmt: skip


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
