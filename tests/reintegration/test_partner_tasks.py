"""What the partner of a plan is asked to do, and by when: each order and each day is said once, to the partner it is with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, ROOT, Story, act
from tests.reintegration.test_transfers import moved

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def planned(story: Story, plan: str, phase: str, person_ref: str | None = None, **more: Any) -> str:
    """A measure that a line pays for."""
    body = {"category": "medical", "line_id": story.line_of(phase, person_ref)["line_id"], **more}
    made = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def orders(story: Story) -> list[tuple[str, str, list[str]]]:
    """Measure, partner and persons of each order, in the order of publishing."""
    found = [entry.data for entry in await story.svc.published("reintegration.measure.ordered.v1")]
    assert {entry["case_id"] for entry in found} <= {story.case_id}
    return [(entry["measure_id"], entry["partner_id"], entry["person_refs"]) for entry in found]


async def test_a_measure_is_ordered_with_the_approval_or_as_help_of_the_first_days_once_with_each_partner(
    running: Run,
) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.plan_id()
    both, brother = [story.father, story.brother], [story.brother]
    early = await planned_by_office(story, plan)
    assert await orders(story) == [], "there is no partner to order it with"
    await story.assigned()
    assert await orders(story) == [(early, PARTNER, brother)]
    training = await planned(story, plan, "post_return")
    dropped = await planned(story, plan, "post_return")
    cancelled = await story.partner().post(f"{ROOT}/plans/{plan}/measures/{dropped}/cancellation", json={})
    assert cancelled.status_code == 200, cancelled.text
    assert len(await orders(story)) == 1, "what is written into a plan is no order yet"
    await story.plan_approved()
    assert await orders(story) == [(early, PARTNER, brother), (training, PARTNER, both)]
    await story.arrived()
    at_once = await planned(story, plan, "post_arrival")
    receiver = await story.enrolled(str(uuid4()))
    for step in ("start", "delivery"):
        path = f"{ROOT}/plans/{plan}/measures/{early}/{step}"
        done = await story.partner().post(path, json={"evidence_ref": "EV-1"} if step == "delivery" else {})
        assert done.status_code == 200, done.text
    await moved(story, plan, receiver)
    told = [(early, PARTNER, brother), (training, PARTNER, both), (at_once, PARTNER, both)]
    anew = [(training, receiver, both), (at_once, receiver, both)]
    assert await orders(story) == told + anew, "what is still to be done is ordered with the partner that goes on"


async def planned_by_office(story: Story, plan: str) -> str:
    """Help of the first days, before any partner has been assigned."""
    line = story.line_of("post_arrival", story.brother)["line_id"]
    made = await story.caseworker().post(f"{ROOT}/plans/{plan}/measures", json={"category": "housing", "line_id": line})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


class Days:
    """The timers of a plan run day after day, each twice."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def after_arrival(self, days: int) -> list[tuple[str, str, str, int]]:
        """Deadline, day, partner and how many persons of everything said so far."""
        until = datetime(2026, 2, 20, 9, tzinfo=UTC) + timedelta(days=days)
        self.story.svc.clock.advance(seconds=(until - self.story.svc.clock.now()).total_seconds())
        for job in ("first-contacts", "near-deadlines") * 2:
            await self.story.svc.run_job(job)
        found = [entry.data for entry in await self.story.svc.published("reintegration.plan.deadline-near.v1")]
        assert {entry["rule_version"] for entry in found} <= {"plan-deadlines-v1"}
        return [(e["deadline"], e["due_on"], e["partner_id"], len(e["person_refs"])) for e in found]


async def test_each_day_of_a_plan_is_told_once_when_it_is_near_and_anew_when_it_moves(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan, days = await story.assigned(), Days(story)
    await story.arrived()
    first, active = ("first_contact", "2026-03-22", PARTNER, 2), ("plan_active", "2026-03-23", PARTNER, 2)
    for day, said in ((22, []), (23, [first]), (24, [first, active]), (26, [first, active])):
        assert await days.after_arrival(day) == said, day
    for step, by in (
        ("submission", story.caseworker()),
        ("validation", story.partner()),
        ("approval", story.manager()),
    ):
        assert (await act(by, f"plans/{plan}", step)).status_code == 200
    gone = await act(story.partner(), f"plans/{plan}", "deaths", person_ref=story.brother)
    assert gone.status_code == 200, gone.text
    second = ("first_contact", "2026-04-21", PARTNER, 1)
    for day, said in ((52, [first, active]), (53, [first, active, second])):
        assert await days.after_arrival(day) == said, day
    receiver = await story.enrolled(str(uuid4()))
    await moved(story, plan, receiver)
    late = ("first_contact", "2026-05-14", receiver, 1)
    for day, said in ((60, [first, active, second]), (76, [first, active, second, late])):
        assert await days.after_arrival(day) == said, day
    met = await act(story.partner("rp-9", receiver), f"plans/{plan}", "first-contact")
    assert met.status_code == 200, met.text
    assert await days.after_arrival(330) == [first, active, second, late], "who was met is looked for no more"


@pytest.mark.parametrize("end", ["discontinued", "everybody dies"])
async def test_a_plan_that_rests_has_a_last_day_and_one_that_ended_has_none(running: Run, end: str) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan, days = await story.plan_approved(), Days(story)
    await story.arrived()
    for day in (30, 60, 90):
        said = await days.after_arrival(day)
    assert said == [], "on the day itself the step is taken"
    until = ("revival", "2027-02-20", PARTNER, 2)
    assert await days.after_arrival(334) == []
    if end == "discontinued":
        assert await days.after_arrival(335) == [until]
        story.svc.clock.advance(days=40)
        said = [until]
    answer = (
        await act(story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="applicant")
        if end == "discontinued"
        else [
            await act(story.partner(), f"plans/{plan}", "deaths", person_ref=ref)
            for ref in (story.brother, story.father)
        ][-1]
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "DISCONTINUED")
    assert await days.after_arrival(380) == said
