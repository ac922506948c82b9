"""Many hands at once, on a real PostgreSQL: one effect, nothing spent twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story, accounts, open_budget

pytestmark = pytest.mark.asyncio(loop_scope="session")


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_two_certifiers_at_once(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    answers = await asyncio.gather(
        *(
            story.officer(f"fo-{number}").post(
                f"{ROOT}/payments/{payment}/certification", json={}, headers={"If-Match": '"1"'}
            )
            for number in range(5)
        )
    )
    assert statuses(answers) == [200, 412, 412, 412, 412]


async def test_double_authorisation_publishes_and_commits_once(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.requested("departure_cash")
    await story.step(payment, "certification", story.officer("fo-1"))
    answers = await asyncio.gather(
        *(story.step(payment, "authorisation", story.officer(f"fo-{number}")) for number in range(2, 7))
    )
    assert statuses(answers).count(200) == 1
    assert set(statuses(answers)) <= {200, 409, 412}
    assert len(await svc.published("reintegration.payment.authorised.v1")) == 1
    assert (await accounts(svc, budget["id"]))["committed"] == 100_000


async def test_two_settlements_pay_once(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.requested("departure_cash")
    for step, by in (
        ("certification", story.officer()),
        ("authorisation", story.manager()),
        ("instruction", story.officer()),
    ):
        await story.step(payment, step, by)
    answers = await asyncio.gather(
        *(story.step(payment, "settlement", story.officer(f"fo-{number}")) for number in range(5))
    )
    assert statuses(answers).count(200) == 1
    assert len(await svc.published("reintegration.payment.settled.v1")) == 1
    assert (await accounts(svc, budget["id"]))["paid"] == 100_000


async def test_parallel_requests_never_exceed_the_line(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    answers = await asyncio.gather(*(story.request("departure_cash", 30_000) for _ in range(8)))
    assert statuses(answers) == [201] * 3 + [409] * 5
    lines = await story.caseworker().get(f"{ROOT}/assistance-lines", params={"case_id": story.case_id})
    line_id = story.line_of("departure_cash")["line_id"]
    line = next(each for each in lines.json()["items"] if each["line_id"] == line_id)
    assert line["remaining"]["amount_minor"] == 10_000


async def test_parallel_reservations_never_exceed_the_appropriation(running: Run) -> None:
    svc = await running("reintegration")
    stories = [Story(svc) for _ in range(8)]
    budget = await open_budget(svc, stories[0].total * 3 + 1)
    await asyncio.gather(*(story.opened() for story in stories))
    await asyncio.gather(*(story.approved() for story in stories))
    assert len(await svc.published("reintegration.funds.reserved.v1")) == 3
    assert len(await svc.published("reintegration.funds.refused.v1")) == 5
    assert (await accounts(svc, budget["id"]))["available"] == 1


async def test_a_withdrawal_while_payments_are_requested_leaves_nothing_open(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    requests = [story.request("departure_cash", 20_000) for _ in range(4)]
    answers = await asyncio.gather(*requests[:2], story.withdrawn(), *requests[2:])
    assert {answer.status_code for answer in answers if answer is not None} <= {201, 409}
    rows = await svc.fetch("SELECT state FROM payment WHERE state NOT IN ('CANCELLED', 'FAILED')")
    assert rows == []
    assert await accounts(svc, budget["id"]) == {
        "available": 10_000_000,
        "reserved": 0,
        "committed": 0,
        "paid": 0,
    }


async def test_approval_and_arrival_at_the_same_moment_activate_once(running: Run) -> None:
    for _ in range(4):
        story = Story(svc := await running("reintegration"))
        await story.funded()
        plan = await story.assigned()
        for step, by in (("submission", story.caseworker()), ("validation", story.partner())):
            etag = (await by.get(f"{ROOT}/plans/{plan}")).headers["etag"]
            await by.post(f"{ROOT}/plans/{plan}/{step}", json={}, headers={"If-Match": etag})
        etag = (await story.manager().get(f"{ROOT}/plans/{plan}")).headers["etag"]
        approve = story.manager().post(f"{ROOT}/plans/{plan}/approval", json={}, headers={"If-Match": etag})
        answer, _ = await asyncio.gather(approve, story.arrived())
        if answer.status_code == 412:
            etag = (await story.manager().get(f"{ROOT}/plans/{plan}")).headers["etag"]
            await story.manager().post(f"{ROOT}/plans/{plan}/approval", json={}, headers={"If-Match": etag})
        shown = (await story.manager().get(f"{ROOT}/plans/{plan}")).json()
        assert shown["state"] == "ACTIVE"
        active = [
            entry for entry in await svc.published("reintegration.plan.activated.v1") if entry.subject == story.case_id
        ]
        assert len(active) == 1


async def test_concurrent_twins_of_one_request_are_one_payment(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    body = {
        "line_id": story.line_of("departure_cash")["line_id"],
        "amount": {"amount_minor": 10_000, "currency": "CHF"},
        "payee_kind": "beneficiary",
        "evidence_ref": "R-1",
    }
    client = story.caseworker()
    answers = await asyncio.gather(
        *(client.post(f"{ROOT}/payments", json=body, headers={"Idempotency-Key": "twin"}) for _ in range(5))
    )
    assert set(statuses(answers)) <= {201, 409}
    assert len(await svc.published("reintegration.payment.requested.v1")) == 1


async def test_two_payments_of_one_line_in_flight_under_every_report_of_the_bank_at_once(running: Run) -> None:
    """Settled, returned and failed at the same moment, twice, late, and for another amount: one effect each."""
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    flying = [await story.requested("departure_cash", 50_000) for _ in range(2)]
    for step, by in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        answers = await asyncio.gather(*(story.step(each, step, story.officer(by)) for each in flying))
        assert statuses(answers) == [200, 200]
    assert (await story.request("departure_cash", 1)).status_code == 409, "the line is spoken for"
    other = [{"amount_minor": minor, "currency": code} for minor, code in ((49_999, "CHF"), (50_000, "EUR"))]
    for amount in other:
        refused = await story.step(flying[0], "settlement", story.officer(), amount=amount)
        assert (refused.status_code, refused.json()["slug"]) == (409, "amount-differs")
    same = {"amount_minor": 50_000, "currency": "CHF"}
    back = {"reason_group": "third_party"}
    reports = [("settlement", {"amount": same}), ("settlement", {}), ("failure", back)]
    for step, body in ((step, body) for _ in range(2) for step, body in reports):
        await asyncio.gather(*(story.step(each, step, story.officer(), **body) for each in flying))
    rows = await svc.fetch("SELECT state FROM payment")
    assert [row["state"] for row in rows] == ["SETTLED", "SETTLED"]
    part = {"amount": {**same, "amount_minor": 20_000}}
    refused = await story.step(flying[0], "reversal", story.officer(), **back, **part)
    assert (refused.status_code, refused.json()["slug"]) == (409, "amount-differs")
    answers = await asyncio.gather(
        *(story.step(flying[0], "reversal", story.officer(f"fo-{number}"), **back) for number in range(3)),
        story.step(flying[1], "settlement", story.officer()),
    )
    assert statuses(answers)[0] == 200
    assert statuses(answers)[1] >= 409
    assert (await story.step(flying[0], "settlement", story.officer())).status_code == 409, "late, after it came back"
    kept = await accounts(svc, budget["id"])
    assert (kept["paid"], kept["committed"]) == (50_000, 0)
    told = [len(await svc.published(f"reintegration.payment.{name}.v1")) for name in ("settled", "reversed", "failed")]
    assert told == [2, 1, 0]
