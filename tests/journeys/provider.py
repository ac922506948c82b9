"""A provider helps after the arrival: asked before anybody may tell it, told once consent and basis are there, answering
by signed message, and heard by everybody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.world import World
from tests.reintegration.test_referrals import verified


async def provider_helps(world: World, house: Any, story: Any) -> None:
    """From the referral to the delivery."""
    helper = Helper(world, house, story)
    await helper.enrolled()
    referral = await helper.referred()
    assert referral["waits_for"] == ["basis_missing", "consent_missing"]
    assert await helper.feed() == []
    await helper.agreed()
    assert [entry["type"] for entry in await helper.feed()] == ["referral.made"]
    await helper.says("referral.accepted")
    accepted = await helper.shown()
    said = await verified(helper.own(world.reintegration), accepted["signed_receipt"])
    assert (accepted["state"], said["outcome"], said["referral_id"]) == ("ACCEPTED", "accepted", helper.referral)
    delivered = await helper.says("service.delivered")
    assert (await helper.shown())["state"] == "COMPLETED"
    await helper.says("message.voided", voids=delivered)
    assert ((await helper.shown())["state"], await helper.free()) == ("ACCEPTED", 0)
    await helper.says("service.delivered")
    assert ((await helper.shown())["state"], await helper.free()) == ("COMPLETED", 1)
    refused = await helper.says("service.started")
    status = (await helper.own(world.registry).get(f"/registry/v1/agency-messages/{refused}")).json()
    assert status["status"] == "not-applied"


class Helper:
    """A provider with one place, as the programme and the family deal with it."""

    def __init__(self, world: World, house: Any, story: Any) -> None:
        self.world, self.house, self.story = world, house, story
        self.key = SigningKey.generate()
        self.person = story.refs(adults=True)[0]

    def own(self, service: Any) -> Any:
        """The provider itself."""
        return service.client("provider", provider_id=self.id)

    async def enrolled(self) -> None:
        """With a check of it, and one place."""
        admin, root = self.world.registry.client("administrator"), "/registry/v1"
        body = {"kind": "ngo", "name": "Workshop", "country": "GEO", "roles": ["employment"]}
        body |= {"message_keys": [str(self.key.public)]}
        self.id = (await self.house.made(admin, f"{root}/providers", body))["id"]
        today = self.world.registry.clock.now().date()
        check = {"checked_on": today.isoformat(), "valid_until": (today + timedelta(days=90)).isoformat()}
        await self.house.made(admin, f"{root}/recipients/{self.id}/due-diligence", {**check, "source": "File 12"})
        offer = {"category": "training", "country": "GEO", "place": "Tbilisi", "capacity": 1}
        self.service = (await self.house.made(admin, f"{root}/providers/{self.id}/services", offer))["id"]
        await self.world.settle()

    async def referred(self) -> dict[str, Any]:
        """By the office, before the people were asked."""
        root, case = "/reintegration/v1", {"case_id": self.story.id}
        self.office = self.world.reintegration.client("caseworker", offices=["ZRH"])
        plan = (await self.office.get(f"{root}/plans", params=case)).json()["items"][0]["id"]
        body = {"plan_id": plan, "service_id": self.service, "person_refs": [self.person]}
        self.referral = (await self.house.made(self.office, f"{root}/referrals", body))["id"]
        await self.world.settle()
        return await self.shown()

    async def shown(self) -> dict[str, Any]:
        """The referral as the office sees it."""
        found: dict[str, Any] = (await self.office.get(f"/reintegration/v1/referrals/{self.referral}")).json()
        return found

    async def agreed(self) -> None:
        """The person is asked, and two managers see to the legal basis."""
        consent = {"person_ref": self.person, "recipients": [self.id], "purposes": ["employment"], "language": "ka"}
        consent |= {"data_classes": ["identity"], "text_version": "1", "text_hash": "0" * 64}
        await self.story.post("consents", consent, expect=201)
        path = f"/returns/v1/programmes/{self.house.programme}/disclosure-bases"
        basis = {"recipient_id": self.id, "purpose": "employment", "basis_type": "processing_contract"}
        basis |= {"instrument": "Contract", "article": "Art. 2", "source": "test", "valid_from": "2022-05-01"}
        first, second = (
            self.world.returns.client("programme_manager", programmes=[self.house.programme], subject=f"pm-{number}")
            for number in (1, 2)
        )
        recorded = await self.house.made(first, path, basis)
        await self.house.made(second, f"{path}/{recorded['id']}/approval", {}, 200)
        await self.world.settle()

    async def feed(self) -> list[dict[str, Any]]:
        """What the provider may read."""
        own = self.own(self.world.registry)
        rows = await self.world.registry.fetch(
            "SELECT agency_case_ref FROM agency_case WHERE recipient_id::text = $1", self.id
        )
        if not rows:
            return []
        self.reference = rows[0]["agency_case_ref"]
        entries: list[dict[str, Any]] = (await own.get(f"/registry/v1/agency-cases/{self.reference}/events")).json()
        return entries

    async def says(self, message_type: str, **facts: str) -> str:
        """By signed message; the name of the message."""
        data = {"agency_case_ref": self.reference, **({} if facts else {"in_reply_to": "1"}), **facts}
        body = json.dumps({"type": message_type, "data": data}).encode()
        name, at = f"msg_{uuid4().hex}", int(self.world.registry.clock.now().timestamp())
        headers = signed_headers([self.key], name, at, body)
        answer = await self.own(self.world.registry).post("/registry/v1/agency-messages", content=body, headers=headers)
        assert answer.status_code == 202, answer.text
        await self.world.settle()
        return str(answer.json()["message_id"])

    async def free(self) -> int:
        """Places of the provider that nobody holds."""
        found = await self.world.registry.client("caseworker", offices=["ZRH"]).get(
            "/registry/v1/provider-availability?category=training&country=GEO"
        )
        return int(found.json()[0]["service"]["free"])
