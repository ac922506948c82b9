"""People arrived and nobody met them: the ladder of days, the plan that rests, and how it is taken up again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, ROOT, Story, act

pytestmark = pytest.mark.asyncio(loop_scope="session")
ARRIVED = date(2026, 2, 20)


async def days_after_arrival(story: Story, days: int) -> None:
    """The timer runs on that day, twice."""
    until = datetime(2026, 2, 20, 9, tzinfo=UTC) + timedelta(days=days)
    story.svc.clock.advance(seconds=(until - story.svc.clock.now()).total_seconds())
    for _ in range(2):
        await story.svc.run_job("first-contacts")


async def arrived(running: Run, *, approved: bool = True, **rules: Any) -> tuple[Story, str]:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await (story.plan_approved() if approved else story.assigned())
    for version in [rules] if rules else []:
        body = {"valid_from": "2026-01-01", "source": "Handbook", "family_continues_after_death": True, **version}
        answer = await story.manager().post(f"{ROOT}/programmes/{story.programme}/plan-rules", json=body)
        assert answer.status_code == 201, answer.text
    await story.arrived(ARRIVED.isoformat())
    return story, plan


async def shown(story: Story, plan: str) -> dict[str, Any]:
    found: dict[str, Any] = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    return found


async def told(client: Any) -> list[tuple[str, Any]]:
    found = (await client.get(f"{ROOT}/notifications")).json()["items"]
    return [(entry["kind"], entry["facts"].get("step")) for entry in found]


async def events(story: Story) -> list[str]:
    kinds = ("became-dormant", "revived", "first-contact")
    return [each for entry in await story.svc.published() if (each := entry.type.split(".")[2]) in kinds]


async def test_thirty_sixty_ninety_days_then_the_plan_rests(running: Run) -> None:
    story, plan = await arrived(running)
    for days, steps, state in ((29, 0, "ACTIVE"), (30, 1, "ACTIVE"), (75, 2, "ACTIVE"), (90, 3, "DORMANT")):
        await days_after_arrival(story, days)
        found = await shown(story, plan)
        assert (found["contact_rungs_told"], found["state"]) == (steps, state), days
    (item,) = (await story.partner().get(f"{ROOT}/partner-worklist")).json()["items"]
    assert (item["state"], item["dormant_since"], item["revivable_until"]) == ("DORMANT", "2026-05-21", "2027-02-20")
    ladder = [("plan.not-contacted", 1), ("plan.not-contacted", 2), ("plan.not-contacted", 3), ("plan.dormant", None)]
    assert (await told(story.partner()))[-4:] == ladder
    assert await told(story.caseworker()) == ladder
    assert await events(story) == ["became-dormant"]
    released = await story.svc.published("reintegration.funds.released.v1")
    assert released == [], "a plan that rests keeps its money"


async def test_an_arrival_that_is_known_late_starts_the_ladder_on_that_day(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.plan_approved()
    story.svc.clock.advance(days=110)
    await story.arrived(ARRIVED.isoformat())
    for days, steps, state in ((0, 0, "ACTIVE"), (29, 0, "ACTIVE"), (30, 1, "ACTIVE"), (90, 3, "DORMANT")):
        await days_after_arrival(story, 120 + days)
        found = await shown(story, plan)
        assert (found["contact_rungs_told"], found["state"]) == (steps, state), days


async def test_reaching_the_family_revives_the_plan(running: Run) -> None:
    story, plan = await arrived(running)
    await days_after_arrival(story, 100)
    assert (await shown(story, plan))["state"] == "DORMANT"
    met = await act(story.partner(), f"plans/{plan}", "first-contact")
    assert (met.json()["state"], met.json()["dormant_since"]) == ("ACTIVE", None)
    await days_after_arrival(story, 300)
    assert (await shown(story, plan))["state"] == "ACTIVE"
    assert await events(story) == ["became-dormant", "revived", "first-contact"]


async def test_hearing_of_them_revives_a_plan_and_the_steps_are_counted_anew(running: Run) -> None:
    story, plan = await arrived(running, approved=False)
    await days_after_arrival(story, 95)
    back = await act(story.caseworker(), f"plans/{plan}", "revival")
    assert (back.json()["state"], back.json()["contact_rungs_told"]) == ("DRAFT", 0)
    await days_after_arrival(story, 95 + 30)
    assert (await shown(story, plan))["contact_rungs_told"] == 1
    await days_after_arrival(story, 95 + 90)
    assert (await shown(story, plan))["state"] == "DORMANT"


async def test_after_the_window_nothing_is_revived_and_people_decide(running: Run) -> None:
    story, plan = await arrived(running)
    await days_after_arrival(story, 366)
    assert (await shown(story, plan))["state"] == "DORMANT"
    assert ("plan.support-window-over", None) in await told(story.caseworker())
    late = await act(story.caseworker(), f"plans/{plan}", "revival")
    assert (late.status_code, [each["code"] for each in late.json()["missing"]]) == (409, ["support-window"])
    met = await act(story.partner(), f"plans/{plan}", "first-contact")
    assert met.status_code == 409
    ended = await act(story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="circumstances")
    assert ended.json()["state"] == "DISCONTINUED"


async def test_a_plan_that_does_not_rest_is_not_revived(running: Run) -> None:
    story, plan = await arrived(running)
    refused = await act(story.caseworker(), f"plans/{plan}", "revival")
    assert (refused.status_code, refused.json()["transition"]) == (409, "revive")


async def test_whoever_was_met_is_not_looked_for(running: Run) -> None:
    story, plan = await arrived(running)
    tried = await story.partner().post(f"{ROOT}/plans/{plan}/contact-attempts", json={"way": "phone"})
    assert tried.status_code == 201, tried.text
    (item,) = (await story.partner().get(f"{ROOT}/partner-worklist")).json()["items"]
    assert item["contact_attempts"] == 1
    await act(story.partner(), f"plans/{plan}", "first-contact")
    await days_after_arrival(story, 200)
    assert (await shown(story, plan))["state"] == "ACTIVE"
    assert await told(story.caseworker()) == []
    late = await story.partner().post(f"{ROOT}/plans/{plan}/contact-attempts", json={"way": "visit"})
    assert [each["code"] for each in late.json()["missing"]] == ["looked-for"]
    (kept,) = (await story.caseworker().get(f"{ROOT}/plans/{plan}/contact-attempts")).json()["items"]
    assert (kept["way"], kept["tried_on"]) == ("phone", "2026-03-02")
    stranger = story.partner(partner=str(uuid4()))
    assert (await stranger.get(f"{ROOT}/plans/{plan}/contact-attempts")).status_code == 404
    assert (await stranger.post(f"{ROOT}/plans/{plan}/contact-attempts", json={"way": "phone"})).status_code == 404
    manager = await story.manager().post(f"{ROOT}/plans/{plan}/contact-attempts", json={"way": "phone"})
    assert manager.status_code == 403
    police = await story.partner().post(f"{ROOT}/plans/{plan}/contact-attempts", json={"way": "origin_authority"})
    assert police.status_code == 422


async def test_a_programme_says_its_own_days_and_window(running: Run) -> None:
    story, plan = await arrived(running, contact_after_days=[10, 20], support_window_days=40)
    await days_after_arrival(story, 20)
    found = await shown(story, plan)
    assert (found["state"], found["revivable_until"]) == ("DORMANT", "2026-04-01")
    rules = (await story.caseworker().get(f"{ROOT}/programmes/{story.programme}/plan-rules")).json()
    assert (rules["contact_after_days"], "proposal" in rules["source"]) == ([30, 60, 90], True)
    assert rules["of_the_programme"][0]["contact_after_days"] == [10, 20]
    foreign = await story.manager().post(f"{ROOT}/programmes/{uuid4()}/plan-rules", json={**RULES})
    assert foreign.status_code == 404
    falling = {**RULES, "contact_after_days": [60, 30]}
    assert (await story.manager().post(f"{ROOT}/programmes/{PARTNER}/plan-rules", json=falling)).status_code == 422


RULES = {
    "valid_from": "2026-01-01",
    "contact_after_days": [30, 60],
    "support_window_days": 365,
    "family_continues_after_death": True,
    "source": "Handbook",
}


async def test_an_arrival_that_was_wrong_ends_the_search(running: Run) -> None:
    story, plan = await arrived(running)
    await days_after_arrival(story, 90)
    wrong = {"case_id": story.case_id, "fact": "arrival", "on": "2026-05-22"}
    await story.svc.receive("returns.case.fact-corrected.v1", wrong, key=story.case_id)
    found = await shown(story, plan)
    assert (found["state"], found["arrived_on"], found["contact_due_on"]) == ("APPROVED", None, None)
    await story.arrived("2026-05-23")
    assert (await shown(story, plan))["state"] == "ACTIVE"


async def test_the_end_of_the_case_also_ends_a_plan_that_rests(running: Run) -> None:
    story, plan = await arrived(running)
    await days_after_arrival(story, 90)
    await story.withdrawn()
    assert (await shown(story, plan))["state"] == "DISCONTINUED"
