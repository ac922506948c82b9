"""Lines that come on top of a grant, and a budget an officer named: the grant stands whatever is answered."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reintegration.story import ROOT, Story, accounts, open_budget, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEWBORN = 40_000


async def facts(svc: RunningService, event: str) -> list[dict[str, Any]]:
    return [entry.data for entry in await svc.published(f"reintegration.{event}.v1")]


async def extended(story: Story, lines: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """A child was born, and its lines are asked for."""
    child = person(f"pr_child_{story.case_id[:8]}", "child", age_band="0-4")
    lines = lines or [story.line("departure_cash", NEWBORN, child["person_ref"])]
    total = {"amount_minor": sum(line["amount_minor"] for line in lines), "currency": "CHF"}
    more = {"programme_id": story.programme, "quote_id": str(uuid4()), "rule_version": 3, "total": total}
    await story.tell("case.grant-extended", on="2026-02-12", lines=lines, persons=[child], **more)
    return lines


async def named(story: Story, budget: dict[str, Any]) -> None:
    await story.tell("case.budget-named", on="2026-02-14", budget_id=budget["id"])


async def test_what_comes_on_top_is_reserved_beside_the_grant_once(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    lines = await extended(story)
    await extended(story, lines)
    first, second = await facts(svc, "funds.reserved")
    assert (first["on_top"], second["on_top"], second["budget_id"]) == (False, True, budget["id"])
    assert second["total"]["amount_minor"] == NEWBORN
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total + NEWBORN
    assert (first["answers_grant"], second["answers_grant"]) == (True, True)
    (amended,) = await facts(svc, "plan.amended")
    assert amended["persons_count"] == 3, "the plan is for the child too, counted once"
    story.persons.append(person("pr_born_on_the_way", "child", age_band="0-4"))
    await story.arrived()
    plan = (await story.caseworker().get(f"{ROOT}/plans/{await story.plan_id()}")).json()
    assert plan["persons_count"] == 4, "also one that no grant was extended for"


async def test_a_top_up_that_is_refused_leaves_the_grant_and_can_be_asked_again(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    other = Story(svc)
    budget = await story.funded(story.total + other.total + NEWBORN - 1)
    await other.opened()
    await other.approved()
    lines = await extended(story)
    (refused,) = await facts(svc, "funds.refused")
    assert (refused["on_top"], refused["total"]["amount_minor"]) == (True, NEWBORN)
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total + other.total
    await other.withdrawn()
    newer = [story.line("departure_cash", NEWBORN, lines[0]["person_ref"])]
    await extended(story, newer)
    rows = await svc.fetch("SELECT id FROM assistance_line WHERE id = $1", lines[0]["line_id"])
    assert rows == [], "a line that was refused and is not asked for again is gone"
    assert [fact["on_top"] for fact in await facts(svc, "funds.reserved")] == [False, False, True]
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total + NEWBORN
    await story.withdrawn()
    assert (await accounts(svc, budget["id"]))["reserved"] == 0


async def test_a_top_up_for_a_case_that_is_over_or_was_never_granted_is_recorded_only(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.opened()
    await extended(story)
    budget = await story.funded()
    before = await accounts(svc, budget["id"])
    await story.withdrawn()
    await extended(story)
    assert (await accounts(svc, budget["id"]))["reserved"] == 0
    assert before["reserved"] == story.total
    rows = await svc.fetch("SELECT action FROM audit WHERE action = 'funds.on-top-too-late'")
    assert len(rows) == 2


async def test_a_refused_grant_asks_the_budget_that_was_named_of_whichever_year(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.opened()
    await story.approved()
    elsewhere = str(uuid4())
    stranger = await open_budget(svc, 10_000_000, programme=elsewhere, grant_code="OTHER")
    later = await open_budget(svc, 10_000_000, year=2027, grant_code="LATER")
    await named(story, stranger)
    assert [fact["budget_id"] for fact in await facts(svc, "funds.refused")] == [None, None]
    await named(story, later)
    await named(story, later)
    (reserved,) = await facts(svc, "funds.reserved")
    assert (reserved["budget_id"], reserved["on_top"]) == (later["id"], False)
    assert (await accounts(svc, later["id"]))["reserved"] == story.total
    assert (await accounts(svc, stranger["id"], programme=elsewhere))["reserved"] == 0
