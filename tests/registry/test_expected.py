"""Who expects somebody: partners, the reception only if the person asked for it, and a recipient that has not answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.registry.receiver import Receiver, receiver
from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")
ARRIVALS = ["arrival.announced", "arrival.rescheduled", "arrival.cancelled", "request.ended"]


class Border:
    """A border police that receives who asked for it."""

    def __init__(self, told: Told, hook: Receiver) -> None:
        self.told, self.hook, self.story = told, hook, told.story

    async def begin(self) -> None:
        body = {"kind": "state_authority", "name": "Border police", "country": "GEO", "roles": ["reception"]}
        made = await self.story.admin.post(f"{ROOT}/agencies", json=body)
        assert made.status_code == 201, made.text
        self.story.ids["border"] = made.json()["id"]
        wanted = {"owner_id": made.json()["id"], "url": self.hook.url, "event_types": ARRIVALS}
        endpoint = await self.story.admin.post(f"{ROOT}/webhook-endpoints", json=wanted)
        assert endpoint.status_code == 201, endpoint.text
        await self.story.service.fetch("UPDATE webhook_endpoint SET status = 'active'")

    async def asked_for(self, *refs: str) -> None:
        for ref in refs:
            await self.story.consent("border", ref, "reception")

    async def rebooked(self, on: str) -> None:
        fact = {"travel_on": on, "destination": "GEO", "party_size": 2, "person_refs": self.story.persons}
        await self.story.fact("itinerary.changed", **fact)

    async def stayed(self, *refs: str) -> None:
        await self.story.fact("case.did-not-board", on="2026-03-09", person_refs=list(refs))

    async def heard(self) -> list[tuple[str, Any, Any]]:
        await self.told.send()
        return [
            (body["type"], body["data"].get("travel_on"), body["data"].get("person_refs")) for body in self.hook.bodies
        ]


@pytest_asyncio.fixture(loop_scope="session")
async def border(told: Told) -> AsyncIterator[Border]:
    async with receiver() as hook:
        found = Border(told, hook)
        await found.begin()
        yield found


async def test_the_reception_hears_of_those_only_who_asked_for_it(border: Border) -> None:
    await consented(border.told)
    await border.asked_for("person_a")
    await border.story.itinerary()
    assert await border.heard() == [("arrival.announced", "2026-03-09", ["person_a"])]
    data = border.hook.bodies[0]["data"]
    assert set(data) == {"occurred_at", "agency_case_ref", "sequence", "travel_on", "party_size", "person_refs"}
    assert (data["party_size"], border.told.hook.bodies[0]["data"]["party_size"]) == (1, 2)


async def test_without_its_own_consent_the_reception_hears_nothing(border: Border) -> None:
    await consented(border.told)
    for ref in border.story.persons:
        await border.story.consent("border", ref, "identity_verification")
    await border.story.itinerary()
    await border.rebooked("2026-03-12")
    await border.stayed(*border.story.persons)
    assert await border.heard() == []


async def test_another_day_is_another_day_only_for_who_heard_of_one(border: Border) -> None:
    await consented(border.told)
    await border.story.itinerary()
    await border.asked_for("person_a", "person_b")
    await border.rebooked("2026-03-12")
    await border.rebooked("2026-03-14")
    assert [entry[:2] for entry in await border.heard()] == [
        ("arrival.announced", "2026-03-12"),
        ("arrival.rescheduled", "2026-03-14"),
    ]
    assert border.told.types == ["itinerary.confirmed", "itinerary.changed", "itinerary.changed"]


async def test_who_did_not_board_is_expected_by_nobody_any_more(border: Border) -> None:
    await consented(border.told)
    path = f"{ROOT}/webhook-endpoints/{border.told.endpoint['id']}"
    types = {"event_types": [*border.told.endpoint["event_types"], "itinerary.cancelled"]}
    assert (await border.told.partner.patch(path, json=types)).status_code == 200
    await border.asked_for("person_a", "person_b")
    await border.story.itinerary()
    await border.stayed("person_a")  # the other one is still on the way
    assert [kind for kind, _, _ in await border.heard()] == ["arrival.announced"]
    await border.stayed("person_a", "person_b")
    await border.stayed("person_a", "person_b")
    assert [kind for kind, _, _ in await border.heard()] == ["arrival.announced", "arrival.cancelled"]
    assert set(border.hook.bodies[1]["data"]) == {"occurred_at", "agency_case_ref", "sequence"}
    assert border.told.types == ["itinerary.confirmed", "itinerary.cancelled"]
    await border.rebooked("2026-03-20")
    assert (await border.heard())[-1][:2] == ("arrival.announced", "2026-03-20")


async def consulate_asked(told: Told) -> str:
    await told.story.opened()
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
    disclosure = await told.story.package(expires_at="2026-04-16")
    (row,) = (await told.story.client("agency").get(f"{ROOT}/webhook-endpoints")).json()["items"]
    types = {"event_types": ["request.package-ready", "request.reminder", "request.ended"]}
    answer = await told.story.client("agency").patch(f"{ROOT}/webhook-endpoints/{row['id']}", json=types)
    assert answer.status_code == 200, answer.text
    await told.send()
    assert told.types == ["request.package-ready"]
    return disclosure


async def reminded(told: Told, days: int) -> list[str]:
    told.clock.advance(days=days)
    await told.story.service.run_job("remind-of-requests")
    await told.send()
    return told.types[1:]


async def test_a_package_without_an_answer_is_reminded_of_once(told: Told) -> None:
    disclosure = await consulate_asked(told)
    assert await reminded(told, 14) == []  # the day to answer by is the 20th, today is the 16th
    assert await reminded(told, 1) == ["request.reminder"]
    data = told.hook.bodies[1]["data"]
    assert (data["answer_by"], data["sequence"], data["person_refs"]) == ("2026-03-20", 2, told.story.persons)
    assert data["detail_url"].endswith(f"/returns/v1/agency-disclosures/{disclosure}")
    assert await reminded(told, 1) == ["request.reminder"]


@pytest.mark.parametrize("settled", ["answered", "said", "recalled", "withdrawn"])
async def test_what_is_settled_is_not_reminded_of(told: Told, settled: str) -> None:
    disclosure = await consulate_asked(told)
    reference = told.hook.bodies[0]["data"]["agency_case_ref"]
    package = {"disclosure_id": disclosure, "recipient_id": told.story.ids["agency"]}
    if settled == "answered":
        await told.story.fact("disclosure.answered", **package, on="2026-03-02")
    elif settled == "recalled":
        await told.story.fact("disclosure.recalled", **package)
    elif settled == "withdrawn":
        await told.story.fact("case.withdrawn", on="2026-03-02")
    else:
        told.clock.advance(seconds=1)
        said = await told.story.say("agency", "information.requested", agency_case_ref=reference, code="photograph")
        assert said.status_code == 202, said.text
    assert "request.reminder" not in await reminded(told, 15)
