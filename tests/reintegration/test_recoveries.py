"""Asking a grant back: never by itself, never against everybody, after a hearing, by two people, in instalments."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story, act, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
SURE = {"seeks_no_protection": True, "within_control": True, "reason_code": "re_entry_within_period"}


async def paid(running: Run) -> tuple[Story, str]:
    """A family of whom everybody went abroad again after a grant of 50,000 was paid."""
    story = Story(await running("reintegration"))
    story.persons.append(person(f"pr_child_{story.case_id[:8]}", "child", age_band="5-13"))
    await story.funded()
    plan = await story.plan_approved()
    await story.arrived()
    await story.pay("post_return", 50_000)
    left = [str(each["person_ref"]) for each in story.persons]
    answer = await act(story.partner(), f"plans/{plan}", "re-migrations", person_refs=left)
    assert answer.json()["state"] == "DISCONTINUED", answer.text
    return story, plan


async def begin(story: Story, plan: str, **body: Any) -> Any:
    fields = {**SURE, "person_ref": story.father, "amount": {"amount_minor": 12_000, "currency": "CHF"}, **body}
    return await act(story.officer(), f"plans/{plan}", "recoveries", **fields)


async def go(story: Story, path: str, step: str, *, by: Any = None, **body: Any) -> Any:
    etag = (await story.manager().get(f"{ROOT}/{path}")).headers["etag"]
    return await (by or story.manager()).post(f"{ROOT}/{path}/{step}", json=body, headers={"If-Match": etag})


def missing(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [each["code"] for each in answer.json()["missing"]]


async def test_a_new_journey_abroad_opens_nothing_by_itself(running: Run) -> None:
    story, plan = await paid(running)
    assert (await story.manager().get(f"{ROOT}/plans/{plan}/recoveries")).json() == {"items": []}
    assert await story.svc.fetch("SELECT id FROM recovery") == []


async def test_against_whom_nothing_is_opened(running: Run) -> None:
    story, plan = await paid(running)
    child = str(story.persons[2]["person_ref"])
    for body, code in (
        ({"person_ref": child}, "adult-of-the-plan"),
        ({"person_ref": "pr_stranger"}, "adult-of-the-plan"),
        ({"seeks_no_protection": False}, "no-protection-sought"),
        ({"within_control": False}, "within-control"),
        ({"amount": {"amount_minor": 50_001, "currency": "CHF"}}, "grant-paid"),
        ({"amount": {"amount_minor": 1, "currency": "EUR"}}, "grant-paid"),
    ):
        assert missing(await begin(story, plan, **body)) == [code], body
    for client in (story.caseworker(), story.partner()):
        path = f"plans/{plan}/recoveries"
        refused = await client.post(f"{ROOT}/{path}", json={**SURE, "person_ref": story.father})
        assert refused.status_code == 403
    foreign = story.svc.client("finance_officer", programmes=[str(uuid4())])
    assert (await foreign.get(f"{ROOT}/plans/{plan}/recoveries")).status_code == 404
    assert (await story.partner().get(f"{ROOT}/plans/{plan}/recoveries")).status_code == 403


async def test_heard_decided_by_another_and_paid_in_instalments(running: Run) -> None:
    story, plan = await paid(running)
    opened = await begin(story, plan)
    assert opened.status_code == 201, opened.text
    assert (await begin(story, plan)).json()["slug"] == "recovery-open"
    path = f"plans/{plan}/recoveries/{opened.json()['id']}"
    terms = {"instalment_minor": 5_000, "first_due_on": "2026-04-01", "reasons": "Canary reasons"}
    assert missing(await go(story, path, "decision", **terms)) == []
    assert (await go(story, path, "hearing", by=story.caseworker())).json()["state"] == "HEARD"
    assert missing(await go(story, path, "decision", by=story.officer(), **terms)) == ["other-than-opener"]
    huge = await go(story, path, "decision", **{**terms, "instalment_minor": 12_001})
    assert (huge.status_code, huge.json()["slug"]) == (409, "more-than-owed")
    decided = (await go(story, path, "decision", **terms)).json()
    due = [(each["due_on"], each["amount"]["amount_minor"]) for each in decided["instalments"]]
    assert due == [("2026-04-01", 5_000), ("2026-05-01", 5_000), ("2026-05-31", 2_000)]
    shown = await story.manager().get(f"{ROOT}/{path}")
    assert shown.json()["reasons"] == "Canary reasons"
    assert "Canary" not in (await story.manager().get(f"{ROOT}/plans/{plan}/recoveries")).text
    rows = await story.svc.fetch("SELECT * FROM recovery")
    assert b"Canary" not in repr([dict(row) for row in rows]).encode()
    first = (await go(story, path, "instalments", amount_minor=5_000)).json()
    assert (first["state"], first["recovered"]["amount_minor"]) == ("DECIDED", 5_000)
    assert (await go(story, path, "instalments", amount_minor=7_001)).json()["slug"] == "more-than-owed"
    assert (await go(story, path, "instalments", amount_minor=7_000)).json()["state"] == "RECOVERED"
    assert (await go(story, path, "waiver", waiver_code="hardship", reasons="Late")).status_code == 409


async def test_a_waiver_needs_reasons_and_ends_it(running: Run) -> None:
    story, plan = await paid(running)
    path = f"plans/{plan}/recoveries/{(await begin(story, plan)).json()['id']}"
    assert (await go(story, path, "waiver", waiver_code="protection_sought")).status_code == 422
    waived = await go(story, path, "waiver", waiver_code="protection_sought", reasons="Asked for asylum since.")
    assert (waived.json()["state"], waived.json()["waiver_code"]) == ("WAIVED", "protection_sought")
    assert (await begin(story, plan)).status_code == 201, "another one may be opened"
    told = [entry for entry in await story.svc.published() if "recover" in str(entry.type)]
    assert told == [], "no event speaks of it"
