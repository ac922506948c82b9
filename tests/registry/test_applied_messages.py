"""Messages that do something inside registry: a duty to destroy is attested, a commitment confirmed or disputed."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.registry.partnership_story import PartnershipStory
from tests.registry.story import RegistryStory
from tests.registry.test_messages import disclosed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_attestation_ends_the_duty_and_one_without_a_duty_is_not_applied(running: Run) -> None:
    story, reference = await disclosed(running)
    facts = {"agency_case_ref": reference, "result": "destroyed"}
    early = (await story.say("partner", "data-destroyed.attested", **facts)).json()
    assert (early["status"], early["reason_code"]) == ("not-applied", "nothing-to-attest")
    await story.fact("case.withdrawn")
    duties = (await story.client("partner").get("/registry/v1/attestations")).json()["items"]
    assert [duty["status"] for duty in duties] == ["open"]
    said = (await story.say("partner", "data-destroyed.attested", **facts)).json()
    assert (said["status"], said["facts"]) == ("received", {"result": "destroyed"})
    duties = (await story.client("partner").get("/registry/v1/attestations")).json()["items"]
    assert [(duty["status"], duty["result"]) for duty in duties] == [("attested", "destroyed")]


class Ministry:
    """A ministry of the partner country that speaks in the dialogue by signed message."""

    def __init__(self, story: RegistryStory, partnership: PartnershipStory) -> None:
        self.story, self.partnership = story, partnership

    async def begin(self) -> None:
        await self.story.enrol()
        await self.partnership.begin()
        path = f"/registry/v1/recipients/{self.story.ids['agency']}"
        await self.story.admin.patch(path, json={"roles": ["partnership_dialogue"]})
        self.commitment = await self.partnership.commitment(self.partnership.partner, "host")
        await self.partnership.did(self.partnership.host, f"commitments/{self.commitment}/agreement")

    async def say(self, message_type: str, **data: Any) -> Any:
        return await self.story.say("agency", message_type, **{"commitment_id": self.commitment, **data})

    async def reported(self) -> None:
        evidence = {"evidence": [{"kind": "document", "title": "Gazette"}]}
        await self.partnership.did(self.partnership.host, f"commitments/{self.commitment}/report", evidence)

    async def status(self) -> str:
        return str((await self.partnership.read(self.partnership.host, f"commitments/{self.commitment}"))["status"])


async def ministry(running: Run) -> Ministry:
    service = await running("registry")
    found = Ministry(RegistryStory(service), PartnershipStory(service))
    await found.begin()
    return found


async def test_a_ministry_disputes_and_confirms_what_is_owed_to_its_side(running: Run) -> None:
    found = await ministry(running)
    early = (await found.say("commitment.confirmed")).json()
    assert (early["status"], early["reason_code"]) == ("not-applied", "transition-not-allowed")
    await found.reported()
    assert (await found.say("commitment.disputed", code="delivered_in_part")).json()["status"] == "received"
    assert await found.status() == "disputed"
    await found.reported()
    confirmed = await found.say("commitment.confirmed", on="2026-03-02")
    assert (confirmed.status_code, confirmed.json()["agency_case_ref"]) == (202, None)
    assert await found.status() == "confirmed"
    event = (await found.story.service.published("registry.commitment.settled.v1"))[0]
    assert (event.subject, event.data["outcome"]) == (found.commitment, "confirmed")
    assert await found.story.service.published("registry.agency-message.received.v1") == []


async def test_foreign_and_unknown_commitments_are_answered_alike(running: Run) -> None:
    found = await ministry(running)
    await found.reported()
    unknown = await found.say("commitment.confirmed", commitment_id="0199c0de-0000-7000-8000-0000000000ff")
    await found.story.service.fetch("UPDATE recipient SET country = 'NGA'")
    foreign = await found.say("commitment.confirmed")
    assert (unknown.status_code, unknown.json()) == (foreign.status_code, foreign.json())
    assert unknown.status_code == 404
    assert await found.status() == "reported"


async def test_nobody_confirms_what_the_own_side_owes(running: Run) -> None:
    found = await ministry(running)
    await found.reported()
    await found.story.service.fetch("UPDATE recipient SET country = 'CHE'")
    answer = (await found.say("commitment.confirmed")).json()
    assert (answer["status"], await found.status()) == ("not-applied", "reported")
