"""A provider is suspended mid-plan: what is not delivered and its invoices wait, the clock of a replacement runs, and the
loss is the programme's. Source: domain-rules.md 35, row 28.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PROVIDER, ROOT, Story, accounts, act
from tests.reintegration.test_failed_payments import lacking, notices
from tests.reintegration.test_suspended_organisations import enrolled, measure, suspended

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER = "0199c0de-0000-7000-8000-0000000000dd"


class Order:
    """An active plan with one order to a provider."""

    def __init__(self, story: Story) -> None:
        self.story, self.svc = story, story.svc

    async def begun(self) -> Order:
        self.budget = await self.story.funded()
        self.plan = await self.story.assigned()
        made = await measure(self.story, self.plan)
        self.id = str(made.json()["id"])
        await self.story.plan_approved()
        await self.story.arrived()
        return self

    async def do(self, step: str, by: Any = None, **body: Any) -> Any:
        path = f"{ROOT}/plans/{self.plan}/measures/{self.id}/{step}"
        return await (by or self.story.partner()).post(path, json=body)

    async def shown(self) -> dict[str, Any]:
        items = (await self.story.partner().get(f"{ROOT}/plans/{self.plan}/measures")).json()["items"]
        return next(item for item in items if item["id"] == self.id)

    async def invoice(self, minor: int = 80_000, **more: Any) -> str:
        return await self.story.requested("post_return", minor, payee_kind="third_party", measure_id=self.id, **more)

    async def suspend(self) -> None:
        await suspended(self.story, "provider", PROVIDER)


async def order(running: Run) -> Order:
    return await Order(Story(await running("reintegration"))).begun()


async def test_what_is_not_delivered_waits_and_everybody_sees_until_when(running: Run) -> None:
    told = await order(running)
    await told.do("start")
    for _ in range(2):
        await told.suspend()
    shown = await told.shown()
    assert (shown["state"], shown["held_since"], shown["replace_by"]) == ("IN_DELIVERY", "2026-03-01", "2026-03-15")
    assert lacking(await told.do("delivery", evidence_ref="EV-1")) == {"not-held"}
    (event,) = await told.svc.published("reintegration.measure.held.v1")
    assert (event.data["measure_id"], event.data["replace_by"]) == (told.id, "2026-03-15")
    for client in (told.story.caseworker(), told.story.partner()):
        assert [one["subject"] for one in await notices(client, "measure.held")] == [told.id]
        (listed,) = (await client.get(f"{ROOT}/held-measures")).json()["items"]
        assert (listed["measure_id"], listed["overdue"]) == (told.id, False)
    stranger = told.svc.client("caseworker", offices=["BRN"])
    assert (await stranger.get(f"{ROOT}/held-measures")).json()["items"] == []


async def test_what_was_done_before_that_day_may_still_be_recorded_and_is_not_held_any_more(running: Run) -> None:
    told = await order(running)
    await told.do("start")
    await told.suspend()
    answer = await told.do("delivery", evidence_ref="EV-1", on="2026-02-28")
    assert (answer.json()["state"], answer.json()["held_since"]) == ("DELIVERED", None)
    (event,) = await told.svc.published("reintegration.measure.hold-lifted.v1")
    assert event.data["outcome"] == "delivered"


async def test_nobody_took_over_in_time(running: Run) -> None:
    told = await order(running)
    await told.suspend()
    for days in (13, 1, 0):
        told.svc.clock.advance(days=days)
        await told.svc.run_job("watch-money-clocks")
    for client in (told.story.caseworker(), told.story.partner(), told.story.manager()):
        assert [one["subject"] for one in await notices(client, "measure.replacement-overdue")] == [told.id]
    (listed,) = (await told.story.manager().get(f"{ROOT}/held-measures")).json()["items"]
    assert listed["overdue"] is True


async def test_its_invoices_wait_also_those_that_come_later_and_go_on_when_it_takes_part_again(running: Run) -> None:
    told = await order(running)
    early = await told.invoice()
    grant = await told.story.requested("post_return", 1_000)
    await told.suspend()
    late = await told.invoice(5_000)
    for payment in (early, late):
        refused = await told.story.step(payment, "certification", told.story.officer())
        assert lacking(refused) == {"not-held"}
    assert (await told.story.step(grant, "certification", told.story.officer())).status_code == 200
    assert {one["subject"] for one in await notices(told.story.officer(), "payment.held")} == {early, late}
    await enrolled(told.story, "provider", PROVIDER)
    for payment in (early, late):
        assert (await told.story.step(payment, "certification", told.story.officer())).status_code == 200
    assert (await told.shown())["held_since"] is None
    assert (await told.do("start")).status_code == 200
    lifted = await told.svc.published("reintegration.measure.hold-lifted.v1")
    assert [event.data["outcome"] for event in lifted] == ["reinstated"]


async def test_finance_lets_an_invoice_go_on_that_is_owed(running: Run) -> None:
    told = await order(running)
    both = told.svc.client(
        "caseworker", "finance_officer", subject="both", offices=[told.story.office], programmes=[told.story.programme]
    )
    payment = await told.invoice(by=both)
    await told.suspend()
    assert lacking(await told.story.step(payment, "hold-lifting", both)) == {"other-than-requester"}
    assert (await told.story.step(payment, "hold-lifting", told.story.officer("fo-2"))).json()["held_since"] is None
    assert (await told.story.step(payment, "certification", told.story.officer())).status_code == 200


async def test_another_provider_takes_over_and_the_loss_is_the_programmes(running: Run) -> None:
    told = await order(running)
    await told.do("start")
    paid = await told.story.pay("post_return", 80_000, payee_kind="third_party", measure_id=told.id)
    assert lacking(await told.do("replacement", provider_id=OTHER)) == {"held"}
    await told.suspend()
    refused = await told.do("replacement", provider_id=PROVIDER)
    assert refused.json()["slug"] == "organisation-suspended"
    replaced = await told.do("replacement", provider_id=OTHER)
    assert (replaced.json()["state"], replaced.json()["provider_id"]) == ("PLANNED", OTHER)
    assert (await told.story.caseworker().get(f"{ROOT}/held-measures")).json()["items"] == []
    manager = told.story.manager("pm-2")
    assert [one["subject"] for one in await notices(manager, "payment.loss-to-charge")] == [paid]
    assert lacking(await told.story.step(paid, "loss", told.story.manager("pm-1"))) == {"other-than-payers"}
    before = await accounts(told.svc, told.budget["id"])
    charged = await told.story.step(paid, "loss", manager)
    assert charged.status_code == 200, charged.text
    after = await accounts(told.svc, told.budget["id"])
    assert (after["available"], after["reserved"], after["paid"]) == (
        before["available"] - 80_000,
        before["reserved"] + 80_000,
        80_000,
    )
    assert "not-charged" in lacking(await told.story.step(paid, "loss", manager))
    lines = (
        await told.story.caseworker().get(f"{ROOT}/assistance-lines", params={"case_id": told.story.case_id})
    ).json()
    own = told.story.line_of("post_return")["line_id"]
    (extra,) = [line for line in lines["items"] if line["supplements_line_id"] == own]
    (granted,) = [line for line in lines["items"] if line["line_id"] == own]
    assert extra["remaining"]["amount_minor"] + granted["remaining"]["amount_minor"] == 300_000
    assert granted["amount"]["amount_minor"] == 300_000
    recovered = await told.story.step(paid, "reversal", told.story.officer(), reason_group="third_party")
    assert recovered.status_code == 200, recovered.text
    assert await accounts(told.svc, told.budget["id"]) == {**before, "paid": 0, "committed": before["committed"]} | {
        "available": before["available"],
        "reserved": before["reserved"] + 80_000,
    }
    beside = [entry.data for entry in await told.svc.published("reintegration.funds.reserved.v1")][1:]
    assert [(fact["answers_grant"], fact["total"]["amount_minor"]) for fact in beside] == [(False, 80_000)]
    (back,) = [entry.data for entry in await told.svc.published("reintegration.funds.released.v1")]
    assert (back["partial"], back["total"]["amount_minor"]) == (True, 80_000), "the facts add up to the ledger"


async def test_when_support_ends_nobody_waits_for_a_replacement(running: Run) -> None:
    told = await order(running)
    await told.suspend()
    await act(told.story.caseworker(), f"plans/{told.plan}", "discontinuation", reason_group="circumstances")
    assert (await told.story.caseworker().get(f"{ROOT}/held-measures")).json()["items"] == []
    (event,) = await told.svc.published("reintegration.measure.hold-lifted.v1")
    assert event.data["outcome"] == "ended"


async def test_a_measure_of_another_line_is_no_reason_to_pay(running: Run) -> None:
    told = await order(running)
    answer = await told.story.request("travel", 100, payee_kind="third_party", measure_id=told.id)
    assert (answer.status_code, answer.json()["slug"]) == (422, "measure-not-of-line")
    answer = await told.story.request("post_return", 100, payee_kind="third_party", measure_id=str(uuid4()))
    assert answer.json()["slug"] == "measure-not-of-line"
