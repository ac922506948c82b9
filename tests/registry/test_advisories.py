"""Corridor advisories: four eyes to publish, four eyes to lift, and they hold until then."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.advisory import ADVISORY, HOLDING
from services.registry.domain.steps import another_person, walk
from shared.errors import TransitionRefused
from shared.testing.plugin import Run
from shared.testing.running import RunningService

ROOT = "/registry/v1/corridor-advisories"
BODY = {
    "country": "GEO",
    "region": "GE-AB",
    "groups": ["minorities"],
    "effect": "stop",
    "source_kind": "unhcr",
    "source": "UNHCR position, March 2026",
    "valid_from": "2026-03-01",
    "valid_to": "2026-12-31",
}


async def did(who: Any, path: str, expect: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await who.post(f"{ROOT}{path}", json={} if body is None else body)
    assert answer.status_code == expect, (path, answer.text)
    found: dict[str, Any] = answer.json()
    return found


async def holding(service: RunningService, on: str = "2026-03-02") -> list[str]:
    answer = await service.client("caseworker", offices=["ZRH"]).get(f"{ROOT}?country=GEO&holding_on={on}")
    return [entry["id"] for entry in answer.json()["items"]]


@pytest.mark.asyncio(loop_scope="session")
async def test_an_advisory_is_published_and_lifted_by_two(running: Run) -> None:
    service = await running("registry")
    one, two = (service.client("programme_manager", subject=f"pm-{number}") for number in (1, 2))
    made = (await did(one, "", 201, BODY))["id"]
    assert await holding(service) == []
    refused = await did(one, f"/{made}/publication", 409)
    assert (refused["missing"][0]["code"], refused["open_transitions"]) == ("another-person", ["discard", "publish"])
    await did(service.client("caseworker", offices=["ZRH"]), f"/{made}/publication", 403)
    await did(two, f"/{made}/publication", 200)
    assert await holding(service) == [made]
    assert await holding(service, "2027-01-01") == []
    await did(one, f"/{made}/lifting", 409)
    await did(one, f"/{made}/lifting-request", 200)
    assert await holding(service) == [made], "asking changes nothing"
    assert (await did(one, f"/{made}/lifting", 409))["missing"][0]["code"] == "another-person"
    await did(two, f"/{made}/upholding", 200)
    await did(two, f"/{made}/lifting-request", 200)
    lifted = await did(one, f"/{made}/lifting", 200)
    assert (lifted["status"], lifted["lifted_on"]) == ("lifted", "2026-03-02")
    assert await holding(service) == []
    facts = [event.type for event in await service.published()]
    assert facts == ["registry.advisory.published.v1", "registry.advisory.lifted.v1"]
    assert "pm-1" not in str([event.data for event in await service.published()])


@pytest.mark.asyncio(loop_scope="session")
async def test_who_may_draft_and_what_cannot_be(running: Run) -> None:
    service = await running("registry")
    guard = service.client("protection_officer", authority_id="SEM")
    made = (await did(guard, "", 201, {**BODY, "region": None}))["id"]
    await did(guard, f"/{made}/discard", 200)
    for wrong in (
        {"valid_to": "2026-01-01"},
        {"region": "Abkhazia"},
        {"region": "TN-11"},
        {"country": "QQQ"},
        {"effect": "perhaps"},
        {"groups": ["them"]},
    ):
        assert (await did(guard, "", 422, {**BODY, **wrong}))["slug"] == "invalid"
    delegate = service.client("partnership_delegate", side="partner", partnership_id=made)
    assert (await delegate.get(ROOT)).status_code == 403


@given(st.lists(st.tuples(st.sampled_from(sorted(ADVISORY)), st.sampled_from("abc")), max_size=20))
def test_nobody_publishes_or_lifts_alone(acts: list[tuple[str, str]]) -> None:
    state, asked, done = "draft", None, []
    for name, actor in acts:
        first = {"publish": "a", "lift": asked}.get(name)
        missing = another_person(actor, first) if name in ("publish", "lift") else []
        try:
            state = walk(ADVISORY, name, state, missing=missing)
        except TransitionRefused:
            continue
        done.append((name, actor))
        asked = actor if name == "ask_lifting" else asked
    assert ("publish", "a") not in done
    if state == "lifted":
        assert done[-2][0] == "ask_lifting"
        assert done[-2][1] != done[-1][1]
    if state in HOLDING:
        assert any(name == "publish" for name, _ in done)
