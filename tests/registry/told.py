"""A story with a receiver listening for the partner and the consulate, and a sender that works when asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest_asyncio

from services.registry.commands.send_deliveries import send_due
from shared.http.outbound import OutboundClient
from shared.testing.plugin import Run
from tests.registry.receiver import Receiver, receiver
from tests.registry.story import RegistryStory

PARTNER_TYPES = ["itinerary.confirmed", "itinerary.changed", "departed", "payment.settled", "request.ended"]
PARTNER_TYPES += ["measure.ordered", "plan.deadline-near"]
ROOT = "/registry/v1"


class Told:
    """Who is told, where it arrives, and what the log says."""

    def __init__(self, story: RegistryStory, hook: Receiver, client: OutboundClient, endpoint: dict[str, Any]) -> None:
        self.story, self.hook, self.client, self.endpoint = story, hook, client, endpoint
        self.clock = story.service.clock

    async def send(self) -> int:
        """Until nothing is due."""
        taken = total = await self.round()
        while taken:
            taken = await self.round()
            total += taken
        return total

    async def round(self) -> int:
        """What is due now, once."""
        return await send_due(self.story.service.runtime, self.client)

    @property
    def types(self) -> list[str]:
        return [body["type"] for body in self.hook.bodies]

    @property
    def partner(self) -> Any:
        return self.story.client("partner")

    async def another_case(self) -> None:
        """A new case with consents, approved, with an itinerary to tell."""
        self.story.case_id = str(uuid4())
        self.story.persons = [f"person_{uuid4().hex[:8]}" for _ in range(2)]
        await consented(self)
        await self.story.itinerary()

    async def state(self) -> dict[str, Any]:
        """The partner's endpoint as the partner sees it."""
        answer = await self.partner.get(f"{ROOT}/webhook-endpoints/{self.endpoint['id']}")
        return dict(answer.json())

    async def log(self, **filters: Any) -> list[dict[str, Any]]:
        """Its deliveries."""
        answer = await self.partner.get(f"{ROOT}/webhook-endpoints/{self.endpoint['id']}/deliveries", params=filters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def due_at(self) -> datetime:
        """When the oldest open delivery is tried again."""
        rows = await self.story.service.fetch(
            "SELECT next_attempt_at FROM delivery WHERE status = 'pending' ORDER BY id LIMIT 1"
        )
        found: datetime = rows[0]["next_attempt_at"]
        return found

    async def notices(self, role: str, **claims: Any) -> list[str]:
        """The kinds of what this role should look at."""
        answer = await self.story.service.client(role, **claims).get(f"{ROOT}/notifications")
        return [item["kind"] for item in answer.json()["items"]]


@pytest_asyncio.fixture(loop_scope="session")
async def told(running: Run) -> AsyncIterator[Told]:
    story = RegistryStory(await running("registry"))
    await story.enrol()
    async with receiver() as hook:
        client = OutboundClient(allow_loopback=True, deadline_seconds=3)
        endpoint = await story.endpoint("partner", hook.url, PARTNER_TYPES)
        await story.endpoint("agency", hook.url, ["request.package-ready", "request.ended"])
        yield Told(story, hook, client, endpoint)
        await client.close()


async def consented(told: Told) -> list[str]:
    await told.story.opened()
    ids = [await told.story.consent("partner", ref, "reintegration") for ref in told.story.persons]
    await told.story.approved()
    return ids
