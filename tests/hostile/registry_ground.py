"""Seeds registry: organisations with what is theirs, a case they are told of, a programme, and a partnership of two sides."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from shared.protection.signatures import SigningKey
from shared.testing.running import RunningService
from tests.registry.story import RegistryStory
from tests.registry.test_quotes import STAGED
from tests.registry.test_recipients import CONTACT


async def seeded(service: RunningService) -> tuple[dict[str, Any], SigningKey]:
    """Everything that registry keeps; the claims of those to whom it belongs, and the key by which the partner signs."""
    story = RegistryStory(service)
    await story.enrol()
    await story.opened()
    for ref in story.persons:
        await story.consent("partner", ref, "reintegration")
        await story.consent("agency", ref, "identity_verification")
    await story.approved()
    await story.itinerary()
    await story.endpoint("agency", "http://127.0.0.1:9/agency", ["request.package-ready"])
    package = await story.package()
    await story.endpoint("partner", "http://127.0.0.1:9/hook", ["itinerary.confirmed", "departed"])
    programme = {"name": "P", "outward_name": "P", "host": "CHE", "destinations": ["GEO"], "case_kinds": ["avrr"]}
    made = await story.admin.post("/registry/v1/programmes", json={**programme, "currency": "EUR"})
    path = f"/registry/v1/programmes/{made.json()['id']}/rule-versions"
    rules = {"valid_from": "2026-01-01", "source": "test", "content": {**STAGED, "quote_valid_days": 90}}
    version = await story.admin.post(path, json=rules)
    publisher = service.client("administrator", subject="administrator-2")
    await publisher.post(f"{path}/{version.json()['id']}/publication")
    caseworker = service.client("caseworker", offices=["ZRH"])
    asked = {"persons": [{"person_ref": "p", "relation": "main_applicant", "minor": False}], "case_id": story.case_id}
    quoted = await caseworker.post(f"/registry/v1/programmes/{made.json()['id']}/quote", json=asked)
    assert quoted.status_code == 201, quoted.text
    await story.admin.post(f"{path}/{version.json()['id']}/trials", json={})
    seen = {"disclosure_id": package, "recipient_id": story.ids["agency"], "data_classes": ["identity"]}
    await story.fact("disclosure.made", **seen, person_refs=story.persons)
    reference = (
        await service.fetch(
            "SELECT agency_case_ref FROM agency_case WHERE recipient_id = $1::uuid", story.ids["partner"]
        )
    )[0]["agency_case_ref"]
    await story.client("partner").get(f"/registry/v1/agency-cases/{reference}/events")
    await story.say("partner", "arrival.confirmed", agency_case_ref=reference, arrived_on="2026-03-02")
    (own,) = await service.fetch(
        "SELECT agency_case_ref FROM agency_case WHERE recipient_id = $1::uuid", story.ids["agency"]
    )
    await story.client("agency").get(f"/registry/v1/agency-cases/{own['agency_case_ref']}/events")
    endpoint = (await story.client("partner").get("/registry/v1/webhook-endpoints")).json()["items"][0]
    await story.client("partner").post(f"/registry/v1/webhook-endpoints/{endpoint['id']}/certification")
    parties = [{"code": code, "roles": ["origin"]} for code in ("CHE", "GEO")]
    body = {"title": "T", "legal_form": "treaty", "parties": parties}
    partnership = (await story.admin.post("/registry/v1/partnerships", json=body)).json()["id"]
    await _partnership(story, partnership)
    provider = await _provider(story)
    claims = {"partner_id": story.ids["partner"], "agency_id": story.ids["agency"], "provider_id": provider}
    return {**claims, "partnership_id": partnership}, story.keys["partner"]


async def _provider(story: RegistryStory) -> str:
    """A provider that was checked, with a service of which a place is taken, and the partner's contact."""
    body = {"kind": "ngo", "name": "Provider", "country": "GEO", "roles": ["employment"]}
    provider = (await story.admin.post("/registry/v1/providers", json=body)).json()["id"]
    checked = {"checked_on": "2026-01-01", "valid_until": "2026-04-01", "source": "File 12"}
    await story.admin.post(f"/registry/v1/recipients/{provider}/due-diligence", json=checked)
    offered = {"category": "training", "country": "GEO", "place": "Tbilisi", "capacity": 4}
    service = await story.admin.post(f"/registry/v1/providers/{provider}/services", json=offered)
    places = f"/registry/v1/provider-services/{service.json()['id']}/places"
    taken = await story.admin.post(places, json={"referral_id": str(uuid4())})
    assert taken.status_code == 201, taken.text
    for owner in (provider, story.ids["agency"]):
        made = await story.admin.post(f"/registry/v1/recipients/{owner}/contacts", json=CONTACT)
        assert made.status_code == 201, made.text
    path = f"/registry/v1/recipients/{story.ids['partner']}/contacts"
    form = await story.admin.patch(f"/registry/v1/recipients/{story.ids['partner']}", json={"answers_by_form": True})
    assert form.status_code == 200, form.text
    for _ in range(2):  # one is removed by the first who may
        made = await story.client("partner").post(path, json=CONTACT)
        assert made.status_code == 201, made.text
    return str(provider)


async def _partnership(story: RegistryStory, partnership: str) -> None:
    path = f"/registry/v1/partnerships/{partnership}"
    await story.admin.post(f"{path}/components", json={"component_type": "voluntary_return"})
    await story.admin.post(f"{path}/interests", json={"statement": "Ours", "priority": "high"})
    owed = {"title": "T", "indicator": "I", "owner_side": "host", "due_on": "2026-06-30"}
    await story.admin.post(f"{path}/commitments", json=owed)
    await story.admin.post(f"{path}/dialogue-rounds", json={"level": "expert", "scheduled_on": "2026-03-20"})
    await _held(story, partnership)
    await story.admin.post(f"{path}/questions", json={"question": "How many?"})
    clause = {"code": "c", "reply_days": 9}
    draft = {"partnership_id": partnership, "valid_from": "2026-01-01", "source": "S", "clauses": [clause]}
    treaty = (await story.admin.post("/registry/v1/agreements", json=draft)).json()["id"]
    second = story.service.client("administrator", subject="administrator-2")
    await second.post(f"/registry/v1/agreements/{treaty}/publication")
    group = {"name": "G", "departments": [{"code": "aid", "name": "Aid", "part": "lead"}]}
    await story.admin.post(f"{path}/working-groups", json=group)
    body = {"component_type": "dialogue"}
    component = (await story.admin.post(f"{path}/components", json=body)).json()["id"]
    move = {"status": "agreed", "on": "2026-03-01", "source": "Annex"}
    await story.admin.post(f"/registry/v1/components/{component}/transitions", json=move)
    activity = {"title": "T", "lead": "L", "source": "S", "facts": {"activity_type": "joint_meeting", "meetings": 2}}
    await story.admin.post(f"/registry/v1/components/{component}/activities", json=activity)
    advisory = {"country": "GEO", "effect": "inform", "source_kind": "iom", "source": "S", "valid_from": "2026-03-01"}
    manager = story.service.client("programme_manager")
    await manager.post("/registry/v1/corridor-advisories", json=advisory)


async def _held(story: RegistryStory, partnership: str) -> None:
    """A round that was held, with something to do."""
    sides = [
        story.service.client("partnership_delegate", subject=f"d-{side}", side=side, partnership_id=partnership)
        for side in ("host", "partner")
    ]
    body = {"level": "senior", "scheduled_on": "2026-03-02"}
    held = (await sides[0].post(f"/registry/v1/partnerships/{partnership}/dialogue-rounds", json=body)).json()["id"]
    path = f"/registry/v1/dialogue-rounds/{held}"
    await sides[0].post(f"{path}/agenda-items", json={"title": "Readmission"})
    for side in sides:
        version = (await side.get(path)).json()["version"]
        await side.post(f"{path}/agenda-approval", headers={"If-Match": f'"{version}"'})
    await sides[0].post(f"{path}/holding", json={"on": "2026-03-02"})
    item = {"title": "T", "owner_side": "partner", "due_on": "2026-05-01"}
    made = await sides[0].post(f"{path}/action-items", json=item)
    assert made.status_code == 201, made.text
