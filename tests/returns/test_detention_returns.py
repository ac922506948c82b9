"""Returns from detention are told as a count of a past month and nothing else, and restated."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import PROGRAMME, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
FACT = "returns.detention-returns.counted.v1"


async def counts(told: CaseStory) -> list[dict[str, Any]]:
    """What was told after the timer ran."""
    await told.service.run_job("detention-returns")
    found = [entry.data for entry in await told.service.published(FACT)]
    return [{name: data[name] for name in ("programme_id", "month", "persons_count")} for data in found]


async def departed(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    await told.departed([person("main_applicant"), person("partner")])
    return told


async def test_they_are_counted_when_the_month_is_over_and_again_when_one_is_brought_back(running: Run) -> None:
    told = await departed(running)
    await told.fact("detention", "detained", on=told.case["departed_on"])
    assert await counts(told) == []
    told.service.clock.advance(days=31)
    counted = {"programme_id": PROGRAMME, "month": f"{told.case['departed_on'][:7]}-01", "persons_count": 2}
    for _ in range(2):
        assert await counts(told) == [counted]
    await told.post("return-failure", {"reason_code": "refused_at_border", "reason_group": "third_party"})
    assert await counts(told) == [counted, {**counted, "persons_count": 0}]


async def test_who_was_released_before_the_departure_is_not_counted(running: Run) -> None:
    told = await departed(running)
    for value in ("detained", "released"):
        await told.fact("detention", value, on=told.case["departed_on"])
    told.service.clock.advance(days=31)
    assert await counts(told) == []


async def test_no_fact_of_the_case_says_it(running: Run) -> None:
    told = await departed(running)
    await told.fact("detention", "detained", on=told.case["departed_on"])
    told.service.clock.advance(days=31)
    await counts(told)
    about = [str(entry.data) for entry in await told.service.published() if entry.subject == told.id]
    assert len(about) > 5
    assert [data for data in about if "detain" in data or "detention" in data] == []
