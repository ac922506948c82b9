"""An arrival that was wrong: what it started stops, nothing is claimed back, and the plan waits again."""

from __future__ import annotations

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story, accounts

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def corrected(story: Story, fact: str = "arrival") -> None:
    data = {"case_id": story.case_id, "on": "2026-02-25", "fact": fact, "original_on": "2026-02-20"}
    data |= {"persons": story.persons}
    await story.svc.receive("returns.case.fact-corrected.v1", data, key=story.case_id)


async def payment_states(story: Story) -> dict[str, str]:
    rows = await story.svc.fetch("SELECT phase, payee_kind, state FROM payment")
    return {f"{row['phase']}/{row['payee_kind']}": row["state"] for row in rows}


async def test_unpaid_grants_of_a_voided_arrival_stop_and_the_money_stays_set_aside(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    plan = await story.plan_approved()
    await story.arrived()
    await story.requested("post_arrival")
    await story.requested("post_return", 100_000)
    await story.requested("departure_cash")
    before = await accounts(svc, budget["id"])
    for _ in range(2):
        await corrected(story)
    assert await payment_states(story) == {
        "post_arrival/beneficiary": "CANCELLED",
        "post_return/beneficiary": "CANCELLED",
        "departure_cash/beneficiary": "REQUESTED",
    }
    assert await accounts(svc, budget["id"]) == before
    shown = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    assert (shown["state"], shown["arrived_on"]) == ("APPROVED", None)
    refused = await story.request("post_return", 100_000)
    assert refused.status_code == 409
    assert await svc.published("reintegration.funds.released.v1") == []
    await story.arrived(on="2026-03-01")
    again = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    assert (again["state"], again["arrived_on"]) == ("ACTIVE", "2026-03-01")


async def test_what_is_paid_is_not_claimed_back_but_looked_at(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    await story.plan_approved()
    await story.arrived()
    payment = await story.pay("post_arrival")
    await corrected(story)
    assert (await payment_states(story))["post_arrival/beneficiary"] == "SETTLED"
    assert await svc.published("reintegration.payment.reversed.v1") == []
    notices = (await story.officer().get(f"{ROOT}/notifications")).json()["items"]
    assert ("payment.arrival-taken-back", payment) in {(each["kind"], each["subject"]) for each in notices}


async def test_other_corrections_change_nothing_here(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    await story.arrived()
    await story.requested("post_arrival")
    await corrected(story, "recorded_fact")
    assert (await payment_states(story))["post_arrival/beneficiary"] == "REQUESTED"
    assert (await svc.fetch("SELECT arrived_on FROM case_file"))[0]["arrived_on"] is not None
