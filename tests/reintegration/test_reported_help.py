"""What a provider reports of its referral moves the measure it is for; taken back, everything stands as before."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PROVIDER, ROOT, Story
from tests.reintegration.test_failed_payments import lacking, notices
from tests.reintegration.test_referrals import Referral
from tests.reintegration.test_suspended_organisations import suspended

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Ordered(Referral):
    """A referral for a measure of the first days after the arrival, accepted by its provider."""

    async def begun(self, *, accepted: bool = True) -> Ordered:
        await self.arrived()
        body = {
            "category": "training",
            "provider_id": PROVIDER,
            "line_id": self.story.line_of("post_arrival")["line_id"],
        }
        planned = await self.story.partner().post(f"{ROOT}/plans/{self.plan}/measures", json=body)
        assert planned.status_code == 201, planned.text
        self.measure_id = planned.json()["id"]
        self.referral = await self.placed(measure_id=self.measure_id)
        if accepted:
            await self.say("referral.accepted")
        return self

    async def measure(self) -> dict[str, Any]:
        found = (await self.story.caseworker().get(f"{ROOT}/plans/{self.plan}/measures")).json()["items"]
        return next(row for row in found if row["id"] == self.measure_id)

    async def stands(self) -> tuple[str, str]:
        return (await self.shown(self.referral))["state"], (await self.measure())["state"]

    async def refused(self) -> list[str]:
        return [fact["message_type"] for fact in await self.facts("agency-message.not-applied")]


async def ordered(running: Run, **options: bool) -> Ordered:
    return await Ordered(Story(await running("reintegration"))).begun(**options)


async def test_what_is_reported_moves_the_measure_and_is_verified_by_somebody_else(running: Run) -> None:
    case = await ordered(running)
    await case.say("service.started", on="2026-02-25")
    assert (await case.stands(), (await case.measure())["started_on"]) == (("STARTED", "IN_DELIVERY"), "2026-02-25")
    message = await case.say("service.delivered", on="2026-02-28")
    assert await case.stands() == ("COMPLETED", "DELIVERED")
    measure = await case.measure()
    assert (measure["delivered_on"], measure["evidence_ref"]) == ("2026-02-28", f"message/{message}")
    for client in (case.story.caseworker(), case.story.partner()):
        assert [one["subject"] for one in await notices(client, "measure.to-be-verified")] == [case.measure_id]
    assert (await case.story.officer().get(f"{ROOT}/payments")).json()["items"] == []
    path = f"plans/{case.plan}/measures/{case.measure_id}"
    assert (await case.provider.post(f"{ROOT}/{path}/verification", json={})).status_code == 403
    verified = await case.story.partner().post(f"{ROOT}/{path}/verification", json={})
    assert (verified.status_code, verified.json().get("state")) == (200, "VERIFIED"), verified.text
    assert [len(await case.facts(f"measure.{name}")) for name in ("started", "delivered", "verified")] == [1, 1, 1]
    await case.say("message.voided", voids=message)
    assert (await case.refused(), await case.stands()) == (["message.voided"], ("COMPLETED", "VERIFIED"))


async def test_a_report_that_is_taken_back_leaves_everything_as_before(running: Run) -> None:
    case = await ordered(running)
    before = await case.measure()
    delivered = await case.say("service.delivered")
    assert await case.stands() == ("COMPLETED", "DELIVERED")
    await case.say("message.voided", sender=str(uuid4()), voids=delivered)
    for _ in range(2):
        await case.say("message.voided", voids=delivered)
    assert await case.stands() == ("ACCEPTED", "PLANNED")
    assert await case.measure() | {"version": 0} == before | {"version": 0}
    (back,) = await case.facts("measure.taken-back")
    assert (back["delivered"], back["started"], len(await case.facts("referral.reopened"))) == (True, True, 1)
    started = await case.say("service.started")
    delivered = await case.say("service.delivered")
    await case.say("message.voided", voids=started)
    assert (await case.refused(), await case.stands()) == (["message.voided"], ("COMPLETED", "DELIVERED"))
    for message in (delivered, started):
        await case.say("message.voided", voids=message)
    assert await case.stands() == ("ACCEPTED", "PLANNED")
    await case.say("service.delivered")
    last = await case.say("service.delivered")
    assert await case.refused() == ["message.voided", "service.delivered"]
    await case.say("message.voided", voids=last)
    assert await case.stands() == ("COMPLETED", "DELIVERED")


async def test_what_the_measure_does_not_allow_leaves_the_referral_alone_and_what_others_recorded_stays(
    running: Run,
) -> None:
    case = await ordered(running)
    path = f"plans/{case.plan}/measures/{case.measure_id}"
    await suspended(case.story, "provider", PROVIDER)
    await case.say("service.delivered", on="2026-03-02")
    assert (await case.refused(), await case.stands()) == (["service.delivered"], ("ACCEPTED", "PLANNED"))
    await case.say("service.started", on="2026-02-25")
    assert await case.stands() == ("STARTED", "IN_DELIVERY")
    recorded = {"evidence_ref": "DN-1", "on": "2026-02-26"}
    answer = await case.story.partner().post(f"{ROOT}/{path}/delivery", json=recorded)
    assert answer.json()["state"] == "DELIVERED"
    message = await case.say("service.delivered")
    assert (await case.stands(), (await case.measure())["evidence_ref"]) == (("COMPLETED", "DELIVERED"), "DN-1")
    await case.say("message.voided", voids=message)
    assert (await case.stands(), (await case.measure())["evidence_ref"]) == (("STARTED", "DELIVERED"), "DN-1")
    await case.story.tell("case.return-failed", on="2026-03-01", reason_group="authority")
    await case.say("message.voided", voids=message)
    assert (await case.shown(case.referral))["state"] == "CANCELLED"


async def test_who_declines_or_is_not_reached_loses_nothing_and_may_be_helped_by_somebody_else(running: Run) -> None:
    case = await ordered(running, accepted=False)
    path, other = f"plans/{case.plan}/measures/{case.measure_id}", str(uuid4())
    refused = await case.story.partner().post(f"{ROOT}/{path}/replacement", json={"provider_id": other})
    assert lacking(refused) == {"held"}
    line = case.story.line_of("post_arrival")["line_id"]
    lines = f"{ROOT}/assistance-lines?case_id={case.story.case_id}"
    money = (await case.story.caseworker().get(lines)).json()
    message = await case.say("person.unreachable", on="2026-03-01")
    await case.say("person.unreachable", sender=str(uuid4()))
    shown = await case.shown(case.referral)
    assert (shown["state"], shown["unreachable_on"]) == ("MADE", "2026-03-01")
    for client in (case.story.caseworker(), case.story.partner()):
        told_so = await notices(client, "referral.person-unreachable")
        assert [one["subject"] for one in told_so] == [case.referral]
    await case.say("message.voided", voids=message)
    assert (await case.shown(case.referral))["unreachable_on"] is None
    declined = await case.say("service.declined-by-person")
    assert await case.stands() == ("DECLINED_BY_PERSON", "PLANNED")
    await case.say("message.voided", voids=declined)
    assert await case.stands() == ("MADE", "PLANNED")
    await case.say("service.declined-by-person")
    await case.say("person.unreachable")
    assert await case.refused() == ["person.unreachable"]
    answer = await case.story.partner().post(f"{ROOT}/{path}/replacement", json={"provider_id": other})
    assert (answer.status_code, answer.json()["provider_id"]) == (200, other)
    assert (await case.story.caseworker().get(lines)).json() == money, line
