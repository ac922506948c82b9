"""Ministries and delegations are told what happens in their partnership: coded, of their own only, and no words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
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

    async def enrolled(self, country: str, *, role: str = "partnership_dialogue") -> None:
        """A ministry that has no endpoint."""
        admin = self.story.service.client("administrator")
        body = {"kind": "state_authority", "name": "Ministry", "country": country, "roles": [role]}
        made = await admin.post(f"{ROOT}/agencies", json=body)
        assert made.status_code == 201, made.text
        self.ministry = made.json()["id"]

    @property
    def own(self) -> Any:
        """The ministry itself."""
        return self.story.service.client("partner_agency", agency_id=self.ministry)

    async def endpoint(self, url: str, types: Sequence[str] = BETWEEN_SIDES) -> dict[str, Any]:
        """Another endpoint of the ministry, live; or why there is none."""
        wanted = {"owner_id": self.ministry, "url": url, "event_types": list(types)}
        answer = await self.own.post(f"{ROOT}/webhook-endpoints", json=wanted)
        if answer.status_code == 201:
            await self.story.service.fetch("UPDATE webhook_endpoint SET status = 'active'")
        found: dict[str, Any] = answer.json()
        return found

    async def listens(self, country: str, *, role: str = "partnership_dialogue") -> str:
        """A ministry with an endpoint; why it is refused, if it is."""
        await self.enrolled(country, role=role)
        return str((await self.endpoint(self.hook.url)).get("slug", ""))

    async def events(self, **query: Any) -> list[dict[str, Any]]:
        """What the ministry reads to catch up."""
        answer = await self.own.get(f"{ROOT}/agency-events", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    async def everything_happens(self) -> None:
        """One of each, with words that must stay between the sides."""
        story = self.story
        component = await story.component("education_access")
        commitment = await story.commitment(story.host, "partner", "2026-03-05", title=WORDS, indicator=WORDS)
        await story.did(story.partner, f"commitments/{commitment}/agreement")
        await story.service.run_job("commitments-due")
        evidence = [{"kind": "document", "title": WORDS}]
        await story.did(story.partner, f"commitments/{commitment}/report", {"words": WORDS, "evidence": evidence})
        await story.did(story.host, f"commitments/{commitment}/confirmation", {"words": WORDS})
        meeting = {"level": "senior", "scheduled_on": "2026-03-02", "place": WORDS}
        held = (await story.did(story.host, f"partnerships/{story.id}/dialogue-rounds", meeting, 201))["id"]
        await story.did(story.host, f"dialogue-rounds/{held}/agenda-items", {"title": WORDS})
        for side in (story.host, story.partner):
            await story.approved(side, held, "agenda")
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
        assert not {"agency_case_ref", "detail_url"} & set(body["data"])
    assert [body["data"]["sequence"] for body in bodies] == [1, 2, 3, 4, 5, 6]
    assert WORDS not in json.dumps(bodies)
    due = next(body["data"] for body in bodies if body["type"] == "commitment.due-soon")
    assert (due["owner_side"], due["due_on"]) == ("partner", "2026-03-05")
    assert await sides.story.service.published("registry.delivery.made.v1") == []


async def test_order_holds_over_everything_that_belongs_to_no_case_and_tests_pass_by(sides: Sides) -> None:
    await sides.listens("GEO")
    await sides.everything_happens()
    sides.hook.script = ["500 Oops"]
    assert len(await sides.send()) == 1
    (endpoint,) = (await sides.own.get(f"{ROOT}/webhook-endpoints")).json()["items"]
    tested = await sides.own.post(f"{ROOT}/webhook-endpoints/{endpoint['id']}/test-events", json={})
    assert tested.status_code == 202, tested.text
    assert [body["type"] for body in await sides.send()][1:] == ["endpoint.test"]
    sides.story.service.clock.advance(seconds=7)
    bodies = [body["data"] for body in await sides.send() if body["type"] != "endpoint.test"]
    assert [data["sequence"] for data in bodies] == [1, 1, 2, 3, 4, 5, 6]
    assert bodies[0] == bodies[1]
    log = (await sides.own.get(f"{ROOT}/webhook-endpoints/{endpoint['id']}/deliveries")).json()["items"]
    assert [entry["sequence"] for entry in log] == [1, 2, 3, 4, 5, 6, None]


async def test_a_ministry_catches_up_by_its_own_counter_with_and_without_an_endpoint(sides: Sides) -> None:
    await sides.enrolled("GEO")
    await sides.everything_happens()
    heard = await sides.events()
    assert {entry["type"] for entry in heard} == set(BETWEEN_SIDES)
    assert [entry["data"]["sequence"] for entry in heard] == [1, 2, 3, 4, 5, 6]
    assert WORDS not in json.dumps(heard)
    assert await sides.events(after=4) == heard[4:]
    assert await sides.events(after=1, limit=2) == heard[1:3]
    assert await sides.events() == heard


async def test_each_endpoint_counts_what_it_gets_and_the_feed_counts_facts(sides: Sides) -> None:
    await sides.enrolled("GEO")
    await sides.everything_happens()
    before = await sides.events()
    await sides.endpoint(sides.hook.url)
    async with receiver() as other:
        narrow = await sides.endpoint(other.url, ["activity.reported"])
        await sides.everything_happens()
        await sides.send()
        assert [body["data"]["sequence"] for body in sides.hook.bodies] == [1, 2, 3, 4, 5, 6]
        assert [(body["type"], body["data"]["sequence"]) for body in other.bodies] == [("activity.reported", 1)]
        assert [entry["data"]["sequence"] for entry in await sides.events()] == list(range(1, 13))
        assert (await sides.events())[:6] == before
        assert await sides.events(endpoint_id=narrow["id"]) == other.bodies
        assert await sides.events(endpoint_id=narrow["id"], after=1) == []


async def test_the_feed_is_of_its_recipient_only(sides: Sides) -> None:
    await sides.enrolled("GEO")
    await sides.everything_happens()
    mine = await sides.endpoint(sides.hook.url)
    service = sides.story.service
    nobody = service.client("partner_agency", agency_id="0199c0de-0000-7000-8000-0000000000ff")
    assert (await nobody.get(f"{ROOT}/agency-events")).status_code == 404
    first = sides.ministry
    await sides.enrolled("ARM")
    assert await sides.events() == []
    foreign = await sides.own.get(f"{ROOT}/agency-events", params={"endpoint_id": mine["id"]})
    absent = await sides.own.get(f"{ROOT}/agency-events", params={"endpoint_id": first})
    assert (foreign.status_code, foreign.json()) == (absent.status_code, absent.json()) == (404, absent.json())


async def test_reader_and_sender_never_give_one_number_twice(sides: Sides) -> None:
    await sides.listens("GEO")
    await sides.everything_happens()
    await sides.everything_happens()
    await asyncio.gather(*(sides.events() for _ in range(4)), *(sides.send() for _ in range(3)))
    await sides.send()
    rows = await sides.story.service.fetch("SELECT sequence, endpoint_sequence FROM delivery ORDER BY sequence")
    assert [row["sequence"] for row in rows] == list(range(1, 13))
    assert sorted(row["endpoint_sequence"] for row in rows) == list(range(1, 13))
    assert [body["data"]["sequence"] for body in sides.hook.bodies] == list(range(1, 13))


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
    await sides.story.service.fetch("UPDATE delivery SET status = 'failed'")
    assert (await sides.own.get(f"{ROOT}/agency-events")).json() == []
