"""Plans and measures over HTTP: four eyes, activation in either order, first days, what a partner sees."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, PROVIDER, ROOT, Story, accounts, act

pytestmark = pytest.mark.asyncio(loop_scope="session")


def missing(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [entry["code"] for entry in answer.json()["missing"]]


async def state_of(story: Story, plan: str) -> str:
    return str((await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()["state"])


async def test_activate_plan_when_approved_then_arrived(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    plan = await story.plan_approved()
    assert await state_of(story, plan) == "APPROVED"
    assert (await accounts(svc, budget["id"]))["committed"] == 300_000
    await story.arrived()
    await story.arrived()
    assert await state_of(story, plan) == "ACTIVE"
    assert len(await svc.published("reintegration.plan.activated.v1")) == 1
    order = [entry.type.split(".")[2] for entry in await svc.published() if ".plan." in entry.type]
    assert order == ["opened", "assigned", "submitted", "approved", "activated"]


async def test_activate_plan_when_arrived_then_approved(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    await story.arrived()
    plan = await story.plan_id()
    shown = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    assert (shown["state"], shown["arrived_on"], shown["due_on"]) == ("DRAFT", "2026-02-20", "2026-03-23")
    await story.plan_approved()
    assert await state_of(story, plan) == "ACTIVE"
    assert (await svc.published("reintegration.plan.activated.v1"))[0].data["on"] == "2026-03-02"


async def test_an_arrival_known_before_the_approval_is_taken_over(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.opened()
    await story.arrived()
    await story.funded()
    plan = await story.plan_approved()
    assert await state_of(story, plan) == "ACTIVE"


async def test_nobody_approves_their_own_plan(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    two_hats = svc.client(
        "caseworker", "programme_manager", subject="two", offices=["ZRH"], programmes=[story.programme]
    )
    await act(two_hats, f"plans/{plan}", "submission")
    await act(story.partner(), f"plans/{plan}", "validation")
    assert missing(await act(two_hats, f"plans/{plan}", "approval")) == ["other-than-author"]
    assert (await act(story.manager(), f"plans/{plan}", "approval")).json()["approved_by"] == "pm-1"


async def test_a_plan_without_partner_or_money_goes_nowhere(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.opened()
    await story.approved()
    plan = await story.plan_id()
    assert missing(await act(story.caseworker(), f"plans/{plan}", "submission")) == ["partner-assigned"]
    await story.assigned()
    await act(story.caseworker(), f"plans/{plan}", "submission")
    await act(story.partner(), f"plans/{plan}", "validation")
    assert missing(await act(story.manager(), f"plans/{plan}", "approval")) == ["funds-reserved"]


async def test_a_plan_may_be_returned_twice_and_rejected(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    for by, step, outcome in (
        (story.partner(), "validation", "returned"),
        (story.partner(), "validation", "validated"),
    ):
        await act(story.caseworker(), f"plans/{plan}", "submission")
        answer = await act(by, f"plans/{plan}", step, outcome=outcome)
        assert answer.status_code == 200
    returned = await act(story.manager(), f"plans/{plan}", "approval", outcome="returned")
    assert returned.json()["state"] == "RETURNED_FOR_CHANGE"
    await act(story.caseworker(), f"plans/{plan}", "submission")
    await act(story.partner(), f"plans/{plan}", "validation")
    rejected = await act(story.manager(), f"plans/{plan}", "approval", outcome="rejected")
    assert rejected.json()["state"] == "REJECTED"


async def test_assign_plan_wants_an_enrolled_partner_of_that_country(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.plan_id()
    early = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)
    assert (early.status_code, early.json()["slug"], early.headers["retry-after"]) == (
        409,
        "partner-not-known-yet",
        "1",
    )
    elsewhere = str(uuid4())
    enrolled = {"partner_id": elsewhere, "kind": "ngo", "countries": ["NGA"]}
    await svc.receive("registry.partner.enrolled.v1", enrolled, key=elsewhere)
    wrong = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=elsewhere)
    assert wrong.json()["slug"] == "partner-works-elsewhere"


async def test_scope_of_plans(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.plan_id()
    assert (await story.partner().get(f"{ROOT}/plans/{plan}")).status_code == 404
    await story.assigned()
    assert (await story.partner().get(f"{ROOT}/plans/{plan}")).status_code == 200
    assert (await story.partner(partner=str(uuid4())).get(f"{ROOT}/plans/{plan}")).status_code == 404
    assert (await story.partner(partner=str(uuid4())).get(f"{ROOT}/plans")).json()["items"] == []
    stranger = svc.client("caseworker", offices=["BRN"])
    assert (await stranger.get(f"{ROOT}/plans/{plan}")).status_code == 404
    assert (await act(stranger, f"plans/{plan}", "submission")).status_code == 404
    assert (await act(story.partner(), f"plans/{plan}", "approval")).status_code == 403


async def test_a_plan_step_needs_the_version_that_was_read_and_is_replayed(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    path, client = f"{ROOT}/plans/{plan}/submission", story.caseworker()
    assert (await client.post(path, json={})).status_code == 428
    assert (await client.post(path, json={}, headers={"If-Match": '"1"'})).status_code == 412
    headers = {"If-Match": '"2"', "Idempotency-Key": "submit"}
    first = await client.post(path, json={"summary": "Canary words"}, headers=headers)
    again = await client.post(path, json={"summary": "Canary words"}, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert len(await svc.published("reintegration.plan.submitted.v1")) == 1
    assert "Canary" not in first.text
    assert (await client.get(f"{ROOT}/plans/{plan}")).json()["summary"] == "Canary words"
    rows = await svc.fetch("SELECT * FROM plan")
    assert b"Canary" not in repr([dict(row) for row in rows]).encode()


async def test_a_measure_from_plan_to_verification(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    line = story.line_of("post_return")["line_id"]
    body = {"category": "business_start_up", "line_id": line, "provider_id": PROVIDER}
    added = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)
    assert added.status_code == 201, added.text
    measure = f"plans/{plan}/measures/{added.json()['id']}"
    assert added.headers["Location"] == f"{ROOT}/{measure}"
    for step, by in (
        ("submission", story.caseworker()),
        ("validation", story.partner()),
        ("approval", story.manager()),
    ):
        await act(by, f"plans/{plan}", step)
    partner = story.partner()
    assert missing(await partner.post(f"{ROOT}/{measure}/start", json={})) == ["plan-active"]
    await story.arrived()
    assert (await partner.post(f"{ROOT}/{measure}/start", json={})).json()["state"] == "IN_DELIVERY"
    other = story.svc.client("provider", provider_id=str(uuid4()))
    delivery = {"evidence_ref": "D-1"}
    assert (await other.post(f"{ROOT}/{measure}/delivery", json=delivery)).status_code == 404
    provider = story.svc.client("provider", provider_id=PROVIDER, subject="pv-1")
    assert (await provider.post(f"{ROOT}/{measure}/delivery", json=delivery)).json()["state"] == "DELIVERED"
    incomplete = await act(partner, f"plans/{plan}", "completion")
    assert missing(incomplete) == ["measures-finished"]
    assert (await partner.post(f"{ROOT}/{measure}/verification", json={})).json()["state"] == "VERIFIED"
    assert (await act(partner, f"plans/{plan}", "completion")).json()["state"] == "COMPLETED"
    assert [entry.data["plan_id"] for entry in await svc.published("reintegration.plan.completed.v1")] == [plan]
    types = [entry.type.split(".")[2] for entry in await svc.published() if ".measure." in entry.type]
    assert types == ["ordered", "started", "delivered", "verified"]


async def test_verify_measure_needs_somebody_else(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    body = {"category": "housing", "line_id": story.line_of("post_arrival")["line_id"]}
    added = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)
    measure = f"plans/{plan}/measures/{added.json()['id']}"
    assert missing(await story.partner().post(f"{ROOT}/{measure}/start", json={})) == ["arrived"]
    await story.arrived()
    await story.partner().post(f"{ROOT}/{measure}/start", json={})
    await story.partner().post(f"{ROOT}/{measure}/delivery", json={"evidence_ref": "D-1"})
    own = await story.partner().post(f"{ROOT}/{measure}/verification", json={})
    assert missing(own) == ["other-than-deliverer"]
    assert (await story.caseworker().post(f"{ROOT}/{measure}/verification", json={})).status_code == 200


async def test_after_submission_only_help_of_the_first_days_is_added(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.plan_approved()
    late = {"category": "training", "line_id": story.line_of("post_return")["line_id"]}
    answer = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=late)
    assert (answer.status_code, answer.json()["transition"]) == (409, "add-measure")
    first_days = {"category": "immediate_assistance", "line_id": story.line_of("post_arrival")["line_id"]}
    added = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=first_days)
    assert added.status_code == 201
    cancelled = await story.partner().post(f"{ROOT}/plans/{plan}/measures/{added.json()['id']}/cancellation", json={})
    assert cancelled.json()["state"] == "CANCELLED"
    foreign = {"category": "training", "line_id": story.line_of("departure_cash")["line_id"]}
    refused = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=foreign)
    assert (refused.status_code, refused.json()["slug"]) == (422, "line-not-of-plan")


async def test_what_a_partner_sees(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    await story.arrived()
    await act(story.partner(), f"plans/{plan}", "first-contact", on="2026-02-21")
    await act(story.partner(), f"plans/{plan}", "first-contact", on="2026-02-25")
    seen = (await story.partner().get(f"{ROOT}/plans/{plan}/beneficiary")).json()
    assert seen["arrived_on"] == "2026-02-20"
    assert [(each["person_ref"], each["travelled"]) for each in seen["persons"]] == [
        (story.father, True),
        (story.brother, True),
    ]
    assert {line["rule"] for line in seen["lines"]} == {None}
    worklist = (await story.partner().get(f"{ROOT}/partner-worklist")).json()["items"]
    assert [(item["plan_id"], item["due_on"], item["first_contact_on"]) for item in worklist] == [
        (plan, "2026-03-23", "2026-02-21")
    ]
    other = story.partner(partner=str(uuid4()))
    assert (await other.get(f"{ROOT}/partner-worklist")).json()["items"] == []
    assert (await other.get(f"{ROOT}/plans/{plan}/beneficiary")).status_code == 404
    notices = (await story.partner().get(f"{ROOT}/notifications")).json()["items"]
    assert [notice["kind"] for notice in notices] == ["plan.assigned", "beneficiaries.arrived"]
