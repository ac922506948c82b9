"""Releases: recorded once they are out, restated by another one, read by those they are for, untouched by a rebuild."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.reporting.commands import rebuild_projections
from shared.auth.principal import Principal
from shared.testing.plugin import Run

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/reporting/v1/releases"
RELEASE = {
    "period_from": "2025-01-01",
    "period_to": "2025-12-31",
    "indicators": ["returns"],
    "rule_version": "disclosure-control-2026-1",
    "document_url": "https://statistics.example.org/returns/2025",
}


async def test_a_release_is_published_and_restated_and_every_office_can_read_it(running: Run) -> None:
    service = await running("reporting")
    statistician = service.client("statistician")

    async def publish(**more: Any) -> Any:
        return await statistician.post(ROOT, json={**RELEASE, **more})

    assert (await statistician.get(ROOT)).json() == {"items": [], "next_cursor": None}
    key = {"Idempotency-Key": "release-2025"}
    made = await statistician.post(ROOT, json=RELEASE, headers=key)
    again = await statistician.post(ROOT, json=RELEASE, headers=key)
    assert (made.status_code, again.json()) == (201, made.json())
    first = made.json()["id"]
    mended = await publish(restates_id=first)
    assert mended.status_code == 201, mended.text
    facts = [entry.data for entry in await service.published("reporting.release.published.v1")]
    assert [(fact["release_id"], fact["restates_id"]) for fact in facts] == [
        (first, None),
        (mended.json()["id"], first),
    ]
    assert {"document_url", "published_by", "indicators"} & set(facts[0]) == set(), "what people entered stays here"
    refused = (
        ({"period_to": "2026-12-31"}, 422, "period-not-over"),
        ({"period_from": "2026-01-01"}, 422, "invalid"),
        ({"indicators": ["happiness"]}, 422, "invalid"),
        ({"document_url": "https://x.example/?name=Zebulonia"}, 422, "invalid"),
        ({"document_url": "http://x.example/"}, 422, "invalid"),
        ({"restates_id": first}, 409, "release-restated-before"),
        ({"restates_id": mended.json()["id"], "period_from": "2025-02-01"}, 409, "release-of-another-period"),
        ({"restates_id": str(uuid4())}, 404, "not-found"),
    )
    for more, status, slug in refused:
        answer = await publish(**more)
        assert (answer.status_code, answer.json()["slug"]) == (status, slug), more
        assert "Zebulonia" not in answer.text
    async with service.units.begin(actor=Principal.system("test")) as uow:
        await rebuild_projections.handle(uow=uow)
    office = service.client("partner_agency", agency_id=str(uuid4()))
    items = (await office.get(ROOT)).json()["items"]
    assert [(item["id"], item["restated_by_id"]) for item in items] == [
        (mended.json()["id"], None),
        (first, items[0]["id"]),
    ]
    assert (await office.get(f"{ROOT}/{first}")).json()["document_url"] == RELEASE["document_url"]
    assert (await office.get(f"{ROOT}/{uuid4()}")).status_code == 404
    for role in ("partner_agency", "donor", "programme_manager", "caseworker"):
        assert (await service.client(role).post(ROOT, json=RELEASE)).status_code == 403
