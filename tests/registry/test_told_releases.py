"""Statistics offices hear of every release, once, in their own numbers, and nobody else does."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.registry.commands.send_deliveries import send_due
from services.registry.domain.disclosure_matrix import RELEASE, ROLES, allowed_types
from shared.http.outbound import OutboundClient
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.registry.receiver import receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/registry/v1"


class Office:
    """A state authority with one role and an endpoint."""

    def __init__(self, service: RunningService) -> None:
        self.service, self.id = service, ""

    async def enrolled(self, url: str | None, role: str = "statistics") -> Office:
        body = {"kind": "state_authority", "name": "Office", "country": "GEO", "roles": [role]}
        made = await self.service.client("administrator").post(f"{ROOT}/agencies", json=body)
        self.id = made.json()["id"]
        if url:
            wanted = {"owner_id": self.id, "url": url, "event_types": [RELEASE]}
            answer = await self.own.post(f"{ROOT}/webhook-endpoints", json=wanted)
            assert answer.status_code == 201, answer.text
            await self.service.fetch("UPDATE webhook_endpoint SET status = 'active'")
        return self

    @property
    def own(self) -> Any:
        return self.service.client("partner_agency", agency_id=self.id)

    async def heard(self) -> list[str]:
        answer = await self.own.get(f"{ROOT}/agency-events")
        return [entry["data"]["release_id"] for entry in answer.json()]


async def published(service: RunningService, *, restates: str | None = None) -> str:
    """A fact of reporting, delivered twice."""
    release = str(uuid4())
    fact = {"release_id": release, "period_from": "2025-01-01", "period_to": "2025-12-31", "rule_version": "r-1"}
    whole: dict[str, Any] = {**fact, "on": "2026-03-02", "restates_id": restates}
    event_id = str(uuid4())
    for _ in range(2):
        await service.receive("reporting.release.published.v1", whole, key=release, event_id=event_id)
    return release


async def test_statistics_offices_alone_hear_of_each_release_once_and_in_order(running: Run) -> None:
    service, client = await running("registry"), OutboundClient(allow_loopback=True, deadline_seconds=3)
    async with receiver() as hook, receiver() as second:
        office = await Office(service).enrolled(hook.url)
        silent = await Office(service).enrolled(None)
        consulate = await Office(service).enrolled(None, "partnership_dialogue")
        gone = await Office(service).enrolled(second.url)
        admin = service.client("administrator")
        path = f"{ROOT}/recipients/{gone.id}/suspension"
        assert (await admin.post(path, json={"reason_code": "misconduct"})).status_code == 200
        first = await published(service)
        mended = await published(service, restates=first)
        hook.script = ["500 Oops"]
        while await send_due(service.runtime, client):
            pass
        assert len(hook.bodies) == 1
        service.clock.advance(seconds=7)
        while await send_due(service.runtime, client):
            pass
        told = [body["data"] for body in hook.bodies]
        assert told[0] == told[1], "the same attempt again, before what came later"
        assert [(data["release_id"], data["sequence"]) for data in told[1:]] == [(first, 1), (mended, 2)]
        assert set(told[1]) == {
            "occurred_at",
            "release_id",
            "period_from",
            "period_to",
            "rule_version",
            "on",
            "detail_url",
            "sequence",
        }
        assert told[2]["restates_id"] == first
        assert told[1]["detail_url"].endswith(f"/reporting/v1/releases/{first}")
        assert await office.heard() == await silent.heard() == [first, mended]
        assert await consulate.heard() == []
        assert second.bodies == []
    await client.close()
    hearing = {role for role in ROLES if RELEASE in allowed_types("state_authority", [role])}
    assert hearing == {"statistics"}
