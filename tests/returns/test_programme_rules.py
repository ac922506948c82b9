"""What returns does with a programme's published rules: it tells what is asked, and grants nothing to the excluded."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local import programmes
from shared.testing.plugin import Run
from tests.returns.story import PROGRAMME, CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


async def published(told: CaseStory, number: int, first: str, last: str | None, table: dict[str, Any]) -> None:
    fact = {
        "programme_id": PROGRAMME,
        "host": "CHE",
        "destinations": ["GEO"],
        "case_kinds": ["avrr"],
        "version": number,
        "valid_from": first,
        "valid_to": last,
        "source": "decree",
        "table": table,
    }
    await told.service.receive("registry.programme.rules-published.v1", fact, key=PROGRAMME)


async def rules(told: CaseStory) -> Any:
    return (await told.caseworker.get(f"/returns/v1/cases/{told.id}/eligibility-rules")).json()


async def test_a_counsellor_sees_what_the_programme_asks_on_the_day_of_the_case(running: Run) -> None:
    told = await story(running)
    belgian, german = (programmes.shipped(name)["table"] for name in ("bel-fedasil", "deu-reag-garp-4000"))
    await published(told, 7, "2024-01-01", None, german)
    await published(told, 7, "2024-01-01", "2025-12-31", german)
    await published(told, 8, "2026-01-01", None, belgian)
    await told.open()
    found = await rules(told)
    assert [(entry["rule"], entry["effect"], entry["rule_version"]) for entry in found] == [
        ("helped-within-five-years", "exclude", 8),
        ("old-eu-15", "exclude", 8),
    ]
    assert found[0]["text"] == "No support within five years of earlier support."
    assert found[0]["source"] == "vreemdelingenrecht.be: support for voluntary return"
    assert found[0]["earlier_assistance"] == [{"within_years": 5, "as_minor": None}]
    assert found[1]["earlier_assistance"] == []
    stranger = told.service.client("caseworker", offices=["ELSEWHERE"])
    assert (await stranger.get(f"/returns/v1/cases/{told.id}/eligibility-rules")).status_code == 404


async def test_a_table_that_excludes_nobody_asks_nothing(running: Run) -> None:
    told = await story(running)
    await told.open()
    assert await rules(told) == []


async def test_nothing_is_granted_on_a_calculation_that_excludes_everybody(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.quoted(eligibility="not_eligible")
    decision = {"outcome": "approved", "quote_id": told.quote_id}
    tag = {"If-Match": f'"{told.case["version"]}"'}
    refused = await told.officer.post(f"/returns/v1/cases/{told.id}/decision", json=decision, headers=tag)
    assert (refused.status_code, refused.json()["slug"]) == (409, "quote-not-eligible")
    await told.quoted(eligibility="open")
    await told.post("decision", {**decision, "quote_id": told.quote_id}, client=told.officer)
    assert told.case["state"] == "APPROVED"


async def test_a_closed_programme_takes_no_case_whatever_rules_come_later(running: Run) -> None:
    told = await story(running)
    closed = {"programme_id": PROGRAMME, "on": "2026-03-02"}
    await told.service.receive("registry.programme.closed.v1", closed, key=PROGRAMME)
    await published(told, 9, "2026-01-01", None, programmes.shipped("bel-fedasil")["table"])
    rows = await told.service.fetch("SELECT closed FROM known_programme WHERE programme_id::text = $1", PROGRAMME)
    assert [row["closed"] for row in rows] == [True]
