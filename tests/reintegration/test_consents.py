"""A partner is shown whom a live consent names it for, on a legal basis that holds, and nobody else; the office decides."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, ROOT, Story, act, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def family(running: Run) -> tuple[Story, str]:
    story = Story(await running("reintegration"))
    story.persons.append(person(f"pr_child_{story.case_id[:8]}", "child", age_band="5-13"))
    await story.funded()
    await story.enrolled(PARTNER)
    plan = await story.plan_id()
    await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)
    await act(story.caseworker(), f"plans/{plan}", "submission", summary="Canary words")
    return story, plan


async def seen(story: Story, plan: str) -> Any:
    answer = await story.partner().get(f"{ROOT}/plans/{plan}/beneficiary")
    return [each["person_ref"] for each in answer.json()["persons"]] if answer.status_code == 200 else answer.json()


async def summary(client: Any, plan: str) -> Any:
    return (await client.get(f"{ROOT}/plans/{plan}")).json()["summary"]


async def test_who_is_shown_grows_and_shrinks_with_the_consents(running: Run) -> None:
    story, plan = await family(running)
    refused = await seen(story, plan)
    assert (refused["slug"], refused["status"]) == ("nothing-shared", 409)
    assert await summary(story.partner(), plan) is None
    assert await summary(story.caseworker(), plan) == "Canary words"
    child = story.persons[2]["person_ref"]
    given = await story.consented(story.father, PARTNER)
    assert await seen(story, plan) == [story.father], "a child needs the consent of every adult"
    assert await summary(story.partner(), plan) == "Canary words"
    await story.consented(story.brother, PARTNER, valid_until="2026-03-02")
    assert await seen(story, plan) == [story.father, story.brother, child]
    story.svc.clock.advance(days=1)
    assert await seen(story, plan) == [story.father]
    for _ in range(2):
        await story.tell("consent.withdrawn", consent_id=given, person_ref=story.father)
    assert (await seen(story, plan))["slug"] == "nothing-shared"
    office = await story.caseworker().get(f"{ROOT}/plans/{plan}/beneficiary")
    assert len(office.json()["persons"]) == 3


async def test_consent_alone_shows_nothing_without_a_legal_basis_that_holds(running: Run) -> None:
    story, plan = await family(running)
    for each in story.persons:
        await story.consented(each["person_ref"], PARTNER)
    assert len(await seen(story, plan)) == 3
    await story.based(PARTNER, ended=True)
    assert (await seen(story, plan))["slug"] == "nothing-shared"
    await story.based(PARTNER)
    assert (await seen(story, plan))["slug"] == "nothing-shared", "its end stays, whatever arrives afterwards"
    for basis in (
        {"only_case_id": str(uuid4())},
        {"purpose": "reception"},
        {"programme_id": str(uuid4())},
        {"recipient_id": str(uuid4())},
        {"valid_from": "2026-03-03"},
        {"valid_to": "2026-03-01"},
    ):
        await story.based(PARTNER, basis_id=uuid4(), **basis)
        assert (await seen(story, plan))["slug"] == "nothing-shared", basis
    await story.based(PARTNER, basis_id=uuid4(), only_case_id=story.case_id, valid_to="2026-03-02")
    assert len(await seen(story, plan)) == 3
    story.svc.clock.advance(days=1)
    assert len(await seen(story, plan)) == 3, "another basis begins on the day after"


async def test_a_consent_for_somebody_else_or_for_something_else_shows_nothing(running: Run) -> None:
    story, plan = await family(running)
    await story.consented(story.father, str(uuid4()))
    await story.consented(story.father, PARTNER, purposes=["travel_document"])
    assert (await seen(story, plan))["slug"] == "nothing-shared"
