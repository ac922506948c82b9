"""Providers: services with places that never run below zero, and due diligence that blocks new referrals when it ends."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from shared.testing.running import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/registry/v1"


class Provider:
    """A provider with one service in Tbilisi."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.admin = service.client("administrator")
        self.caseworker = service.client("caseworker", offices=["ZRH"])

    async def enrol(self, *, capacity: int = 2, valid_until: str | None = "2026-04-01", **more: Any) -> None:
        body = {"kind": "ngo", "name": "Provider", "country": "GEO", "roles": ["employment"], **more}
        self.id = (await self.admin.post(f"{ROOT}/providers", json=body)).json()["id"]
        if valid_until:
            await self.checked(valid_until)
        offered = {"category": "training", "country": "GEO", "place": "Tbilisi", "capacity": capacity}
        made = await self.admin.post(f"{ROOT}/providers/{self.id}/services", json=offered)
        assert made.status_code == 201, made.text
        self.places = f"{ROOT}/provider-services/{made.json()['id']}/places"

    async def checked(self, valid_until: str) -> Any:
        body = {"checked_on": "2026-01-01", "valid_until": valid_until, "source": "File 12"}
        return await self.admin.post(f"{ROOT}/recipients/{self.id}/due-diligence", json=body)

    async def take(self, referral: str | None = None) -> Any:
        return await self.admin.post(self.places, json={"referral_id": referral or str(uuid4())})

    async def availability(self) -> dict[str, Any]:
        found = await self.caseworker.get(f"{ROOT}/provider-availability?category=training&country=GEO&place=Tbilisi")
        entry: dict[str, Any] = found.json()[0]
        return entry

    def own(self) -> Any:
        return self.service.client("provider", provider_id=self.id)


async def provider(running: Run, **options: Any) -> Provider:
    found = Provider(await running("registry"))
    await found.enrol(**options)
    return found


async def test_a_provider_is_enrolled_and_told(running: Run) -> None:
    found = await provider(running)
    event = (await found.service.published("registry.provider.enrolled.v1"))[0]
    assert (event.subject, event.data["roles"]) == (found.id, ["employment"])


async def test_places_are_taken_and_given_back(running: Run) -> None:
    found = await provider(running, capacity=1)
    taken = await found.take()
    assert taken.status_code == 201, taken.text
    full = await found.take()
    assert (full.status_code, full.json()["slug"], full.json()["reasons"]) == (
        409,
        "referral-blocked",
        ["no_place_free"],
    )
    assert (await found.availability())["service"]["free"] == 0
    for _ in range(2):
        back = await found.admin.post(f"{found.places}/{taken.json()['id']}/release", json={})
        assert back.json()["released_on"] == "2026-03-02"
    assert (await found.availability())["service"]["free"] == 1
    assert (await found.take()).status_code == 201


async def test_one_referral_takes_one_place(running: Run) -> None:
    found = await provider(running)
    referral = str(uuid4())
    taken = [(await found.take(referral)).json()["id"] for _ in range(2)]
    assert taken[0] == taken[1]
    assert (await found.availability())["service"]["used"] == 1


async def test_of_twelve_at_once_only_as_many_get_in_as_there_are_places(running: Run) -> None:
    found = await provider(running, capacity=5)
    answers = await asyncio.gather(*(found.take() for _ in range(12)))
    codes = sorted(answer.status_code for answer in answers)
    retried = sum(answer.json()["slug"] == "busy" for answer in answers if answer.status_code == 409)
    assert codes.count(201) + retried >= 5
    assert codes.count(201) <= 5
    entry = (await found.availability())["service"]
    held = await found.service.fetch("SELECT count(*) AS n FROM provider_place WHERE released_on IS NULL")
    assert entry["used"] == held[0]["n"] == codes.count(201)
    assert entry["free"] >= 0


async def test_capacity_does_not_fall_below_what_is_taken(running: Run) -> None:
    found = await provider(running)
    await found.take()
    path = found.places.removesuffix("/places")
    refused = await found.own().patch(path, json={"capacity": 0})
    assert (refused.status_code, refused.json()["slug"]) == (409, "capacity-below-use")
    assert (await found.own().patch(path, json={"capacity": 1})).json()["free"] == 0
    stranger = found.service.client("provider", provider_id=str(uuid4()))
    assert (await stranger.patch(path, json={"capacity": 9})).status_code == 404
    assert (await stranger.post(found.places, json={"referral_id": str(uuid4())})).status_code == 404


async def test_places_are_moved_by_hand_by_host_and_provider_only_whoever_refers_makes_a_referral(running: Run) -> None:
    found = await provider(running)
    taken = (await found.own().post(found.places, json={"referral_id": str(uuid4())})).json()["id"]
    partner = found.service.client("reintegration_partner", partner_id=str(uuid4()), countries=["GEO"])
    for client in (partner, found.caseworker):
        assert (await client.post(found.places, json={"referral_id": str(uuid4())})).status_code == 403
        assert (await client.post(f"{found.places}/{taken}/release", json={})).status_code == 403
    other = found.service.client("provider", provider_id=str(uuid4()))
    assert (await other.post(f"{found.places}/{taken}/release", json={})).status_code == 404
    assert (await found.own().post(f"{found.places}/{taken}/release", json={})).status_code == 200


@pytest.mark.parametrize(
    ("valid_until", "reasons"),
    [(None, ["due_diligence_missing"]), ("2026-03-01", ["due_diligence_expired"]), ("2026-03-02", [])],
)
async def test_a_referral_needs_due_diligence_that_holds_today(
    running: Run, valid_until: str | None, reasons: list[str]
) -> None:
    found = await provider(running, valid_until=valid_until)
    entry = await found.availability()
    assert (entry["available"], entry["reasons"]) == (not reasons, reasons)
    assert (await found.take()).status_code == (409 if reasons else 201)


async def test_the_timer_tells_before_the_end_and_suspends_after_it(running: Run) -> None:
    found = await provider(running, valid_until="2026-05-15")
    days: list[int] = []
    for ahead in (0, 13, 1, 0, 30, 23, 8):
        found.service.clock.advance(days=ahead)
        await found.service.run_job("watch-due-diligence")
        notices = (await found.own().get(f"{ROOT}/notifications")).json()["items"]
        days = [entry["facts"]["days"] for entry in notices if entry["kind"] == "due-diligence.ends-soon"]
    assert days == [60, 30, 7]
    told = await found.service.published("registry.provider.suspended.v1")
    assert [event.data["reason_code"] for event in told] == ["due_diligence_expired"]
    assert (await found.availability())["reasons"] == ["due_diligence_expired"]
    await found.service.run_job("watch-due-diligence")
    assert len(await found.service.published("registry.provider.suspended.v1")) == 1


async def test_who_ran_out_of_due_diligence_comes_back_with_a_new_check_only(running: Run) -> None:
    found = await provider(running, valid_until="2026-03-02")
    found.service.clock.advance(days=1)
    await found.service.run_job("watch-due-diligence")
    path = f"{ROOT}/recipients/{found.id}/reinstatement"
    refused = await found.admin.post(path, json={})
    assert (refused.status_code, refused.json()["slug"]) == (409, "due-diligence-needed")
    assert (await found.checked("2027-03-01")).status_code == 201
    assert (await found.availability())["available"] is True
    assert len(await found.service.published("registry.provider.enrolled.v1")) == 2


async def test_a_suspension_for_another_reason_blocks_too_and_outlasts_a_check(running: Run) -> None:
    found = await provider(running)
    path = f"{ROOT}/recipients/{found.id}"
    await found.admin.post(f"{path}/suspension", json={"reason_code": "misconduct"})
    assert (await found.take()).json()["reasons"] == ["provider_suspended"]
    await found.checked("2027-03-01")
    assert (await found.availability())["reasons"] == ["provider_suspended"]
    assert (await found.admin.post(f"{path}/reinstatement", json={})).status_code == 200
    assert (await found.availability())["available"] is True


async def test_the_last_check_counts_also_when_it_holds_for_less_long(running: Run) -> None:
    found = await provider(running, valid_until="2036-04-01")
    assert (await found.take()).status_code == 201
    path = f"{ROOT}/recipients/{found.id}/due-diligence"
    for checked, until in (("2026-02-20", "2026-03-01"), ("2025-12-01", "2027-01-01")):
        body = {"checked_on": checked, "valid_until": until, "source": "File 13"}
        assert (await found.admin.post(path, json=body)).status_code == 201
    assert (await found.take()).json()["reasons"] == ["due_diligence_expired"]
    assert (await found.availability())["reasons"] == ["due_diligence_expired"]
    told = await found.service.published("registry.provider-service.changed.v1")
    assert [event.data["diligence_until"] for event in told][-2:] == ["2026-03-01", "2026-03-01"]
    await found.service.run_job("watch-due-diligence")
    (out,) = await found.service.published("registry.provider.suspended.v1")
    assert out.data["reason_code"] == "due_diligence_expired"


async def test_a_check_holds_from_a_day_that_has_come(running: Run) -> None:
    found = await provider(running)
    for checked, until in (("2026-03-03", "2027-01-01"), ("2026-02-01", "2026-01-31")):
        body = {"checked_on": checked, "valid_until": until, "source": "File 12"}
        answer = await found.admin.post(f"{ROOT}/recipients/{found.id}/due-diligence", json=body)
        assert (answer.status_code, answer.json()["slug"]) == (422, "period-reversed")
