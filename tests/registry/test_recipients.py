"""Organisations: what they are enrolled for, suspended and taken back, and how their offices are reached."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.registry.story import RegistryStory
from tests.registry.test_messages import disclosed

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONTACT = {"purpose": "duty_desk", "language": "ka", "office": "Zebulonia desk", "phone": "+995 32 2000000"}


async def enrolled(running: Run) -> tuple[RegistryStory, str]:
    story = RegistryStory(await running("registry"))
    await story.enrol()
    return story, f"/registry/v1/recipients/{story.ids['partner']}"


async def test_a_suspended_partner_says_nothing_and_comes_back(running: Run) -> None:
    story, reference = await disclosed(running)
    path = f"/registry/v1/recipients/{story.ids['partner']}"
    suspended = await story.admin.post(f"{path}/suspension", json={"reason_code": "security_incident"})
    assert suspended.status_code == 200, suspended.text
    assert (suspended.json()["status"], suspended.json()["status_reason"]) == ("suspended", "security_incident")
    refused = await story.say("partner", "person.not-met", agency_case_ref=reference)
    assert (refused.status_code, refused.json()["reason"]) == (401, "unknown-sender")
    again = await story.admin.post(f"{path}/suspension", json={"reason_code": "unresponsive"})
    assert (again.status_code, again.json()["slug"]) == (409, "already-so")
    assert (await story.admin.post(f"{path}/reinstatement", json={})).json()["status"] == "enrolled"
    assert (await story.say("partner", "person.not-met", agency_case_ref=reference)).status_code == 202
    told = [event.type for event in await story.service.published() if ".partner." in event.type]
    assert told == [f"registry.partner.{fact}.v1" for fact in ("enrolled", "suspended", "enrolled")]


@pytest.mark.parametrize("who", ["agency", "partner"])
async def test_the_reason_is_a_code_and_is_published(running: Run, who: str) -> None:
    story, _ = await enrolled(running)
    path = f"/registry/v1/recipients/{story.ids[who]}/suspension"
    assert (await story.admin.post(path, json={"reason_code": "Zebulonia was rude"})).status_code == 422
    assert (await story.admin.post(path, json={"reason_code": "contract_ended"})).status_code == 200
    event = (await story.service.published(f"registry.{who}.suspended.v1"))[0]
    assert (event.subject, event.data["reason_code"]) == (story.ids[who], "contract_ended")
    notices = (await story.admin.get("/registry/v1/notifications")).json()["items"]
    assert [notice["kind"] for notice in notices] == [f"{who}.suspended"]


async def test_roles_change_under_if_match_and_are_told_again(running: Run) -> None:
    story, path = await enrolled(running)
    before = await story.admin.get(path)
    stale = await story.admin.patch(path, json={"roles": ["reception"]}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    headers = {"If-Match": before.headers["etag"]}
    changed = await story.admin.patch(path, json={"roles": ["reception"]}, headers=headers)
    assert (changed.status_code, changed.json()["roles"]) == (200, ["reception"])
    assert len(await story.service.published("registry.partner.enrolled.v1")) == 2
    renamed = await story.admin.patch(path, json={"name": "New name"})
    assert renamed.json()["name"] == "New name"
    assert len(await story.service.published("registry.partner.enrolled.v1")) == 2


async def test_an_organisation_sees_itself_and_no_other(running: Run) -> None:
    story, path = await enrolled(running)
    assert (await story.client("partner").get(path)).json()["id"] == story.ids["partner"]
    assert (await story.client("agency").get(path)).status_code == 404
    for part in ("due-diligence", "contacts", "keys"):
        assert (await story.client("agency").get(f"{path}/{part}")).status_code == 404


async def test_contacts_are_sealed_and_removed_for_good(running: Run) -> None:
    story, path = await enrolled(running)
    made = await story.client("partner").post(f"{path}/contacts", json=CONTACT)
    assert made.status_code == 201, made.text
    read = (await story.service_client("caseworker").get(f"{path}/contacts")).json()
    assert [(entry["office"], entry["phone"]) for entry in read] == [(CONTACT["office"], CONTACT["phone"])]
    row = (await story.service.fetch("SELECT sealed_reach FROM recipient_contact"))[0]
    assert b"Zebulonia" not in row["sealed_reach"]
    opened = await story.service.fetch("SELECT 1 FROM audit WHERE action = 'personal-data.opened'")
    assert opened
    stranger = await story.client("agency").post(f"{path}/contacts/{made.json()['id']}/removal", json={})
    assert stranger.status_code == 404
    removed = await story.client("partner").post(f"{path}/contacts/{made.json()['id']}/removal", json={})
    assert removed.status_code == 204, removed.text
    assert (await story.admin.get(f"{path}/contacts")).json() == []
    keys = await story.service.fetch("SELECT wrapped_key FROM person_key")
    assert [row["wrapped_key"] for row in keys] == [None]


@pytest.mark.parametrize(
    "change",
    [{"purpose": "chat"}, {"email": "not an address"}, {"phone": "call me"}, {"language": "Georgian"}, {"note": "x"}],
)
async def test_a_contact_has_its_form(running: Run, change: dict[str, Any]) -> None:
    story, path = await enrolled(running)
    assert (await story.admin.post(f"{path}/contacts", json={**CONTACT, **change})).status_code == 422


async def test_actors_are_entered_once_and_listed(running: Run) -> None:
    story, _ = await enrolled(running)
    body = {"code": "GEO-MIA", "kind": "ministry", "name": "Ministry of Internal Affairs", "country": "GEO"}
    assert (await story.admin.post("/registry/v1/actors", json=body)).status_code == 201
    twice = await story.admin.post("/registry/v1/actors", json=body)
    assert (twice.status_code, twice.json()["slug"]) == (409, "already-exists")
    assert [entry["code"] for entry in (await story.admin.get("/registry/v1/actors")).json()["items"]] == ["GEO-MIA"]


async def test_a_state_authority_has_no_role_in_specialised_support(running: Run) -> None:
    story, path = await enrolled(running)
    body = {"kind": "state_authority", "name": "A", "country": "GEO", "roles": ["specialised_support"]}
    refused = await story.admin.post("/registry/v1/agencies", json=body)
    assert (refused.status_code, refused.json()["slug"]) == (422, "role-not-for-a-state")
    assert (await story.admin.post("/registry/v1/agencies", json={**body, "kind": "ngo"})).status_code == 201
    later = f"/registry/v1/recipients/{story.ids['agency']}"
    assert (await story.admin.patch(later, json={"roles": ["specialised_support"]})).status_code == 422
    assert (await story.admin.patch(path, json={"roles": ["specialised_support"]})).status_code == 200
