"""Services with something in them: stories are told to a service, and every id they left behind is known."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.registry.story import RegistryStory
from tests.registry.test_quotes import STAGED
from tests.registry.test_recipients import CONTACT
from tests.reintegration import story as reintegration
from tests.reintegration.test_surveys import survey
from tests.reporting.test_figures import Story as FiguresStory
from tests.reporting.test_figures import person as counted_person
from tests.returns import story as returns
from tests.returns import test_card as cards
from tests.returns import test_caseload_import as imports
from tests.returns import test_complaints as complaints
from tests.returns import test_counselling as counselling
from tests.returns import test_travel_documents as travel_documents
from tests.returns.test_disclosures import Packages

IDENTIFIERS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND (column_name = 'id' OR column_name LIKE '%\\_id' OR column_name LIKE '%\\_ref')"
)
OTHER_NAMES = {
    "return_case_id": "case_id",
    "webhook_endpoint_id": "endpoint_id",
    "agency_message_id": "message_id",
    "recipient_id": "owner_id",
    "corridor_advisory_id": "advisory_id",
    "dialogue_round_id": "round_id",
    "side_question_id": "question_id",
    "working_group_id": "group_id",
}
CODES = {"name": ["relations", "purposes", "sexes"], "code": ["1", "2", "2.1", "4.2"]}


@dataclass
class Ground:
    """One seeded service and the ids in its database, by the name of the parameter that would carry them."""

    service: RunningService
    known: dict[str, list[str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)

    def one(self, name: str, chance: random.Random) -> str | None:
        """An id that exists, or None when there is no such thing here."""
        found = self.known.get(name)
        return chance.choice(found) if found else None

    def roles(self) -> list[str]:
        """Every role that any operation of the service names."""
        paths = self.service.app.openapi()["paths"].values()
        return sorted({role for path in paths for operation in path.values() for role in operation.get("x-roles", [])})


async def ground(running: Run, name: str) -> Ground:
    """A seeded service."""
    found = Ground(await running(name))
    await SEEDS[name](found)
    await harvest(found)
    return found


async def harvest(found: Ground) -> None:
    """Learn every id in the database."""
    known: dict[str, list[str]] = defaultdict(list)
    for row in await found.service.fetch(IDENTIFIERS):
        table, column = row["table_name"], row["column_name"]
        name = f"{table}_id" if column == "id" else column
        rows = await found.service.fetch(
            f'SELECT DISTINCT "{column}"::text AS v FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY 1 LIMIT 40'
        )
        values = [entry["v"] for entry in rows]
        known[name] += values
        if name in OTHER_NAMES:
            known[OTHER_NAMES[name]] += values
    found.known = {**CODES, **{name: sorted(set(values)) for name, values in known.items() if values}}


async def _registry(found: Ground) -> None:
    story = RegistryStory(found.service)
    await story.enrol()
    await story.opened()
    for ref in story.persons:
        await story.consent("partner", ref, "reintegration")
        await story.consent("agency", ref, "identity_verification")
    await story.approved()
    await story.itinerary()
    package = await story.package()
    await story.endpoint("partner", "http://127.0.0.1:9/hook", ["itinerary.confirmed", "departed"])
    programme = {"name": "P", "outward_name": "P", "host": "CHE", "destinations": ["GEO"], "case_kinds": ["avrr"]}
    made = await story.admin.post("/registry/v1/programmes", json={**programme, "currency": "EUR"})
    path = f"/registry/v1/programmes/{made.json()['id']}/rule-versions"
    rules = {"valid_from": "2026-01-01", "source": "test", "content": {**STAGED, "quote_valid_days": 90}}
    version = await story.admin.post(path, json=rules)
    publisher = found.service.client("administrator", subject="administrator-2")
    await publisher.post(f"{path}/{version.json()['id']}/publication")
    await story.admin.post(f"{path}/{version.json()['id']}/trials", json={})
    seen = {"disclosure_id": package, "recipient_id": story.ids["agency"], "data_classes": ["identity"]}
    await story.fact("disclosure.made", **seen, person_refs=story.persons)
    reference = (
        await found.service.fetch(
            "SELECT agency_case_ref FROM agency_case WHERE recipient_id = $1::uuid", story.ids["partner"]
        )
    )[0]["agency_case_ref"]
    await story.client("partner").get(f"/registry/v1/agency-cases/{reference}/events")
    await story.say("partner", "arrival.confirmed", agency_case_ref=reference, arrived_on="2026-03-02")
    (own,) = await found.service.fetch(
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
    found.claims = {**claims, "partnership_id": partnership}


async def _provider(story: RegistryStory) -> str:
    """A provider that was checked, and the partner's contact."""
    body = {"kind": "ngo", "name": "Provider", "country": "GEO", "roles": ["employment"]}
    provider = (await story.admin.post("/registry/v1/providers", json=body)).json()["id"]
    checked = {"checked_on": "2026-01-01", "valid_until": "2026-04-01", "source": "File 12"}
    await story.admin.post(f"/registry/v1/recipients/{provider}/due-diligence", json=checked)
    path = f"/registry/v1/recipients/{story.ids['partner']}/contacts"
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
    draft = {"partnership_id": partnership, "valid_from": "2026-01-01", "source": "S", "clauses": [{"code": "c"}]}
    treaty = (await story.admin.post("/registry/v1/agreements", json=draft)).json()["id"]
    second = story.service.client("administrator", subject="administrator-2")
    await second.post(f"/registry/v1/agreements/{treaty}/publication")
    group = {"name": "G", "departments": [{"code": "aid", "name": "Aid", "part": "lead"}]}
    await story.admin.post(f"{path}/working-groups", json=group)
    body = {"component_type": "dialogue"}
    component = (await story.admin.post(f"{path}/components", json=body)).json()["id"]
    move = {"status": "agreed", "on": "2026-03-01"}
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
        await side.post(f"{path}/agenda-approval")
    await sides[0].post(f"{path}/holding", json={"on": "2026-03-02"})
    item = {"title": "T", "owner_side": "partner", "due_on": "2026-05-01"}
    made = await sides[0].post(f"{path}/action-items", json=item)
    assert made.status_code == 201, made.text


async def _returns(found: Ground) -> None:
    told = Packages(found.service)
    await told.world()
    await told.agreement()
    await told.submitted([returns.person("main_applicant"), returns.person("child")])
    await told.approve(await told.package())
    stages: list[Callable[[returns.CaseStory], Awaitable[None]]] = [
        lambda case: case.open(),
        lambda case: case.eligible(),
        lambda case: case.prepared(returns.FAMILY[:3]),
        lambda case: case.ready(),
        lambda case: case.arrived(returns.FAMILY[:2]),
    ]
    for stage in stages:
        await stage(returns.CaseStory(found.service))
    await caseload(told)
    await papers(found.service)
    await cards.issued(told)
    await counselling.held(told.caseworker)
    await counselling.asked(found.service)
    await complaints.complained(found.service, kind="other", about_office="ZRH")
    found.claims = {"partner_id": returns.PARTNER, "agency_id": returns.CONSULATE}


async def caseload(told: returns.CaseStory) -> None:
    """An import that is done, and one that waits for its start."""
    await imports.asked(told.caseworker, imports.sheet([imports.row(1), imports.row(2, sex="x")]))
    await imports.asked(told.caseworker, imports.sheet([imports.row(1)]), dry_run=True)
    await imports.worked(told)


async def papers(service: RunningService) -> None:
    """What a journey needs and what may go wrong: a request, a clearance, an escort, a document, an incident, a search."""
    told, away = travel_documents.Papers(service), travel_documents.Papers(service)
    await told.prepared()
    await told.asked()
    await away.departed()
    own = {"person_ref": told.refs()[0]}
    cleared = {**own, "kind": "fit_to_fly", "outcome": "fit", "issued_by": "treating_physician", "findings": "F"}
    escort = {**own, "kind": "medical", "qualification": "nurse", "hand_over_to": "family"}
    happened = {"person_ref": away.refs()[0], "kind": "arrest", "heard_from": "family", "account": "A"}
    for case, path, body in (
        (told, "medical-clearances", cleared),
        (told, "escorts", escort),
        (told, "documents", {**own, "kind": "identity_paper", "name": "N"}),
        (away, "incidents", happened),
        (away, "non-arrivals", {}),
    ):
        answer = await told.caseworker.post(f"/returns/v1/cases/{case.id}/{path}", json=body)
        assert answer.status_code == 201, answer.text


async def _reintegration(found: Ground) -> None:
    story = reintegration.Story(found.service)
    await story.funded()
    plan = await story.assigned()
    body = {"category": "business_start_up", "line_id": story.line_of("post_return")["line_id"]}
    path = f"{reintegration.ROOT}/plans/{plan}/measures"
    await story.partner().post(path, json={**body, "provider_id": reintegration.PROVIDER})
    await story.arrived()
    await story.plan_approved()
    await survey(story)
    await story.pay("travel")
    await story.requested("departure_cash", 10_000)
    other = reintegration.Story(found.service)
    await other.opened()
    await other.approved()
    found.claims = {"partner_id": reintegration.PARTNER, "provider_id": reintegration.PROVIDER}


async def _reporting(found: Ground) -> None:
    story = FiguresStory(found.service)
    people = [counted_person(f"pr_{number}") for number in range(12)]
    await story.opened(people)
    await story.travelled(people)


SEEDS = {"registry": _registry, "returns": _returns, "reintegration": _reintegration, "reporting": _reporting}
PROGRAMMES = [returns.PROGRAMME, reintegration.PROGRAMME]


def wide(found: Ground) -> str:
    """An authorization header of somebody with every role and the widest scope."""
    claims = {
        "offices": ["ZRH"],
        "programmes": PROGRAMMES,
        "countries": ["CHE", "GEO"],
        "authority_id": "SEM",
        "side": "host",
        **found.claims,
    }
    return bearer(found, found.roles(), **claims)


def bearer(found: Ground, roles: list[str], subject: str = "hostile-1", **claims: Any) -> str:
    """An authorization header."""
    return f"Bearer {found.service.issuer.issue(roles=roles, subject=subject, **claims)}"
