"""A programme's own periods: versions with a source, only where a clock has days, and running clocks keep theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import PROGRAMME, CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATH = f"/returns/v1/programmes/{PROGRAMME}/clock-rules"


async def story(running: Run) -> tuple[CaseStory, Any]:
    told = CaseStory(await running("returns"))
    await told.world()
    return told, told.service.client("programme_manager", programmes=[PROGRAMME])


def rule(clock: str, days: int, **more: Any) -> dict[str, Any]:
    return {"clock": clock, "days": days, "valid_from": "2026-01-01", "source": "Handbook 2026, 4", **more}


async def due(told: CaseStory) -> tuple[date, str]:
    (entry,) = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    return date.fromisoformat(entry["due_on"]), entry["source"]


async def test_a_programme_states_its_own_period_and_running_clocks_keep_theirs(running: Run) -> None:
    told, manager = await story(running)
    await told.open()
    before = await due(told)
    made = await manager.post(PATH, json=rule("application", 10))
    assert made.status_code == 201, made.text
    assert (await manager.post(PATH, json=rule("application", 99, valid_from="2099-01-01"))).status_code == 201
    await told.consent()
    assert await due(told) == before
    await told.open()
    assert await due(told) == (told.today + timedelta(days=10), "Handbook 2026, 4")
    shown = (await told.caseworker.get(PATH)).json()
    assert [entry["days"] for entry in shown] == [99, 10]


async def test_only_clocks_with_days_and_only_of_ones_own_programme(running: Run) -> None:
    told, manager = await story(running)
    refused = await manager.post(PATH, json=rule("departure_period", 10))
    assert (refused.status_code, refused.json()["slug"]) == (409, "clock-has-no-period")
    assert "decision" in refused.json()["clocks"]
    stranger = told.service.client("programme_manager", programmes=[])
    assert (await stranger.post(PATH, json=rule("decision", 10))).json()["slug"] == "programme-not-known-yet"
    assert (await manager.post(PATH, json=rule("decision", 0))).status_code == 422


async def test_every_kind_of_clock_says_where_it_comes_from(running: Run) -> None:
    told, _ = await story(running)
    found = {entry["clock"]: entry for entry in (await told.caseworker.get("/returns/v1/clocks")).json()}
    assert found["partner_lead_time"]["days_if_vulnerable"] == 28
    assert all(entry["source"] for entry in found.values())
