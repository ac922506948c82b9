"""The check cases of the shipped programmes as a caseworker meets them: asked over HTTP, worked out by hand here, and
every line's arithmetic done again from its words."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local import programmes
from shared.testing.plugin import Run
from tests.registry.arithmetic import redo_all, redo_limit

pytestmark = pytest.mark.asyncio(loop_scope="session")
ON = "2026-03-02"


def people(adults: int, *ages: int, **more: Any) -> list[dict[str, Any]]:
    """So many adults of 30, the first of whom leads the file, and children of these ages."""
    grown = [{"person_ref": f"a{n}", "relation": "partner", "minor": False, "age_years": 30} for n in range(adults)]
    young = [
        {"person_ref": f"c{n}", "relation": "child", "minor": True, "age_years": age} for n, age in enumerate(ages)
    ]
    everybody: list[dict[str, Any]] = [{"citizenships": ["GEO"], "assisted": [], **it, **more} for it in grown + young]
    everybody[0]["relation"] = more.get("relation", "main_applicant")
    return everybody


def helped(day: str, **more: Any) -> dict[str, Any]:
    return {"assisted": [{"on": day, **more}]}


REAG, REAG_LESS, PLUS, FEDASIL, SWISS = "deu-reag-garp-4000", "deu-reag-garp-3500", "deu-starthilfe-plus", "bel-fedasil", "che-return-assistance"  # fmt: skip
BY_ADULT, BY_PRINCIPAL, AUSTRIA = "frontex-eurp-per-adult", "frontex-eurp-per-principal", "aut-return-assistance"
WARDS = people(0, 16, 15, relation="ward")
KNOWN: dict[str, Any] = {"numbers": {"stay_months": 14}}
NEEDS: dict[str, dict[str, Any]] = {name: {**KNOWN, "needs": [name]} for name in ("special_needs", "reasons_of_the_country", "exceptional_travel", "centre_tariff")}  # fmt: skip
Case = tuple[str, list[dict[str, Any]], dict[str, Any], dict[str, int], str]
CASES: list[Case] = [
    (REAG, people(2, 8, 8, 8, 8), {}, {"start_up": 4_000_00, "travel": 800_00}, "reached exactly, nothing is cut"),
    (REAG, people(2, 8, 8, 8, 8, 8), {}, {"start_up": 4_000_00, "travel": 900_00}, "4,500.00 EUR due, cut by 500.00 EUR to 4,000.00 EUR"),
    (REAG_LESS, people(2, 8, 8, 8, 8), {}, {"start_up": 3_500_00, "travel": 800_00}, "4,000.00 EUR due, cut by 500.00 EUR to 3,500.00 EUR"),
    (REAG, people(1), {"needs": ["medical_costs"]}, {"start_up": 1_000_00, "travel": 200_00, "further_costs": 2_000_00}, "base amount 2,000.00 EUR"),
    (REAG, people(1), {"needs": ["expelled"]}, {"travel": 200_00}, "the start-up grant is lost"),
    (REAG, people(1, groups=["visa_free"]), {}, {"travel": 200_00}, "get help with travel only"),
    (REAG, people(1, **helped("2001-05-01")), {}, {}, "once only"),
    (REAG, people(1, **helped("2001-05-01", as_minor=True)), {}, {"start_up": 1_000_00, "travel": 200_00}, "base amount 1,000.00 EUR"),
    (BY_ADULT, people(2, 8, 8), {}, {"package": 6_000_00}, "base amount 2,000.00 EUR"),
    (BY_PRINCIPAL, people(2, 8, 8), {}, {"package": 5_000_00}, "base amount 1,000.00 EUR"),
    (BY_PRINCIPAL, WARDS, {}, {"package": 3_000_00}, "base amount 2,000.00 EUR"),
    (BY_ADULT, people(1), {"needs": ["post_arrival"]}, {"package": 2_000_00, "post_arrival_package": 615_00}, "base amount 615.00 EUR"),
    (PLUS, people(1), {"choices": {"tier": "one"}}, {"start_up_plus": 1_200_00}, "instalment 2 of 2: 50 % of 1,200.00 EUR = 600.00 EUR"),
    (PLUS, people(1), {"choices": {"tier": "two"}}, {"start_up_plus": 800_00}, "amount 800.00 EUR (tier is two)"),
    (PLUS, people(2, 11, 12), {"choices": {"tier": "one"}}, {"start_up_plus": 4_200_00}, "11 years on application, under 12"),
    (PLUS, people(2, 8, 8, 8), {"choices": {"tier": "two"}}, {"start_up_plus": 3_300_00}, "base amount 500.00 EUR"),
    (PLUS, people(1), {"choices": {"tier": "d"}}, {"housing": 1_000_00, "further_costs": 1_500_00}, "base amount 1,000.00 EUR"),
    (PLUS, people(2), {"choices": {"tier": "d"}, "needs": ["housing_2018"]}, {"housing": 2_000_00, "further_costs": 3_000_00, "housing_2018": 3_000_00}, "is 2, at least 2"),
    (FEDASIL, people(2, 8), {}, {"return_premium": 875_00}, "base amount 175.00 EUR"),
    (FEDASIL, people(2, 8, groups=["visa_free"]), {}, {"return_premium": 125_00}, "amount 25.00 EUR (of the group visa_free)"),
    (FEDASIL, people(1, **helped("2021-03-03")), {}, {}, "last assisted on 2021-03-03, less than 5 years before"),
    (FEDASIL, people(1, **helped("2021-03-02")), {}, {"return_premium": 350_00}, "base amount 350.00 EUR"),
    (FEDASIL, people(1, citizenships=["COD", "BEL"]), {}, {}, "nationals of the old EU-15"),
    (SWISS, people(2, 8, 8), KNOWN, {"travel_money": 200_00, "lump_sum": 3_000_00, "additional_assistance": 3_000_00}, "base amount 100.00 CHF"),
    (SWISS, people(1, 8), {"numbers": {"stay_months": 2}}, {"travel_money": 100_00, "lump_sum": 750_00, "additional_assistance": 3_000_00}, "50 % of 500.00 CHF = 250.00 CHF: stay_months is 2, below 3"),
    (SWISS, people(1), {"numbers": {"stay_months": 3}}, {"travel_money": 100_00, "lump_sum": 1_000_00, "additional_assistance": 3_000_00}, "base amount 1,000.00 CHF"),
    (SWISS, people(1), NEEDS["special_needs"], {"travel_money": 100_00, "lump_sum": 1_000_00, "additional_assistance": 5_000_00}, "5,000.00 CHF due, reached exactly"),
    (SWISS, people(1), NEEDS["reasons_of_the_country"], {"travel_money": 100_00, "lump_sum": 1_000_00, "additional_assistance": 5_000_00}, "base amount 2,000.00 CHF"),
    (SWISS, people(1), NEEDS["exceptional_travel"], {"travel_money": 500_00, "lump_sum": 1_000_00, "additional_assistance": 3_000_00}, "base amount 500.00 CHF"),
    (SWISS, people(2), NEEDS["exceptional_travel"], {"travel_money": 1_000_00, "lump_sum": 2_000_00, "additional_assistance": 3_000_00}, "amount 1,000.00 CHF (number of such persons is 2, at least 2)"),
    (SWISS, people(1), NEEDS["centre_tariff"], {"travel_money": 100_00, "lump_sum": 1_000_00}, "base amount 1,000.00 CHF"),
    (AUSTRIA, people(2), {}, {"start_up": 2_000_00, "arrival_money": 400_00, "in_kind": 5_600_00}, "base amount 2,800.00 EUR"),
]  # fmt: skip
"""Table, family, facts, the sums by kind of assistance, and words of the explanation. Figures: the sources in each
table's document."""


async def test_every_check_case_comes_out_with_its_explanation(running: Run) -> None:
    service = await running("registry")
    author, other = (service.client("programme_manager", subject=f"pm-{n}") for n in (1, 2))
    paths: dict[str, str] = {}

    async def do(path: str, body: dict[str, Any], status: int = 201) -> Any:
        answer = await author.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    for name in programmes.names():
        first = programmes.shipped(name)["valid_from"] or "2026-01-01"
        drafted = await programmes.draft(do, name, destinations=["GEO"], valid_from=first)
        assert (await author.post(drafted.publication)).json()["slug"] == "publication-needs-another"
        assert (await other.post(drafted.publication)).status_code == 200, name
        paths[name] = f"/registry/v1/programmes/{drafted.programme_id}/quote"
    assert {name for name, *_ in CASES} == set(paths), "every shipped table has a check case"
    for name, persons, facts, expected, words in CASES:
        day = "2018-03-02" if name == PLUS else ON
        found = await do(paths[name], {"persons": persons, "dates": {"application": day}, **facts})
        document = programmes.shipped(name)
        by_code: dict[str, int] = {}
        for line in found["lines"]:
            by_code[line["code"]] = by_code.get(line["code"], 0) + line["amount_minor"]
            source = next(rule for rule in document["table"]["rules"] if rule["id"] == line["rule"])["source"]
            assert (line["version"], line["source"], line["reference_on"]) == (1, source, day)
        assert (by_code, found["unknown"]) == (expected, []), (name, persons, facts)
        assert found["total"] == {"amount_minor": sum(expected.values()), "currency": document["currency"]}
        redo_all(found["lines"])
        for limit in found["adjustments"]:
            redo_limit(limit, document["currency"])
        told = str([[line["steps"] for line in found["lines"]], found["adjustments"], found["eligibility"]])
        assert words in told, (name, words, told)
