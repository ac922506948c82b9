"""Who lapsed, lost the grant or left without assistance is beside the path, until the case goes on."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.reporting.test_figures import Story, figures, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
ENDED = {"reason_group": "authority", "stage_before": "PRE_DEPARTURE"}


async def approved(running: Run) -> Story:
    story = Story(await running("reporting"))
    await story.opened([person("a")])
    await story.tell("returns.case.submitted.v1", on="2026-01-06", persons=[])
    await story.tell("returns.case.approved.v1", on="2026-01-10")
    return story


async def left(story: Story) -> dict[str, int]:
    found = await figures(story.service, "funnel")
    return {row["stage"]: row["cases"] for row in found["left"] if row["cases"]}


@pytest.mark.parametrize(
    ("fact", "more", "stage"),
    [
        ("case.lapsed", {}, "lapsed"),
        ("case.revoked", {}, "revoked"),
        ("case.cancelled", {"outcome": "departed_unassisted"}, "departed without assistance"),
        ("case.cancelled", {}, "cancelled"),
    ],
)
async def test_each_ending_is_counted_as_what_it_is(running: Run, fact: str, more: dict[str, Any], stage: str) -> None:
    story = await approved(running)
    await story.tell(f"returns.{fact}.v1", on="2026-01-20", **ENDED, **more)
    assert await left(story) == {stage: 1}
    assert (await figures(story.service, "returns"))["n"] == 0
    waits = {row["name"]: row for row in (await figures(story.service, "timeliness"))["rows"]}
    assert (waits["decision to departure"]["cases"], waits["decision to departure"]["done"]) == (1, 0)
    await story.tell("returns.case.resumed.v1", on="2026-01-25")
    assert await left(story) == {}


async def test_a_grant_set_aside_and_decided_anew_has_not_left(running: Run) -> None:
    story = await approved(running)
    await story.tell("returns.case.revoked.v1", on="2026-01-20", **ENDED)
    await story.tell("returns.case.approved.v1", on="2026-01-30")
    assert await left(story) == {}
