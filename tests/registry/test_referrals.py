"""Referrals take and give back places, and a provider is told only with a live consent that names it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from services.registry.commands.send_deliveries import send_due
from shared.http.outbound import OutboundClient
from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.plugin import Run
from tests.registry.receiver import receiver
from tests.registry.story import RegistryStory, gone_live
from tests.registry.test_providers import Provider

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/registry/v1"
CONSENT, BASIS = {"consent_missing"}, {"basis_missing"}


class Referred:
    """A case whose people may be told to a provider with places."""

    def __init__(self, story: RegistryStory, provider: Provider) -> None:
        self.story, self.provider, self.svc = story, provider, story.service
        self.referral = str(uuid4())

    async def begun(self, *, consent: bool = True, **options: Any) -> Referred:
        await self.story.enrol()
        await self.provider.enrol(**options)
        self.story.ids["provider"] = self.provider.id
        await self.story.opened()
        if consent:
            await self.story.consent("provider", "person_a", "employment")
        await self.story.approved()
        return self

    @property
    def service_id(self) -> str:
        return self.provider.places.split("/")[-2]

    async def fact(self, name: str, **more: Any) -> None:
        data = {"referral_id": self.referral, "case_id": self.story.case_id, "provider_id": self.provider.id}
        data |= {"service_id": self.service_id, "on": "2026-03-02", **more}
        await self.svc.receive(f"reintegration.referral.{name}.v1", data, key=self.story.case_id)

    async def made(self, referral: str | None = None) -> list[tuple[str, list[str]]]:
        self.referral = referral or self.referral
        more = {"category": "training", "person_refs": ["person_a", "person_b"], "answer_by": "2026-03-09"}
        await self.fact("made", arrived_on="2026-03-01", **more)
        return await self.checked()

    async def made_anew(self, **more: str) -> str:
        self.referral = str(uuid4())
        about = {"category": "training", "person_refs": ["person_a"], "answer_by": "2026-03-09"} | more
        await self.fact("made", arrived_on="2026-03-01", **about)
        return self.referral

    async def waited(self) -> list[set[str]]:
        return [set(event.data["lacking"]) for event in await self.svc.published("registry.referral.waiting.v1")]

    async def checked(self) -> list[tuple[str, list[str]]]:
        checked = await self.svc.published("registry.referral.checked.v1")
        return [(event.data["outcome"], event.data["reasons"]) for event in checked]

    async def used(self) -> int:
        return int((await self.provider.availability())["service"]["used"])

    async def queued(self) -> list[Any]:
        return await self.svc.fetch(
            "SELECT payload_type, purpose, facts, person_refs FROM delivery WHERE recipient_id::text = $1 ORDER BY id",
            self.provider.id,
        )


async def referred(running: Run, **options: Any) -> Referred:
    service = await running("registry")
    return await Referred(RegistryStory(service), Provider(service)).begun(**options)


async def test_a_referral_takes_a_place_and_names_only_who_agreed_to_this_provider(running: Run) -> None:
    case = await referred(running, capacity=1)
    assert await case.made() == [("placed", [])]
    assert await case.used() == 1
    (delivery,) = await case.queued()
    assert (delivery["payload_type"], delivery["purpose"]) == ("referral.made", "employment")
    assert json.loads(delivery["person_refs"]) == json.loads(delivery["facts"])["person_refs"] == ["person_a"]
    assert await case.made(str(uuid4())) == [("placed", []), ("blocked", ["no_place_free"])]
    assert await case.used() == 1
    assert len(await case.queued()) == 1


async def test_a_referral_waits_for_consent_basis_and_release_and_is_told_once_when_all_are_there(
    running: Run,
) -> None:
    case = await referred(running, consent=False, capacity=2)
    assert await case.made() == []
    assert (await case.waited(), await case.used(), await case.queued()) == ([CONSENT | BASIS], 0, [])
    consent = await case.story.consent("provider", "person_a", "employment", basis=False)
    assert await case.waited() == [CONSENT | BASIS, BASIS]
    await case.story.fact("case.disclosure-frozen")
    await case.story.basis("provider", "employment")
    assert (await case.waited())[2:] == [{"not_released"}]
    assert (await case.checked(), await case.queued()) == ([], [])
    await case.story.fact("case.disclosure-released")
    assert (await case.checked(), await case.used()) == ([("placed", [])], 1)
    (told,) = await case.queued()
    assert (told["payload_type"], json.loads(told["person_refs"])) == ("referral.made", ["person_a"])
    await case.story.consent("provider", "person_b", "employment")
    await case.svc.run_job("retry-waiting-facts")
    assert (len(await case.queued()), await case.used()) == (1, 1)
    await case.story.fact("consent.withdrawn", consent_id=consent, person_ref="person_a")
    manager = case.svc.client("programme_manager", programmes=[case.story.programme])
    notices = (await manager.get(f"{ROOT}/notifications")).json()["items"]
    assert {one["subject"] for one in notices if one["kind"] == "referral.basis-missing"} == {case.provider.id}


async def test_a_referral_that_waits_is_given_up_when_it_ends_when_its_day_is_over_and_where_no_place_is_left(
    running: Run,
) -> None:
    case = await referred(running, consent=False, capacity=1, valid_until="2026-12-31")
    await case.made()
    await case.fact("ended", outcome="cancelled")
    await case.made_anew()
    case.svc.clock.advance(days=7)
    await case.svc.run_job("retry-waiting-facts")
    assert await case.checked() == []
    case.svc.clock.advance(days=1)
    await case.svc.run_job("retry-waiting-facts")
    assert await case.checked() == [("blocked", ["consent_missing", "basis_missing"])]
    assert await case.svc.fetch("SELECT 1 FROM waiting_fact") == []
    await case.made_anew(answer_by="2026-03-20")
    await case.provider.take()
    await case.made_anew(answer_by="2026-03-20")
    full = ("blocked", ["no_place_free", "consent_missing", "basis_missing"])
    assert (await case.checked())[1:] == [full]
    await case.story.consent("provider", "person_a", "employment")
    assert (await case.checked())[2:] == [("blocked", ["no_place_free", "consent_missing"])]
    assert await case.queued() == []


async def test_a_provider_without_due_diligence_gets_no_referral(running: Run) -> None:
    case = await referred(running, valid_until="2026-03-01")
    assert await case.made() == [("blocked", ["due_diligence_expired"])]


async def test_a_service_that_nobody_offers_is_no_place(running: Run) -> None:
    case = await referred(running)
    case.provider.places = f"{ROOT}/provider-services/{uuid4()}/places"
    assert await case.made() == [("blocked", ["service_unknown"])]


async def test_what_was_done_by_mistake_wants_its_place_again(running: Run) -> None:
    case = await referred(running, capacity=1)
    await case.made()
    for name in ("ended", "reopened", "reopened"):
        await case.fact(name, **({"outcome": "completed"} if name == "ended" else {}))
    assert await case.used() == 1


@pytest.mark.parametrize("ending", ["rejected", "cancelled", "declined", "completed"])
async def test_the_place_is_given_back_when_nobody_is_expected(running: Run, ending: str) -> None:
    case = await referred(running, capacity=1)
    await case.made()
    for _ in range(2):
        await case.fact("answered" if ending == "rejected" else "ended", outcome=ending)
    assert await case.used() == 0
    types = [row["payload_type"] for row in await case.queued()]
    assert types == (["referral.made", "referral.cancelled"] if ending == "cancelled" else ["referral.made"])


async def test_an_answer_taken_back_wants_its_place_again_and_never_somebody_elses(running: Run) -> None:
    case = await referred(running, capacity=1)
    await case.made()
    first = case.referral
    await case.fact("answered", outcome="rejected")
    await case.fact("answered", outcome="taken_back")
    assert await case.used() == 1
    await case.fact("answered", outcome="rejected")
    await case.made(str(uuid4()))
    case.referral = first
    await case.fact("answered", outcome="taken_back")
    assert await case.used() == 1


async def test_every_change_of_places_or_checks_is_told_to_those_who_refer(running: Run) -> None:
    case = await referred(running, capacity=2, valid_until=None)
    await case.provider.checked("2026-12-31")
    await case.made()
    told = await case.svc.published("registry.provider-service.changed.v1")
    assert {event.subject for event in told} == {case.provider.id}
    assert [(event.data["free"], event.data["diligence_until"]) for event in told] == [
        (2, None),
        (2, "2026-12-31"),
        (1, "2026-12-31"),
    ]


async def test_the_provider_hears_of_it_and_its_reply_names_the_referral(running: Run) -> None:
    key = SigningKey.generate()
    case = await referred(running, message_keys=[str(key.public)])
    async with receiver() as hook:
        body = {"owner_id": case.provider.id, "url": hook.url, "event_types": ["referral.made", "request.ended"]}
        made = await case.provider.admin.post(f"{ROOT}/webhook-endpoints", json=body)
        assert made.status_code == 201, made.text
        await gone_live(case.svc, made.json()["id"])
        await case.made()
        client = OutboundClient(allow_loopback=True, deadline_seconds=3)
        while await send_due(case.svc.runtime, client):
            pass
        await client.close()
        (heard,) = hook.bodies
    assert (heard["type"], heard["data"]["referral_id"]) == ("referral.made", case.referral)
    assert heard["data"]["answer_by"] == "2026-03-09"
    assert case.story.case_id not in json.dumps(heard)
    said = {"agency_case_ref": heard["data"]["agency_case_ref"], "in_reply_to": str(heard["data"]["sequence"])}
    content = json.dumps({"type": "referral.accepted", "data": said}).encode()
    headers = signed_headers([key], f"msg_{uuid4().hex}", int(case.svc.clock.now().timestamp()), content)
    answer = await case.provider.own().post(f"{ROOT}/agency-messages", content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    (event,) = await case.svc.published("registry.agency-message.received.v1")
    assert (event.data["message_type"], event.data["facts"]) == (
        "referral.accepted",
        {"referral_id": case.referral},
    )
