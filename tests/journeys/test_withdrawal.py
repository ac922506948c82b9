"""A family changes its mind the night before the flight: everything set aside is free again, and the ticket is still paid."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from shared.testing.world import World
from tests.journeys.test_family import RULES, FamilyStory, House, budget
from tests.registry.receiver import receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/reintegration/v1"
TICKETS, GRANTED = 120_000, 330_000


class HouseWithTickets(House):
    """A programme that pays for the flight too."""

    rules: ClassVar[dict[str, Any]] = {
        **RULES,
        "rules": [
            *RULES["rules"],
            {"id": "flight", "code": "flight", "per": "file", "amount_minor": TICKETS, "phase": "travel"},
        ],
    }


class Till:
    """Those who handle the family's money."""

    def __init__(self, world: World, house: House, story: FamilyStory) -> None:
        self.world, self.story = world, story
        client = world.reintegration.client
        self.caseworker = client("caseworker", subject="cw-1", offices=["ZRH"])
        self.officers = [client("finance_officer", subject=f"fo-{n}", programmes=[house.programme]) for n in (1, 2)]

    async def lines(self) -> dict[str, Any]:
        found = await self.caseworker.get(f"{ROOT}/assistance-lines", params={"case_id": self.story.id})
        return {line["phase"]: line for line in found.json()["items"]}

    async def ask(self, phase: str, minor: int, payee_kind: str) -> Any:
        line = (await self.lines())[phase]
        body = {"line_id": line["line_id"], "amount": {"amount_minor": minor, "currency": "CHF"}}
        body |= {"payee_kind": payee_kind, "evidence_ref": f"EV-{phase}-{minor}"}
        return await self.caseworker.post(f"{ROOT}/payments", json=body)

    async def steps(self, payment: str, *steps: str) -> list[int]:
        codes = []
        for number, step in enumerate(steps):
            officer = self.officers[number % 2]
            etag = (await officer.get(f"{ROOT}/payments/{payment}")).headers["etag"]
            answer = await officer.post(f"{ROOT}/payments/{payment}/{step}", json={}, headers={"If-Match": etag})
            codes.append(answer.status_code)
        return codes

    async def accounts(self) -> dict[str, int]:
        (found,) = (await self.officers[0].get(f"{ROOT}/budgets")).json()["items"]
        proof = (await self.officers[0].get(f"{ROOT}/ledger/trial-balance")).json()
        assert proof["sums_to_zero"]
        assert proof["agrees_with_budgets"]
        return {name: found[name]["amount_minor"] for name in ("available", "reserved", "committed", "paid")}


async def test_a_withdrawal_the_night_before_the_flight_frees_the_money_and_the_ticket_is_still_paid(
    world: World,
) -> None:
    async with receiver() as hook:
        house = HouseWithTickets(world)
        await house.set_up(hook.url)
        await budget(world, house)
        await world.settle()
        story = FamilyStory(house)
        await story.open_for_real()
        await story.granted(GRANTED + TICKETS)
        await story.post("pre-departure", {"partner_id": house.ids["partners"]})
        await story.papers()
        await story.post("readiness", {})
        await world.settle()
        till = Till(world, house, story)
        ticket = (await till.ask("travel", 90_000, "third_party")).json()["id"]
        cash = (await till.ask("departure_cash", 10_000, "beneficiary")).json()["id"]
        world.returns.clock.advance(days=6, hours=14)
        await story.post("withdrawal", {})
        await world.settle()
        await story.refresh()
        assert (story.case["state"], story.case["funding"]) == ("WITHDRAWN", "released")
        assert await till.accounts() == {
            "available": 10_000_000 - 90_000,
            "reserved": 90_000,
            "committed": 0,
            "paid": 0,
        }
        assert (await till.officers[0].get(f"{ROOT}/payments/{cash}")).json()["state"] == "CANCELLED"
        refused = await till.ask("departure_cash", 1, "beneficiary")
        assert [entry["code"] for entry in refused.json()["missing"]] == ["case-not-ended"]
        assert await till.steps(ticket, "certification", "authorisation", "instruction", "settlement") == [200] * 4
        assert await till.accounts() == {
            "available": 10_000_000 - 90_000,
            "reserved": 0,
            "committed": 0,
            "paid": 90_000,
        }
        assert await world.parked() == 0
