"""Money after the decision, through registry, returns and reintegration: a newborn's lines on top, and another budget."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from shared.testing.world import World
from tests.journeys.test_family import RULES, FamilyStory, House, budget
from tests.registry.receiver import receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")
GRANTED, FOR_A_CHILD = 340_000, 5_000


class HouseForChildren(House):
    """A programme that gives travel money to children too."""

    rules: ClassVar[dict[str, Any]] = {
        **RULES,
        "rules": [
            *RULES["rules"],
            {**RULES["rules"][0], "id": "child", "who": {"age": "minor"}, "amount_minor": FOR_A_CHILD},
        ],
    }


async def reserved(world: World, house: House) -> list[int]:
    """What is set aside, by budget."""
    officer = world.reintegration.client("finance_officer", programmes=[house.programme])
    proof = (await officer.get("/reintegration/v1/ledger/trial-balance")).json()
    assert proof["sums_to_zero"], proof
    assert proof["agrees_with_budgets"], proof
    found = (await officer.get("/reintegration/v1/budgets")).json()["items"]
    return sorted(entry["reserved"]["amount_minor"] for entry in found)


async def quote(house: House, story: FamilyStory) -> str:
    """A calculation for everybody who is on the file now."""
    persons = [
        {"person_ref": entry["person_ref"], "relation": entry["relation"], "minor": not entry["adult"]}
        for entry in story.case["persons"]
    ]
    caseworker = house.world.registry.client("caseworker", offices=["ZRH"])
    path = f"/registry/v1/programmes/{house.programme}/quote"
    found = await house.made(caseworker, path, {"case_id": story.id, "persons": persons})
    await house.world.settle()
    return str(found["id"])


async def test_a_newborn_is_funded_on_top_of_what_was_granted(world: World) -> None:
    async with receiver() as hook:
        house = HouseForChildren(world)
        await house.set_up(hook.url)
        await budget(world, house)
        await world.settle()
        story = FamilyStory(house)
        await story.open_for_real()
        await story.granted(GRANTED)
        assert await reserved(world, house) == [GRANTED]
        identity = {"family_name": "Zebulonia", "given_names": "Infant"}
        born = {"parent_ref": story.refs(relation="main_applicant")[0], "born_on": story.today.isoformat()}
        await story.post("births", {**born, "identity": identity}, expect=201)
        quote_id = await quote(house, story)
        await story.post("grant-extension", {"quote_id": quote_id}, client=story.officer)
        await world.settle()
        await story.refresh()
        assert (story.case["top_up"], story.case["funding"]) == ("reserved", "reserved")
        assert story.case["granted"]["amount_minor"] == GRANTED + FOR_A_CHILD
        assert await reserved(world, house) == [GRANTED + FOR_A_CHILD]
        assert await world.parked() == 0


async def test_refused_money_comes_from_the_budget_that_an_officer_names(world: World) -> None:
    async with receiver() as hook:
        house = HouseForChildren(world)
        await house.set_up(hook.url)
        await world.settle()
        story = FamilyStory(house)
        await story.open_for_real()
        await story.granted(GRANTED)
        assert story.case["awaiting_funds"]["refused"]
        manager = world.reintegration.client("programme_manager", programmes=[house.programme])
        body = {"grant_code": "next-year", "component": "voluntary_return", "year": 2027}
        body |= {"appropriation": {"amount_minor": 1_000_000, "currency": "CHF"}, "programme_ids": [house.programme]}
        named = await house.made(manager, "/reintegration/v1/budgets", body)
        await world.settle()
        await story.refresh()
        assert story.case["funding"] == "refused", "a budget of another year is asked only when an officer names it"
        await story.post("budget", {"budget_id": named["id"]}, client=story.officer)
        await world.settle()
        await story.refresh()
        assert (story.case["funding"], story.case["awaiting_funds"]) == ("reserved", None)
        assert await reserved(world, house) == [GRANTED]
        assert await world.parked() == 0
