"""A family's return through all four services, over their public APIs and the event log, with agencies listening and answering."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.world import World
from tests.journeys.provider import provider_helps
from tests.registry.receiver import receiver
from tests.registry.story import gone_live
from tests.returns.story import FAMILY, NAME, CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES = {
    "currency": "CHF",
    "quote_valid_days": 90,
    "rules": [
        {"id": "travel", "code": "travel_money", "per": "person", "who": {"age": "adult"}, "amount_minor": 10_000, "phase": "departure_cash"},
        {"id": "project", "code": "project_aid", "per": "file", "amount_minor": 300_000, "phase": "post_return"},
    ],
}  # fmt: skip

TASKS = ["measure.ordered", "plan.deadline-near"]


class House:
    """Everybody around the family."""

    rules: ClassVar[dict[str, Any]] = RULES

    def __init__(self, world: World) -> None:
        self.world = world
        self.manager = world.registry.client("programme_manager", subject="pm-1")
        self.other_manager = world.registry.client("programme_manager", subject="pm-2")
        self.keys = {"agencies": SigningKey.generate(), "partners": SigningKey.generate()}
        self.ids: dict[str, str] = {}
        self.programme = ""

    async def made(self, client: Any, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        answer = await client.post(path, json=body)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def set_up(self, hook: str) -> None:
        registry = "/registry/v1"
        parties = [{"code": "CHE", "roles": ["destination"]}, {"code": "GEO", "roles": ["origin"]}]
        body = {"title": "Georgia", "legal_form": "memorandum", "parties": parties, "source": "test"}
        partnership = await self.made(self.manager, f"{registry}/partnerships", body)
        for status in ("negotiating", "signed", "in_force"):
            move = {"status": status, "on": "2022-05-01"}
            await self.made(self.manager, f"{registry}/partnerships/{partnership['id']}/transitions", move, 200)
        path = f"{registry}/partnerships/{partnership['id']}/components"
        component = await self.made(self.manager, path, {"component_type": "voluntary_return"})
        for status in ("agreed", "in_force"):
            move = {"status": status, "on": "2022-05-01", **({"source": "Annex"} if status == "agreed" else {})}
            await self.made(self.manager, f"{registry}/components/{component['id']}/transitions", move, 200)
        clause = {"code": "identity_data", "data_clause": True, "recipient_kinds": ["consulate"], "reply_days": 25}
        agreement = {
            "partnership_id": partnership["id"],
            "valid_from": "2022-05-01",
            "source": "test",
            "clauses": [clause],
        }
        drafted = await self.made(self.manager, f"{registry}/agreements", agreement)
        path = f"{registry}/agreements/{drafted['id']}/publication"
        published = await self.made(self.other_manager, path, {}, 200)
        self.ids["clause"] = published["clauses"][0]["clause_id"]
        await self.recipients(hook)
        programme = {"name": "Return", "outward_name": "Return", "host": "CHE", "partnership_id": partnership["id"]}
        programme |= {
            "component_id": component["id"],
            "destinations": ["GEO"],
            "case_kinds": ["avrr"],
            "currency": "CHF",
        }
        self.programme = (await self.made(self.manager, f"{registry}/programmes", programme))["id"]
        versions = f"{registry}/programmes/{self.programme}/rule-versions"
        draft = await self.made(
            self.manager, versions, {"valid_from": "2026-01-01", "source": "test", "content": self.rules}
        )
        assert (await self.manager.post(f"{versions}/{draft['id']}/publication")).json()[
            "slug"
        ] == "publication-needs-another"
        await self.made(self.other_manager, f"{versions}/{draft['id']}/publication", {}, 200)
        await self.bases()

    async def bases(self) -> None:
        """On which legal basis the consulate and the partner are told; by two people."""
        await self.world.settle()
        path = f"/returns/v1/programmes/{self.programme}/disclosure-bases"
        first, second = (
            self.world.returns.client("programme_manager", programmes=[self.programme], subject=f"pm-{number}")
            for number in (1, 2)
        )
        told = (
            ("agencies", "identity_verification", "binding_instrument", self.ids["clause"]),
            ("partners", "reintegration", "processing_contract", None),
        )
        for who, purpose, kind, clause in told:
            body = {"recipient_id": self.ids[who], "purpose": purpose, "basis_type": kind, "clause_id": clause}
            body |= {"instrument": "Agreement", "article": "Art. 6", "source": "test", "valid_from": "2022-05-01"}
            recorded = await self.made(first, path, body)
            await self.made(second, f"{path}/{recorded['id']}/approval", {}, 200)

    async def recipients(self, hook: str) -> None:
        roles = {
            "agencies": ("consulate", "identity_verification"),
            "partners": ("contracted_partner", "reintegration_coordination"),
        }
        types = {
            "agencies": ["request.package-ready", "request.ended"],
            "partners": ["itinerary.confirmed", "itinerary.changed", "departed", *TASKS, "request.ended"],
        }
        admin = self.world.registry.client("administrator")
        for path, (kind, role) in roles.items():
            body = {
                "kind": kind,
                "name": path,
                "country": "GEO",
                "roles": [role],
                "message_keys": [str(self.keys[path].public)],
            }
            self.ids[path] = (await self.made(self.manager, f"/registry/v1/{path}", body))["id"]
            endpoint = {"owner_id": self.ids[path], "url": hook, "event_types": types[path]}
            made = await self.made(admin, "/registry/v1/webhook-endpoints", endpoint)
            await gone_live(self.world.registry, made["id"])

    async def say(self, message_type: str, **data: Any) -> Any:
        body = json.dumps({"type": message_type, "timestamp": "2026-03-02T09:00:00Z", "data": data}).encode()
        at = int(self.world.registry.clock.now().timestamp())
        headers = signed_headers([self.keys["partners"]], f"msg_{uuid4().hex}", at, body)
        partner = self.world.registry.client("reintegration_partner", partner_id=self.ids["partners"])
        return await partner.post("/registry/v1/agency-messages", content=body, headers=headers)


class FamilyStory(CaseStory):
    """The case, told against the real other services."""

    def __init__(self, house: House) -> None:
        super().__init__(house.world.returns)
        self.house = house

    async def open_for_real(self) -> None:
        body = {"programme_id": self.house.programme, "destination": "GEO", "office_id": "ZRH", "authority_id": "SEM"}
        answer = await self.caseworker.post("/returns/v1/cases", json={**body, "persons": FAMILY})
        assert answer.status_code == 201, answer.text
        self.case = answer.json()
        for ref in self.refs(adults=True):
            consent = {"person_ref": ref, "recipients": [self.house.ids["partners"], self.house.ids["agencies"]]}
            consent |= {
                "purposes": ["reintegration", "identity_verification"],
                "data_classes": ["identity"],
                "language": "ka",
            }
            await self.post("consents", {**consent, "text_version": "1", "text_hash": "0" * 64}, expect=201)
        children = self.refs(adults=False)
        assert len(children) == 2
        await self.counsel()
        await self.declare()
        await self.protect_children()
        await self.post("submission", {})
        found = [{"person_ref": ref} for ref in self.refs()]
        await self.post("screening", {"persons": found, "security_checked": True})
        await self.settle_duplicates()
        await self.post("eligibility", {"outcome": "eligible"})

    async def granted(self, total: int = 330_000) -> None:
        persons = [
            {"person_ref": entry["person_ref"], "relation": entry["relation"], "minor": not entry["adult"]}
            for entry in self.case["persons"]
        ]
        caseworker = self.house.world.registry.client("caseworker", offices=["ZRH"])
        quote = await self.house.made(
            caseworker,
            f"/registry/v1/programmes/{self.house.programme}/quote",
            {"case_id": self.id, "persons": persons},
        )
        assert quote["total"] == {"amount_minor": total, "currency": "CHF"}
        await self.house.world.settle()
        await self.post("decision", {"outcome": "approved", "quote_id": quote["id"]}, client=self.officer)
        await self.house.world.settle()
        await self.refresh()


async def test_a_family_returns(world: World) -> None:
    async with receiver() as hook:
        house = House(world)
        await house.set_up(hook.url)
        await budget(world, house)
        await world.settle()
        story = FamilyStory(house)
        await story.open_for_real()
        await story.granted()
        assert story.case["funding"] == "reserved"
        await package_is_read(world, house, story)
        await story.post("pre-departure", {"partner_id": house.ids["partners"]})
        await story.papers()
        await story.post("readiness", {})
        await world.settle()
        world.returns.clock.advance(days=7)
        brother = story.refs(relation="sibling")[0]
        boarded = [ref for ref in story.refs() if ref != brother]
        await story.post("departure", {"boarded": boarded, "not_boarded": [{"person_ref": brother}]})
        await world.settle()
        await partner_confirms(world, house, story, hook)
        await provider_helps(world, house, story)
        await partner_is_given_tasks(world, house, story, hook)
        await a_statistics_office_hears_of_a_release(world, house, hook)
        await nothing_personal_anywhere(world, hook)
        figures = await world.reporting.client("statistician").get("/reporting/v1/returns?by=month")
        assert figures.json()["n"] == 4
        assert await world.parked() == 0


async def budget(world: World, house: House) -> None:
    manager = world.reintegration.client("programme_manager", programmes=[house.programme])
    body = {
        "grant_code": "confederation-2026",
        "component": "voluntary_return",
        "year": 2026,
        "appropriation": {"amount_minor": 10_000_000, "currency": "CHF"},
        "programme_ids": [house.programme],
    }
    answer = await manager.post("/reintegration/v1/budgets", json=body)
    assert answer.status_code == 201, answer.text


async def package_is_read(world: World, house: House, story: FamilyStory) -> None:
    adults = story.refs(adults=True)
    today = story.today
    package = {
        "recipient_id": house.ids["agencies"],
        "purpose": "identity_verification",
        "basis_type": "binding_instrument",
        "basis_instrument": "Agreement",
        "clause_id": house.ids["clause"],
        "fields": ["family_name", "given_names", "born_on"],
        "person_refs": adults,
        "answer_by": (today + timedelta(days=25)).isoformat(),
        "destroy_by": (today + timedelta(days=90)).isoformat(),
    }
    path = f"/returns/v1/cases/{story.id}/disclosures"
    prepared = await house.made(story.caseworker, path, package)
    preview = (await story.caseworker.get(f"{path}/{prepared['id']}/preview")).json()
    refused = await story.officer.post(f"{path}/{prepared['id']}/approval", json={})
    assert [item["code"] for item in refused.json()["missing"]] == ["endangerment"]
    await house.made(story.officer, f"{path}/{prepared['id']}/approval", {"no_endangerment": True}, 200)
    consulate = world.returns.client("partner_agency", agency_id=house.ids["agencies"])
    read = await consulate.get(f"/returns/v1/agency-disclosures/{prepared['id']}")
    assert read.json()["persons"] == preview["persons"]
    assert NAME in read.text
    stranger = world.returns.client("partner_agency", agency_id=str(uuid4()))
    assert (await stranger.get(f"/returns/v1/agency-disclosures/{prepared['id']}")).status_code == 404
    answers = [{"person_ref": ref, "outcome": "identity_confirmed", "issuer": "GEO"} for ref in adults]
    await house.made(consulate, f"/returns/v1/agency-disclosures/{prepared['id']}/answer", {"answers": answers}, 200)
    await house.made(story.officer, f"{path}/{prepared['id']}/recall", {}, 200)
    ended = await consulate.get(f"/returns/v1/agency-disclosures/{prepared['id']}")
    assert (ended.status_code, ended.json()["slug"]) == (410, "disclosure-ended")
    await story.refresh()


async def partner_confirms(world: World, house: House, story: FamilyStory, hook: Any) -> None:
    from shared.testing.eventually import eventually

    await eventually(lambda: any(body["type"] == "departed" for body in hook.bodies), within=20)
    departed = next(body for body in hook.bodies if body["type"] == "departed")
    reference = departed["data"]["agency_case_ref"]
    assert story.refs(relation="sibling") == []
    answer = await house.say("arrival.confirmed", agency_case_ref=reference, arrived_on=story.today.isoformat())
    assert answer.status_code == 202, answer.text
    await world.settle()
    await story.refresh()
    assert story.case["state"] == "ARRIVED"
    again = await house.say("arrival.confirmed", agency_case_ref=reference, arrived_on=story.today.isoformat())
    await world.settle()
    partner = world.registry.client("reintegration_partner", partner_id=house.ids["partners"])
    status = (await partner.get(f"/registry/v1/agency-messages/{again.json()['message_id']}")).json()
    assert status["status"] == "not-applied"


async def partner_is_given_tasks(world: World, house: House, story: FamilyStory, hook: Any) -> None:
    """The plan is approved with a measure, and nobody has met the family for three weeks."""
    from shared.testing.eventually import eventually

    root, desk = "/reintegration/v1/plans", world.reintegration.client("caseworker", offices=["ZRH"])
    partner = world.reintegration.client("reintegration_partner", partner_id=house.ids["partners"])
    manager = world.reintegration.client("programme_manager", programmes=[house.programme])
    plan = (await desk.get(f"{root}?case_id={story.id}")).json()["items"][0]["id"]
    steps = [(desk, "assignment", {"partner_id": house.ids["partners"]}), (desk, "submission", {})]
    for by, step, body in [*steps, (partner, "validation", {}), (manager, "approval", {})]:
        if step == "submission":
            await house.made(desk, f"{root}/{plan}/measures", {"category": "medical"})
        etag = (await by.get(f"{root}/{plan}")).headers["etag"]
        answer = await by.post(f"{root}/{plan}/{step}", json=body, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text
    world.reintegration.clock.advance(days=24)
    for job in ("first-contacts", "near-deadlines"):
        await world.reintegration.run_job(job)
    await world.settle()
    await eventually(lambda: {body["type"] for body in hook.bodies} >= set(TASKS), within=20)
    told = {body["type"]: body["data"] for body in hook.bodies if body["type"] in TASKS}
    assert all(data["person_refs"] == sorted(story.refs()) for data in told.values())
    assert told["plan.deadline-near"]["deadline"] == "first_contact"
    assert "medical" not in json.dumps(hook.bodies)


async def a_statistics_office_hears_of_a_release(world: World, house: House, hook: Any) -> None:
    """What reporting publishes reaches it, and it reads there what the webhook names."""
    from shared.testing.eventually import eventually

    office = {"kind": "state_authority", "name": "Statistics", "country": "GEO", "roles": ["statistics"]}
    enrolled = (await house.made(house.manager, "/registry/v1/agencies", office))["id"]
    endpoint = {"owner_id": enrolled, "url": hook.url, "event_types": ["release.published"]}
    made = await house.made(world.registry.client("administrator"), "/registry/v1/webhook-endpoints", endpoint)
    await gone_live(world.registry, made["id"])
    release = {"period_from": "2025-01-01", "period_to": "2025-12-31", "indicators": ["returns"], "rule_version": "r-1"}
    release |= {"document_url": "https://statistics.example.org/2025"}
    await house.made(world.reporting.client("statistician"), "/reporting/v1/releases", release)
    await eventually(lambda: hook.bodies[-1]["type"] == "release.published", within=20)
    path = "/reporting" + hook.bodies[-1]["data"]["detail_url"].split("/reporting", 1)[1]
    read = await world.reporting.client("partner_agency", agency_id=enrolled).get(path)
    assert read.json()["document_url"] == release["document_url"]


async def nothing_personal_anywhere(world: World, hook: Any) -> None:
    for body in hook.bodies:
        assert NAME not in json.dumps(body)
    for service in (world.registry, world.returns, world.reintegration):
        for event in await service.published():
            assert NAME not in event.model_dump_json()
    for service in (world.registry, world.returns, world.reintegration, world.reporting):
        metrics = (await service.client().get(f"/{service.runtime.service.name}/metrics")).text
        assert NAME not in metrics
        for name in (
            "outbox_oldest_seconds",
            "consumer_lag{",
            "parked_events 0.0",
            'inbox_processed_total{outcome="done"}',
        ):
            assert f"wayhome_{name}" in metrics
