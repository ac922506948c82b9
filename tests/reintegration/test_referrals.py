"""Referrals: after the arrival, to a provider with a place, answered by a day with a receipt; by form and by message."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.reintegration.domain.referral import OPEN, REFERRAL, Offer, ReferralState, against_referral
from services.reintegration.domain.transitions import open_from
from shared.testing.plugin import Run
from tests.reintegration.story import PROVIDER, ROOT, Story, act
from tests.reintegration.test_failed_payments import lacking, notices
from tests.reintegration.test_suspended_organisations import suspended

service_test = pytest.mark.asyncio(loop_scope="session")
SERVICE = "0199c0de-0000-7000-8000-000000000014"


class Referral:
    """A family that has arrived, and a provider with a place."""

    def __init__(self, story: Story) -> None:
        self.story, self.svc = story, story.svc
        self.provider = story.svc.client("provider", subject="pr-1", provider_id=PROVIDER)

    async def arrived(self) -> Referral:
        await self.story.funded()
        self.plan = await self.story.assigned()
        await self.offered()
        await self.story.arrived()
        return self

    async def offered(self, **more: Any) -> None:
        fact = {"provider_id": PROVIDER, "service_id": SERVICE, "category": "training", "country": "GEO", "free": 1}
        fact |= {"diligence_until": "2026-12-31", "ends_on": None, **more}
        await self.svc.receive("registry.provider-service.changed.v1", fact, key=PROVIDER)

    async def make(self, **more: Any) -> Any:
        body = {"plan_id": self.plan, "service_id": SERVICE, "person_refs": [self.story.father], **more}
        return await self.story.partner().post(f"{ROOT}/referrals", json=body)

    async def made(self, **more: Any) -> str:
        answer = await self.make(**more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def checked(self, referral: str, outcome: str = "placed", *reasons: str) -> None:
        fact = {"referral_id": referral, "case_id": self.story.case_id, "provider_id": PROVIDER}
        fact |= {"outcome": outcome, "reasons": list(reasons)}
        await self.svc.receive("registry.referral.checked.v1", fact, key=self.story.case_id)

    async def ended(self, person_ref: str) -> None:
        fact = {"case_id": self.story.case_id, "recipient_id": PROVIDER, "destroy_by": "2026-06-01"}
        await self.svc.receive(
            "registry.request.ended.v1", {**fact, "person_refs": [person_ref]}, key=self.story.case_id
        )

    async def placed(self, **more: Any) -> str:
        referral = await self.made(**more)
        await self.checked(referral)
        return referral

    async def say(self, message_type: str, sender: str = PROVIDER, **facts: str) -> str:
        message = str(uuid4())
        fact = {"message_id": message, "sender_id": sender, "sender_kind": "ngo", "message_type": message_type}
        fact |= {"case_id": self.story.case_id, "person_refs": [], "facts": facts}
        fact |= {"received_at": "2026-03-02T09:00:00Z", "in_reply_to": None}
        await self.svc.receive("registry.agency-message.received.v1", fact, key=self.story.case_id)
        return message

    async def shown(self, referral: str, by: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = (await (by or self.story.caseworker()).get(f"{ROOT}/referrals/{referral}")).json()
        return found

    async def facts(self, name: str) -> list[dict[str, Any]]:
        return [event.data for event in await self.svc.published(f"reintegration.{name}.v1")]


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def verified(client: Any, receipt: str) -> dict[str, Any]:
    """What a receipt says, checked as an outsider does: with the published key and a signature library, nothing of
    ours. Raises InvalidSignature."""
    header, statement, signature = receipt.split(".")
    keys = {key["kid"]: key["x"] for key in (await client.get(f"{ROOT}/receipt-keys")).json()["keys"]}
    named = json.loads(unpacked(header))
    assert (named["alg"], named["typ"]) == ("EdDSA", "referral-receipt+jws")
    public = Ed25519PublicKey.from_public_bytes(unpacked(keys[named["kid"]]))
    public.verify(unpacked(signature), f"{header}.{statement}".encode())
    said: dict[str, Any] = json.loads(unpacked(statement))
    return said


def forged(receipt: str, **claims: Any) -> str:
    """The same receipt with other words."""
    header, statement, signature = receipt.split(".")
    said = json.loads(unpacked(statement)) | claims
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


async def told(running: Run) -> Referral:
    return await Referral(Story(await running("reintegration"))).arrived()


def test_every_state_is_reached_and_a_place_is_held_exactly_while_something_is_open() -> None:
    assert {row.target for row in REFERRAL.values()} == set(ReferralState)
    endings = {state for state in ReferralState if not open_from(REFERRAL, state)}
    assert endings == {"BLOCKED", "CANCELLED"}
    assert set(ReferralState) - OPEN - endings == {"REJECTED", "DECLINED_BY_PERSON", "COMPLETED"}


def test_every_reason_against_a_referral_is_named() -> None:
    from datetime import date

    today = date(2026, 3, 2)
    full = Offer(free=0, diligence_until=date(2026, 3, 1), ends_on=date(2026, 3, 1), suspended=True)
    assert against_referral(full, today=today) == [
        "provider_suspended",
        "due_diligence_expired",
        "service_ended",
        "no_place_free",
    ]
    free = Offer(free=1, diligence_until=today, ends_on=today, suspended=False)
    assert against_referral(free, today=today) == []


@service_test
async def test_a_referral_reaches_the_provider_when_registry_has_a_place_and_is_answered_with_a_receipt(
    running: Run,
) -> None:
    case = await told(running)
    referral = await case.made()
    (made,) = await case.facts("referral.made")
    assert (made["provider_id"], made["person_refs"], made["answer_by"]) == (
        PROVIDER,
        [case.story.father],
        "2026-03-09",
    )
    assert (await case.provider.get(f"{ROOT}/referrals")).json()["items"] == []
    early = await case.provider.post(f"{ROOT}/referrals/{referral}/answer", json={"accepted": True})
    assert early.status_code == 404
    for _ in range(2):
        await case.checked(referral)
    assert [one["subject"] for one in await notices(case.provider, "referral.made")] == [referral]
    answer = await act(case.provider, f"referrals/{referral}", "answer", accepted=True)
    assert (answer.json()["state"], len(answer.json()["receipt"])) == ("ACCEPTED", 64)
    assert (await case.shown(referral))["receipt"] == answer.json()["receipt"]
    assert [fact["outcome"] for fact in await case.facts("referral.answered")] == ["accepted"]
    again = await act(case.provider, f"referrals/{referral}", "answer", accepted=True)
    assert again.json()["open_transitions"] == ["cancel", "complete", "decline", "start", "take-back-answer"]
    for client in (case.story.caseworker(), case.story.partner()):
        assert [one["subject"] for one in await notices(client, "referral.accepted")] == [referral]


@service_test
async def test_both_sides_check_a_receipt_alone_also_after_its_key_was_replaced_and_notice_any_change(
    running: Run,
) -> None:
    case = await told(running)
    referral, caseworker = await case.placed(), case.story.caseworker()
    administrator = case.svc.client("administrator")
    assert (await caseworker.get(f"{ROOT}/receipt-keys")).json() == {"keys": []}
    assert (await case.shown(referral))["signed_receipt"] is None
    message = await case.say("referral.rejected", code="no_capacity")
    first = (await case.shown(referral))["signed_receipt"]
    assert (await case.provider.post(f"{ROOT}/receipt-keys/rotations", json={})).status_code == 403
    rotated = await administrator.post(f"{ROOT}/receipt-keys/rotations", json={})
    assert (rotated.status_code, rotated.json()["retired_at"]) == (201, None)
    await case.say("message.voided", voids=message)
    second = (await case.shown(referral, by=case.provider))["signed_receipt"]
    for client in (case.provider, caseworker):
        said = [await verified(client, receipt) for receipt in (first, second)]
        assert [one["outcome"] for one in said] == ["rejected", "taken_back"]
    assert set(said[0]) == {
        *("iss", "iat", "referral_id", "provider_id", "service_id", "made_on", "answer_by"),
        *("outcome", "reason_code", "on", "digest"),
    }
    assert case.story.father not in json.dumps(said)
    keys = (await caseworker.get(f"{ROOT}/receipt-keys")).json()["keys"]
    assert [key["retired_at"] is None for key in keys] == [True, False]
    assert len({json.loads(unpacked(receipt.split(".")[0]))["kid"] for receipt in (first, second)}) == 2
    crossed = ".".join([*second.split(".")[:2], first.split(".")[2]])
    for changed in (forged(first, outcome="accepted"), forged(second, referral_id=str(uuid4())), crossed):
        with pytest.raises(InvalidSignature):
            await verified(caseworker, changed)
    assert await case.svc.fetch("SELECT 1 FROM receipt_key WHERE length(sealed_key) <= 32") == []


@service_test
async def test_a_full_or_unchecked_or_suspended_provider_gets_no_new_referral(running: Run) -> None:
    case = await told(running)
    assert (await case.make(service_id=str(uuid4()))).json()["slug"] == "provider-service-not-known-yet"
    for more, reason in (
        ({"free": 0}, "no_place_free"),
        ({"diligence_until": "2026-03-01"}, "due_diligence_expired"),
        ({"diligence_until": None}, "due_diligence_missing"),
        ({"ends_on": "2026-03-01"}, "service_ended"),
    ):
        await case.offered(**more)
        refused = await case.make()
        assert (refused.status_code, refused.json()["slug"], refused.json()["reasons"]) == (
            409,
            "referral-blocked",
            [reason],
        )
    await case.offered()
    await suspended(case.story, "provider", PROVIDER)
    assert (await case.make()).json()["slug"] == "organisation-suspended"
    assert await case.facts("referral.made") == []


@service_test
async def test_only_people_of_the_case_who_have_arrived_are_referred(running: Run) -> None:
    story = Story(await running("reintegration"))
    case = Referral(story)
    await story.funded()
    case.plan = await story.assigned()
    await case.offered()
    assert lacking(await case.make()) == {"arrived", "persons-of-case"}
    await story.arrived()
    assert lacking(await case.make(person_refs=["pr_stranger"])) == {"persons-of-case"}
    stranger = story.svc.client("caseworker", offices=["BRN"])
    body = {"plan_id": case.plan, "service_id": SERVICE, "person_refs": [story.father]}
    assert (await stranger.post(f"{ROOT}/referrals", json=body)).status_code == 404


@service_test
async def test_what_registry_could_not_place_says_why_to_those_who_made_it(running: Run) -> None:
    case = await told(running)
    referral = await case.made()
    await case.checked(referral, "blocked", "consent_missing")
    shown = await case.shown(referral)
    assert (shown["state"], shown["block_reasons"]) == ("BLOCKED", ["consent_missing"])
    (notice,) = await notices(case.story.partner(), "referral.blocked")
    assert notice["facts"] == {"reasons": "consent_missing"}
    await case.checked(referral)
    assert (await case.shown(referral))["state"] == "BLOCKED"


@service_test
async def test_a_referral_of_which_the_provider_may_not_be_told_yet_says_what_it_waits_for(running: Run) -> None:
    case = await told(running)
    referral, other = await case.made(), await case.made()
    for lacks in (["consent_missing", "basis_missing"], ["basis_missing"]):
        fact = {"referral_id": referral, "case_id": case.story.case_id, "provider_id": PROVIDER, "lacking": lacks}
        await case.svc.receive("registry.referral.waiting.v1", fact, key=case.story.case_id)
    shown = await case.shown(referral)
    assert (shown["state"], shown["placed_on"], shown["waits_for"]) == ("MADE", None, ["basis_missing"])
    listed = await case.story.caseworker().get(f"{ROOT}/referrals", params={"waiting": True})
    assert [row["id"] for row in listed.json()["items"]] == [referral] != [other]
    assert (await case.provider.get(f"{ROOT}/referrals")).json()["items"] == []
    for client in (case.story.caseworker(), case.story.partner()):
        told_so = await notices(client, "referral.waiting")
        assert [one["facts"]["lacking"] for one in told_so] == ["basis_missing consent_missing", "basis_missing"]
    await case.checked(referral)
    assert (await case.shown(referral))["waits_for"] is None
    assert [row["id"] for row in (await case.provider.get(f"{ROOT}/referrals")).json()["items"]] == [referral]


@service_test
async def test_a_provider_answers_by_message_and_takes_its_answer_back(running: Run) -> None:
    case = await told(running)
    referral = await case.placed()
    message = await case.say("referral.rejected", code="no_capacity")
    shown = await case.shown(referral)
    assert (shown["state"], shown["reason_code"]) == ("REJECTED", "no_capacity")
    await case.say("message.voided", voids=message)
    assert (await case.shown(referral))["receipt"] is None
    await case.say("referral.accepted", referral_id=referral)
    await case.say("service.started", on="2026-02-28")
    assert ((await case.shown(referral))["state"], (await case.shown(referral))["started_on"]) == (
        "STARTED",
        "2026-02-28",
    )
    await case.say("service.declined-by-person")
    assert (await case.shown(referral))["state"] == "DECLINED_BY_PERSON"
    assert [fact["outcome"] for fact in await case.facts("referral.answered")] == ["rejected", "taken_back", "accepted"]
    assert [fact["outcome"] for fact in await case.facts("referral.ended")] == ["declined"]
    assert await case.facts("agency-message.not-applied") == []


@service_test
async def test_a_message_that_the_state_does_not_allow_is_seen_by_its_sender(running: Run) -> None:
    case = await told(running)
    first, second = await case.placed(), await case.placed()
    message = await case.say("referral.accepted")
    await case.say("referral.accepted", sender=str(uuid4()), referral_id=first)
    await case.say("service.started", referral_id=second)
    await case.say("referral.rejected", referral_id=second)
    told_so = await case.facts("agency-message.not-applied")
    assert [fact["reason_code"] for fact in told_so] == [
        "referral-not-found",
        "referral-not-found",
        "transition-not-allowed",
        "transition-not-allowed",
    ]
    assert told_so[0]["message_id"] == message
    assert {(await case.shown(one))["state"] for one in (first, second)} == {"MADE"}
    await case.say("arrival.confirmed")
    assert len(await case.facts("agency-message.not-applied")) == 4


@service_test
async def test_an_answer_that_is_late_is_told_once(running: Run) -> None:
    case = await told(running)
    referral = await case.placed()
    await case.made()
    for days in (7, 1, 1):
        case.svc.clock.advance(days=days)
        await case.svc.run_job("watch-money-clocks")
    assert (await case.shown(referral))["overdue"] is True
    assert [one["subject"] for one in await notices(case.story.caseworker(), "referral.unanswered")] == [referral]


@service_test
@pytest.mark.parametrize(
    "how", ["by us", "arrival taken back", "plan discontinued", "return failed", "may not be told"]
)
async def test_when_nobody_is_expected_any_more_the_referral_is_cancelled(running: Run, how: str) -> None:
    case = await told(running)
    referral = await case.placed()
    if how == "by us":
        await act(case.story.partner(), f"referrals/{referral}", "ending", outcome="cancelled")
    elif how == "arrival taken back":
        await case.story.svc.receive(
            "returns.case.fact-corrected.v1",
            {"case_id": case.story.case_id, "on": "2026-03-01", "fact": "arrival"},
            key=case.story.case_id,
        )
    elif how == "plan discontinued":
        await act(case.story.caseworker(), f"plans/{case.plan}", "discontinuation", reason_group="circumstances")
    elif how == "may not be told":
        await case.ended("pr_somebody_else")
        assert (await case.shown(referral))["state"] == "MADE"
        await case.ended(case.story.father)
    else:
        await case.story.tell("case.return-failed", on="2026-03-01", reason_group="authority")
    assert (await case.shown(referral))["state"] == "CANCELLED"
    assert [fact["outcome"] for fact in await case.facts("referral.ended")] == ["cancelled"]
