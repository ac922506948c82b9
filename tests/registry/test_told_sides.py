"""Ministries and delegations are told what happens in their partnership: coded, of their own only, and no words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.registry.commands.send_deliveries import send_due
from services.registry.domain.disclosure_matrix import BETWEEN_SIDES
from shared.http.outbound import OutboundClient
from shared.testing.plugin import Run
from tests.registry.partnership_story import ROOT, PartnershipStory
from tests.registry.receiver import Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORDS = "Zebulonian wishes"


class Sides:
    """A partnership, and a ministry of a country that listens."""

    def __init__(self, story: PartnershipStory, hook: Receiver, client: OutboundClient) -> None:
        self.story, self.hook, self.client = story, hook, client
        self.ministry = ""

    async def listens(self, country: str, *, role: str = "partnership_dialogue") -> str:
        admin = self.story.service.client("administrator")
        body = {"kind": "state_authority", "name": "Ministry", "country": country, "roles": [role]}
        made = await admin.post(f"{ROOT}/agencies", json=body)
        assert made.status_code == 201, made.text
        self.ministry = made.json()["id"]
        wanted = {"owner_id": self.ministry, "url": self.hook.url, "event_types": list(BETWEEN_SIDES)}
        endpoint = await admin.post(f"{ROOT}/webhook-endpoints", json=wanted)
        if endpoint.status_code == 201:
            await self.story.service.fetch("UPDATE webhook_endpoint SET status = 'active'")
        return str(endpoint.json().get("slug", ""))

    async def everything_happens(self) -> None:
        """One of each, with words that must stay between the sides."""
        story = self.story
        component = await story.component("education_access")
        commitment = await story.commitment(story.host, "partner", "2026-03-05", title=WORDS, indicator=WORDS)
        await story.did(story.partner, f"commitments/{commitment}/agreement")
        await story.service.run_job("commitments-due")
        await story.did(story.partner, f"commitments/{commitment}/report", {"words": WORDS})
        await story.did(story.host, f"commitments/{commitment}/confirmation", {"words": WORDS})
        meeting = {"level": "senior", "scheduled_on": "2026-03-02", "place": WORDS}
        held = (await story.did(story.host, f"partnerships/{story.id}/dialogue-rounds", meeting, 201))["id"]
        await story.did(story.host, f"dialogue-rounds/{held}/agenda-items", {"title": WORDS})
        for side in (story.host, story.partner):
            await story.did(side, f"dialogue-rounds/{held}/agenda-approval")
        await story.did(story.host, f"dialogue-rounds/{held}/holding", {"on": "2026-03-02"})
        item = {"title": WORDS, "owner_side": "partner", "due_on": "2026-05-01"}
        await story.did(story.host, f"dialogue-rounds/{held}/action-items", item, 201)
        activity = {"title": WORDS, "lead": WORDS, "source": WORDS}
        activity |= {"facts": {"activity_type": "scholarships", "level": "higher", "offered": 5}}
        await story.did(story.host, f"components/{component}/activities", activity, 201)

    async def send(self) -> list[dict[str, Any]]:
        while await send_due(self.story.service.runtime, self.client):
            pass
        return self.hook.bodies


@pytest_asyncio.fixture(loop_scope="session")
async def sides(running: Run) -> AsyncIterator[Sides]:
    story = PartnershipStory(await running("registry"))
    await story.begin()
    async with receiver() as hook:
        client = OutboundClient(allow_loopback=True, deadline_seconds=3)
        yield Sides(story, hook, client)
        await client.close()


async def test_a_ministry_hears_everything_of_its_partnership_and_no_words(sides: Sides) -> None:
    await sides.listens("GEO")
    await sides.everything_happens()
    bodies = await sides.send()
    assert {body["type"] for body in bodies} == set(BETWEEN_SIDES)
    assert len(bodies) == len(BETWEEN_SIDES)
    for body in bodies:
        assert body["data"]["partnership_id"] == sides.story.id
        assert not {"agency_case_ref", "sequence", "detail_url"} & set(body["data"])
    assert WORDS not in json.dumps(bodies)
    due = next(body["data"] for body in bodies if body["type"] == "commitment.due-soon")
    assert (due["owner_side"], due["due_on"]) == ("partner", "2026-03-05")
    assert await sides.story.service.published("registry.delivery.made.v1") == []


async def test_the_ministry_of_another_country_hears_nothing(sides: Sides) -> None:
    await sides.listens("ARM")
    await sides.everything_happens()
    assert await sides.send() == []


async def test_only_who_takes_part_in_the_dialogue_may_ask_for_it(sides: Sides) -> None:
    assert await sides.listens("GEO", role="identity_verification") == "event-type-not-allowed"
    await sides.everything_happens()
    assert await sides.send() == []


async def test_who_is_suspended_or_has_lost_the_role_before_the_attempt_hears_nothing(sides: Sides) -> None:
    await sides.listens("GEO")
    await sides.everything_happens()
    admin = sides.story.service.client("administrator")
    changed = await admin.patch(
        f"{ROOT}/recipients/{sides.ministry}", json={"roles": ["statistics"]}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    assert await sides.send() == []
    states = await sides.story.service.fetch("SELECT DISTINCT status FROM delivery")
    assert [row["status"] for row in states] == ["withheld"]
