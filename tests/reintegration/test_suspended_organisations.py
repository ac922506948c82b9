"""A suspended partner or provider gets nothing new; what it has at hand is shown to those who accompany the family."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, PROVIDER, ROOT, Story, act

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def suspended(story: Story, kind: str, organisation: str) -> None:
    fact = {f"{kind}_id": organisation, "reason_code": "misconduct", "on": "2026-03-01"}
    await story.svc.receive(f"registry.{kind}.suspended.v1", fact, key=organisation)


async def enrolled(story: Story, kind: str, organisation: str) -> None:
    fact = {f"{kind}_id": organisation, "kind": "ngo", "countries": ["GEO"], "roles": []}
    await story.svc.receive(f"registry.{kind}.enrolled.v1", fact, key=organisation)


async def measure(story: Story, plan: str, provider: str = PROVIDER) -> Any:
    body = {"category": "training", "provider_id": provider, "line_id": story.line_of("post_return")["line_id"]}
    return await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)


async def notices(client: Any) -> list[tuple[str, str]]:
    found = (await client.get(f"{ROOT}/notifications")).json()["items"]
    return [(entry["kind"], entry["subject"]) for entry in found if entry["kind"].endswith("-suspended")]


async def begun(running: Run) -> tuple[Story, str, str]:
    """A plan with the partner, and an order to the provider."""
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    made = await measure(story, plan)
    assert made.status_code == 201, made.text
    return story, plan, str(made.json()["id"])


async def test_a_suspended_provider_gets_no_order_and_the_focal_point_sees_those_it_has(running: Run) -> None:
    story, plan, order = await begun(running)
    for _ in range(2):
        await suspended(story, "provider", PROVIDER)
    refused = await measure(story, plan)
    assert (refused.status_code, refused.json()["slug"]) == (409, "organisation-suspended")
    assert (await measure(story, plan, str(uuid4()))).status_code == 201
    assert await notices(story.partner()) == [("measure.provider-suspended", order)]
    assert await notices(story.caseworker()) == []
    await enrolled(story, "provider", PROVIDER)
    assert (await measure(story, plan)).status_code == 201


async def test_a_suspended_partner_gets_no_plan_and_the_office_sees_those_it_has(running: Run) -> None:
    story, plan, _ = await begun(running)
    await suspended(story, "partner", PARTNER)
    assert await notices(story.caseworker()) == [("plan.partner-suspended", plan)]
    assert (await measure(story, plan)).json()["slug"] == "organisation-suspended"
    again = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)
    assert (again.status_code, again.json()["slug"]) == (409, "organisation-suspended")
    other = str(uuid4())
    await enrolled(story, "partner", other)
    moved = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=other)
    assert moved.status_code == 200, moved.text
    await enrolled(story, "partner", PARTNER)
    back = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)
    assert back.status_code == 200, back.text
