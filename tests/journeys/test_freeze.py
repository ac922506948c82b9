"""A protection officer stops everything: nothing leaves through any door until two people let it go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.testing.eventually import eventually
from shared.testing.world import World
from tests.journeys.test_family import FamilyStory, House, budget
from tests.registry.receiver import receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def package(house: House, story: FamilyStory) -> str:
    """An approved package for the consulate, not read yet."""
    body = {
        "recipient_id": house.ids["agencies"],
        "purpose": "identity_verification",
        "basis_type": "binding_instrument",
        "basis_instrument": "Agreement",
        "clause_id": house.ids["clause"],
        "fields": ["family_name"],
        "person_refs": story.refs(adults=True)[:1],
        "answer_by": (story.today + timedelta(days=25)).isoformat(),
        "destroy_by": (story.today + timedelta(days=90)).isoformat(),
    }
    path = f"/returns/v1/cases/{story.id}/disclosures"
    prepared = await house.made(story.caseworker, path, body)
    await house.made(story.officer, f"{path}/{prepared['id']}/approval", {"no_endangerment": True}, 200)
    await story.refresh()
    return str(prepared["id"])


async def test_nothing_leaves_a_frozen_file_and_two_people_lift_it(world: World) -> None:
    async with receiver() as hook:
        house = House(world)
        await house.set_up(hook.url)
        await budget(world, house)
        await world.settle()
        story = FamilyStory(house)
        await story.open_for_real()
        await story.granted()
        await story.post("pre-departure", {"partner_id": house.ids["partners"]})
        read = f"/returns/v1/agency-disclosures/{await package(house, story)}"
        await world.settle()
        await eventually(lambda: any(body["type"] == "request.package-ready" for body in hook.bodies), within=20)
        told_before = await _register(world, story)
        path = f"/returns/v1/cases/{story.id}"
        officers = [world.returns.client("protection_officer", offices=["ZRH"], subject=f"po-{n}") for n in (1, 2)]
        await house.made(officers[0], f"{path}/disclosure-freeze", {}, 200)
        await world.settle()
        consulate = world.returns.client("partner_agency", agency_id=house.ids["agencies"])
        ended = await consulate.get(read)
        assert (ended.status_code, ended.json()["slug"]) == (410, "disclosure-ended")
        await story.refresh()
        await story.post("itinerary", {"travel_on": (story.today + timedelta(days=7)).isoformat()})
        await world.settle()
        assert await _register(world, story) == told_before
        for officer in officers:
            await house.made(officer, f"{path}/disclosure-release", {}, 200)
        await world.settle()
        assert (await consulate.get(read)).status_code == 200
        await story.refresh()
        await story.post("itinerary", {"travel_on": (story.today + timedelta(days=9)).isoformat()})
        await world.settle()
        await eventually(lambda: any(body["type"] == "itinerary.changed" for body in hook.bodies), within=20)
        journey = [body["type"] for body in hook.bodies if body["type"].startswith("itinerary.")]
        assert journey == ["itinerary.confirmed", "itinerary.changed"], "what the freeze held is told, in order"
        assert await world.parked() == 0


async def _register(world: World, story: FamilyStory) -> list[Any]:
    """Who was told what about the case, as registry keeps it."""
    rows = await world.registry.fetch("SELECT id FROM disclosure_register WHERE case_id = $1 ORDER BY id", story.id)
    return [row["id"] for row in rows]
