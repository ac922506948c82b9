"""Services with something in them: stories are told to a service, and every id they left behind is known."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.hostile import around_a_family, around_a_plan, registry_ground
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
    signer: SigningKey | None = None
    """The key by which the partner of the claims signs its messages."""

    def signature(self, key: str, body: bytes) -> list[tuple[str, str]]:
        """The headers of a message that this partner has signed; the same ones for the same message."""
        at = int(self.service.clock.now().timestamp())
        name = f"msg_{hashlib.sha256(key.encode() + body).hexdigest()}"
        return list(signed_headers([self.signer], name, at, body).items()) if self.signer else []

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
    found.claims, found.signer = await registry_ground.seeded(found.service)


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
    await around_a_family.helped_twice(found.service)
    await cards.issued(told)
    await counselling.held(told.caseworker)
    await counselling.asked(found.service)
    await complaints.complained(found.service, kind="other", about_office="ZRH")
    await around_a_family.seeded(found.service)  # last: an advisory holds for every journey there
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
    other, gone, moved = (reintegration.Story(found.service) for _ in range(3))
    for each in (other, gone, moved):
        await each.opened()
        await each.approved()
    await around_a_plan.came_back(other)
    await around_a_plan.left(gone)
    await around_a_plan.handed_over(story, plan)
    await around_a_plan.taken_back(moved)
    found.claims = {"partner_id": reintegration.PARTNER, "provider_id": reintegration.PROVIDER}


async def _reporting(found: Ground) -> None:
    story = FiguresStory(found.service)
    people = [counted_person(f"pr_{number}") for number in range(12)]
    await story.opened(people)
    await story.travelled(people)
    partnership = {"partnership_id": PARTNERSHIP, "signed_on": "2026-01-01", "parties": [{"code": "CHE"}]}
    await found.service.receive("registry.partnership.signed.v1", partnership, key=PARTNERSHIP)
    found.claims = {"partnership_id": PARTNERSHIP}
    released = {
        "period_from": "2025-01-01",
        "period_to": "2025-12-31",
        "indicators": ["returns"],
        "rule_version": "r-1",
    }
    released |= {"document_url": "https://statistics.example.org/2025"}
    made = await found.service.client("statistician").post("/reporting/v1/releases", json=released)
    assert made.status_code == 201, made.text


PARTNERSHIP = "0199c0de-0000-7000-8000-0000000000dd"
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
