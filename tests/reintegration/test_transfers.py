"""A plan goes to another partner: offered, accepted, handed over with a receipt; one by one, or all of a partner."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.http.in_process import InProcessClient
from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, ROOT, Story, act

pytestmark = pytest.mark.asyncio(loop_scope="session")
RECEIPT = {"evidence_ref": "HO-2026-1"}


async def begun(running: Run, *, arrived: bool = True) -> tuple[Story, str, str]:
    """A plan with its partner, and another partner."""
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.plan_approved()
    if arrived:
        await story.arrived()
    return story, plan, await story.enrolled(str(uuid4()))


async def offered(story: Story, plan: str, receiver: str, **more: Any) -> Any:
    return await act(
        story.caseworker(), f"plans/{plan}", "transfers", to_partner_id=receiver, reason_code="moved", **more
    )


async def moved(story: Story, plan: str, receiver: str) -> dict[str, Any]:
    """All the way."""
    transfer = (await offered(story, plan, receiver)).json()["id"]
    accepted = await act(story.partner("rp-9", receiver), f"plan-transfers/{transfer}", "acceptance")
    assert accepted.status_code == 200, accepted.text
    done = await act(story.partner(), f"plan-transfers/{transfer}", "receipt", **RECEIPT)
    assert done.status_code == 200, done.text
    found: dict[str, Any] = done.json()
    return found


async def state_of(by: InProcessClient, plan: str) -> Any:
    answer = await by.get(f"{ROOT}/plans/{plan}")
    return answer.json()["state"] if answer.status_code == 200 else answer.status_code


async def kinds(client: InProcessClient) -> list[str]:
    return [entry["kind"] for entry in (await client.get(f"{ROOT}/notifications")).json()["items"]]


async def test_a_plan_moves_with_acceptance_and_receipt_and_the_new_partner_needs_consent(running: Run) -> None:
    story, plan, receiver = await begun(running)
    giver, taker = story.partner(), story.partner("rp-9", receiver)
    answer = await offered(story, plan, receiver)
    assert (answer.status_code, answer.json()["state"], answer.json()["consent_live"]) == (201, "OFFERED", False)
    transfer = f"plan-transfers/{answer.json()['id']}"
    assert (await state_of(giver, plan), await state_of(taker, plan)) == ("ACTIVE", 404)
    shown = (await taker.get(f"{ROOT}/{transfer}")).json()
    assert (shown["persons_count"], shown["consent_live"]) == (2, None)
    assert not {"persons", "case_id"} & set(shown)
    early = await act(giver, transfer, "receipt", **RECEIPT)
    assert (early.status_code, early.json()["transition"]) == (409, "hand-over")
    assert (await act(giver, transfer, "acceptance")).status_code == 404
    assert (await act(taker, transfer, "acceptance")).json()["state"] == "ACCEPTED"
    assert await state_of(giver, plan) == "ACTIVE", "the giver stays responsible until the receipt"
    done = (await act(giver, transfer, "receipt", **RECEIPT)).json()
    assert (done["state"], done["receipt_evidence_ref"], done["receipt_by_office"]) == ("COMPLETED", "HO-2026-1", False)
    assert (await state_of(giver, plan), await state_of(taker, plan)) == (404, "ACTIVE")
    unshared = await taker.get(f"{ROOT}/plans/{plan}/beneficiary")
    assert (unshared.status_code, unshared.json()["slug"]) == (409, "nothing-shared")
    assert "plan.consent-needed" in await kinds(story.caseworker())
    await story.consented(story.father, receiver)
    family = (await taker.get(f"{ROOT}/plans/{plan}/beneficiary")).json()
    assert [each["person_ref"] for each in family["persons"]] == [story.father]
    (assigned,) = await story.svc.published("reintegration.plan.assigned.v1")
    assert assigned.data["partner_id"] == PARTNER, "the first one was assigned, once"
    (event,) = await story.svc.published("reintegration.plan.transferred.v1")
    assert (event.data["partner_id"], event.data["from_partner_id"]) == (receiver, PARTNER)
    assert (await kinds(taker))[-1] == "plan.assigned"
    assert (await kinds(giver))[-1] == "plan.handed-over"


async def test_the_steps_to_a_first_contact_start_anew_with_the_new_partner(running: Run) -> None:
    story, plan, receiver = await begun(running)
    story.svc.clock.advance(days=40)
    await story.svc.run_job("first-contacts")
    await moved(story, plan, receiver)
    found = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    assert (found["contact_rungs_told"], found["contact_due_on"]) == (0, "2026-04-11")


async def test_what_the_partner_before_validated_the_new_one_validates_itself(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    await act(story.caseworker(), f"plans/{plan}", "submission")
    await act(story.partner(), f"plans/{plan}", "validation")
    receiver = await story.enrolled(str(uuid4()))
    await moved(story, plan, receiver)
    assert await state_of(story.caseworker(), plan) == "SUBMITTED"
    assert (await act(story.partner("rp-9", receiver), f"plans/{plan}", "validation")).status_code == 200


async def test_a_transfer_is_declined_or_cancelled_and_the_plan_stays(running: Run) -> None:
    story, plan, receiver = await begun(running)
    first = (await offered(story, plan, receiver)).json()["id"]
    twice = await offered(story, plan, receiver)
    assert (twice.status_code, twice.json()["slug"]) == (409, "transfer-open")
    declined = await act(story.partner("rp-9", receiver), f"plan-transfers/{first}", "acceptance", outcome="declined")
    assert declined.json()["state"] == "DECLINED"
    second = (await offered(story, plan, receiver)).json()["id"]
    assert (await act(story.partner(), f"plan-transfers/{second}", "cancellation")).status_code == 403
    cancelled = await act(story.caseworker(), f"plan-transfers/{second}", "cancellation")
    assert cancelled.json()["state"] == "CANCELLED"
    assert await state_of(story.partner(), plan) == "ACTIVE"
    assert await story.svc.published("reintegration.plan.transferred.v1") == []
    listed = (await story.partner().get(f"{ROOT}/plan-transfers", params={"plan_id": plan})).json()["items"]
    assert [each["state"] for each in listed] == ["DECLINED", "CANCELLED"]
    nobody = story.partner("rp-0", str(uuid4()))
    assert (await nobody.get(f"{ROOT}/plan-transfers")).json()["items"] == []
    assert (await nobody.get(f"{ROOT}/plan-transfers/{first}")).status_code == 404


async def test_to_whom_a_plan_cannot_go(running: Run) -> None:
    story, plan, receiver = await begun(running)
    elsewhere = await story.enrolled(str(uuid4()), ["NGA"])
    for partner, slug in (
        (PARTNER, "no-other-partner"),
        (str(uuid4()), "partner-not-known-yet"),
        (elsewhere, "partner-works-elsewhere"),
    ):
        assert (await offered(story, plan, partner)).json()["slug"] == slug
    await story.svc.receive("registry.partner.suspended.v1", {"partner_id": receiver, "on": "2026-03-01"}, key=receiver)
    assert (await offered(story, plan, receiver)).json()["slug"] == "organisation-suspended"
    direct = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=elsewhere)
    assert direct.json()["slug"] == "partner-works-elsewhere"
    other = await story.enrolled(str(uuid4()))
    refused = await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=other)
    assert (refused.status_code, refused.json()["slug"]) == (409, "transfer-needed")
    await act(story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="applicant")
    over = await offered(story, plan, other)
    assert (over.status_code, over.json()["transition"]) == (409, "transfer")


async def test_the_office_gives_the_receipt_for_a_partner_that_does_not_answer(running: Run) -> None:
    story, plan, receiver = await begun(running)
    transfer = (await offered(story, plan, receiver)).json()["id"]
    taker = story.partner("rp-9", receiver)
    await act(taker, f"plan-transfers/{transfer}", "acceptance")
    assert (await act(taker, f"plan-transfers/{transfer}", "receipt", **RECEIPT)).status_code == 404
    stranger = story.svc.client("caseworker", offices=["BRN"])
    assert (await act(stranger, f"plan-transfers/{transfer}", "receipt", **RECEIPT)).status_code == 404
    done = await act(story.caseworker(), f"plan-transfers/{transfer}", "receipt", **RECEIPT)
    assert done.json()["receipt_by_office"] is True


async def test_a_plan_that_ended_meanwhile_is_not_handed_over(running: Run) -> None:
    story, plan, receiver = await begun(running)
    transfer = (await offered(story, plan, receiver)).json()["id"]
    await act(story.partner("rp-9", receiver), f"plan-transfers/{transfer}", "acceptance")
    await act(story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="applicant")
    late = await act(story.partner(), f"plan-transfers/{transfer}", "receipt", **RECEIPT)
    assert [each["code"] for each in late.json()["missing"]] == ["plan-over"]


async def test_all_plans_of_a_partner_move_and_those_that_cannot_are_listed(running: Run) -> None:
    first, plan, receiver = await begun(running)
    second, third = Story(first.svc), Story(first.svc)
    for story in (second, third):
        await story.opened()
        await story.approved()
        await story.assigned()
    manager, taker, giver = first.manager(), first.partner("rp-9", receiver), first.partner()
    await offered(third, await third.plan_id(), await first.enrolled(str(uuid4())))
    body = {"programme_id": first.programme, "from_partner_id": PARTNER, "to_partner_id": receiver}
    begun_ = await manager.post(f"{ROOT}/partner-transfers", json=body)
    assert begun_.status_code == 201, begun_.text
    again = (await manager.post(f"{ROOT}/partner-transfers", json=body)).json()
    whole = f"partner-transfers/{again['id']}"
    assert begun_.json()["id"] == again["id"], "asked again, it is the same transfer and nothing is offered twice"
    assert (again["progress"]["OFFERED"], again["progress"]["NOT_POSSIBLE"]) == (2, 1)
    wanted = {"partner_transfer_id": again["id"], "state": "NOT_POSSIBLE"}
    (stuck,) = (await manager.get(f"{ROOT}/plan-transfers", params=wanted)).json()["items"]
    assert (stuck["plan_id"], stuck["obstacle"]) == (await third.plan_id(), "transfer-open")

    assert (await act(giver, whole, "acceptance")).status_code == 404
    assert (await act(taker, whole, "acceptance")).json()["progress"]["ACCEPTED"] == 2
    assert (await act(taker, whole, "receipt", **RECEIPT)).status_code == 404
    await act(second.caseworker(), f"plans/{await second.plan_id()}", "discontinuation", reason_group="applicant")
    done = (await act(giver, whole, "receipt", **RECEIPT)).json()
    assert (done["progress"]["COMPLETED"], done["progress"]["ACCEPTED"], done["finished"]) == (1, 1, False)
    listed = (await taker.get(f"{ROOT}/plan-transfers", params={"state": "ACCEPTED"})).json()["items"]
    assert [each["obstacle"] for each in listed] == ["plan-over"]
    for _ in range(2):
        repeated = (await act(manager, whole, "receipt", **RECEIPT)).json()
        assert repeated["progress"]["COMPLETED"] == 1
    events = await first.svc.published("reintegration.plan.transferred.v1")
    assert [entry.data["plan_id"] for entry in events] == [plan]
    worklist = (await taker.get(f"{ROOT}/partner-worklist")).json()["items"]
    assert [item["plan_id"] for item in worklist] == [plan]
    for stranger in (
        first.partner("rp-0", str(uuid4())),
        first.svc.client("programme_manager", programmes=[str(uuid4())]),
    ):
        assert (await stranger.get(f"{ROOT}/{whole}")).status_code == 404
        assert (await stranger.get(f"{ROOT}/partner-transfers")).json()["items"] == []
    foreign = await manager.post(f"{ROOT}/partner-transfers", json={**body, "programme_id": str(uuid4())})
    assert foreign.status_code == 404


async def test_a_retry_offers_once(running: Run) -> None:
    story, plan, receiver = await begun(running)
    version = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).headers["etag"]
    headers = {"If-Match": version, "Idempotency-Key": "once"}
    body = {"to_partner_id": receiver, "reason_code": "moved"}
    answers = [
        await story.caseworker().post(f"{ROOT}/plans/{plan}/transfers", json=body, headers=headers) for _ in "12"
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await story.svc.fetch("SELECT id FROM plan_transfer")) == 1
