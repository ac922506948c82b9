"""Activities with their closed facts, and the legal ways that a counsellor can show."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from services.registry.domain.activity_types import BELONGS, figures_of
from services.registry.domain.code_lists import COMPONENT_TYPES
from tests.registry.partnership_story import ROOT, PartnershipStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
AMOUNT = {"amount_minor": 5_000_000, "currency": "EUR"}
FACTS: dict[str, dict[str, Any]] = {
    "information_campaign": {"message": "risks", "channels": ["radio"], "people_reached": 40_000},
    "capacity_building": {"institution": "Migration authority", "people_trained": 30, "handed_over_on": "2025-12-01"},
    "scholarships": {"level": "higher", "offered": 20, "taken_up": 18, "completed": 12},
    "remittance_cost": {"from_country": "CHE", "to_country": "GEO", "quarter": "2026-Q1", "cost_basis_points": 410},
    "legal_channel": {
        "offer": "trainee", "destination": "CHE", "for_nationals": ["GEO"], "offered_by": "Ministry",
        "apply_at": "Job service", "open_from": "2026-01-01", "open_until": "2026-12-31", "places": 150,
    },
    "visa_measure": {"measure": "fee_reduction", "beneficiaries": 900},
    "conflict_prevention": {"form": "mediation", "sessions": 4},
    "asylum_system": {"measure": "reception", "reception_places": 60},
    "resettlement": {"places": 100, "arrivals": 40},
    "border_management": {"measure": "training", "safeguards": ["access_to_asylum"], "people_trained": 12},
    "financial_tranche": {"tranche": 1, "amount": AMOUNT, "condition": "Law in force", "condition_kept": True},
    "governance_reform": {"reform": "Civil registry", "institution": "Ministry of Justice"},
    "development_project": {"sector": "water", "households_reached": 300},
    "community_support": {"communities": 5, "services_opened": 2},
    "joint_meeting": {"meetings": 2},
    "further": {"subject": "Pension portability"},
}  # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "resettlement": {"places": -1},
    "border_management": {"safeguards": []},
    "scholarships": {"taken_up": 21},
    "legal_channel": {"places_used": 151},
    "financial_tranche": {"amount": {"amount_minor": 5, "currency": "ZZZ"}},
    "remittance_cost": {"to_country": "CHE"},
    "information_campaign": {"unheard_of": 1},
}


def body(activity_type: str, **facts: Any) -> dict[str, Any]:
    stated = {"activity_type": activity_type, **FACTS[activity_type], **facts}
    return {"title": activity_type, "lead": "Ministry", "source": "Annual report", "facts": stated}


@pytest_asyncio.fixture(loop_scope="session")
async def story(running: Any) -> PartnershipStory:
    found = PartnershipStory(await running("registry"))
    await found.begin()
    return found


async def test_every_kind_is_reported_and_every_component_has_a_kind(story: PartnershipStory) -> None:
    assert set(FACTS) == set(BELONGS)
    assert set().union(*BELONGS.values()) == set(COMPONENT_TYPES)
    components = {}
    for component_type in sorted({min(types) for types in BELONGS.values()}):
        more = {"safeguards": ["monitoring"]} if component_type == "border_management" else {}
        components[component_type] = await story.component(component_type, **more)
    for activity_type, types in BELONGS.items():
        path = f"components/{components[min(types)]}/activities"
        who = story.host if activity_type == "legal_channel" else story.partner
        made = await story.did(who, path, body(activity_type), 201)
        stated = FACTS[activity_type]
        assert {name: made["facts"][name] for name in stated} == stated
        wrong = body(activity_type, **WRONG.get(activity_type, {"surprise": "x"}))
        assert (await story.did(story.partner, path, wrong, 422))["slug"] == "invalid"
    listed = await story.read(story.host, f"partnerships/{story.id}/activities?limit=200")
    assert len(listed["items"]) == len(FACTS)
    one = await story.read(story.host, f"partnerships/{story.id}/activities?activity_type=visa_measure")
    assert [entry["facts"]["beneficiaries"] for entry in one["items"]] == [900]
    events = {
        event.data["activity_type"]: event.data for event in await story.service.published() if "activity" in event.type
    }
    assert events["remittance_cost"]["figures"]["cost_basis_points"] == 410
    assert "condition_kept" not in events["financial_tranche"]["figures"]
    assert not any("Ministry" in str(data) for data in events.values())
    table = await story.read(story.host, f"partnerships/{story.id}/progress")
    assert sum(line["activities"] for line in table["components"]) == len(FACTS)


async def test_kind_and_component_must_fit_and_be_agreed(story: PartnershipStory) -> None:
    remittances = await story.component("remittances")
    refused = await story.did(story.host, f"components/{remittances}/activities", body("border_management"), 422)
    assert (refused["slug"], refused["belongs_under"]) == ("activity-does-not-belong", ["border_management"])
    proposed = await story.component("dialogue", running=False)
    refused = await story.did(story.host, f"components/{proposed}/activities", body("joint_meeting"), 409)
    assert refused["slug"] == "component-not-agreed"
    for wrong in (
        {"countries": ["QQQ"]}, {"facts": body("remittance_cost", quarter="spring")["facts"]},
        {"from_on": "2026-02-02", "to_on": "2026-02-01"}, {"spent": {"amount_minor": -1, "currency": "CHF"}},
    ):  # fmt: skip
        sent = {**body("remittance_cost"), **wrong}
        assert (await story.did(story.host, f"components/{remittances}/activities", sent, 422))["slug"] == "invalid"
    early = {**body("remittance_cost"), "from_on": "2026-03-03"}
    refused = await story.did(story.host, f"components/{remittances}/activities", early, 422)
    assert refused["slug"] == "activity-still-to-come"
    borders = await story.component("border_management", running=False)
    await story.did(story.partner, f"components/{borders}/transitions", {"status": "agreed", "on": "2026-03-02"})
    refused = await story.did(story.host, f"components/{borders}/activities", body("capacity_building"), 409)
    assert refused["slug"] == "safeguards-not-named"
    unknown = await story.did(story.host, f"components/{remittances}/activities", {**body("further"), "facts": {}}, 422)
    assert unknown["slug"] == "invalid"
    await story.did(story.stranger, f"components/{remittances}/activities", body("remittance_cost"), 404)


async def test_a_correction_is_the_reporters_and_is_told_again(story: PartnershipStory) -> None:
    component = await story.component("remittances")
    spent = {"spent": {"amount_minor": 900, "currency": "CHF"}, "participants": [{"sex": 2, "count": 40}]}
    sent = {**body("remittance_cost"), **spent, "countries": ["GEO"]}
    made = await story.did(story.partner, f"components/{component}/activities", sent, 201)
    change = {"facts": body("remittance_cost", cost_basis_points=390)["facts"]}

    async def patch(who: Any, changes: dict[str, Any], version: int) -> Any:
        path, headers = f"{ROOT}/activities/{made['id']}", {"If-Match": f'"{version}"'}
        return await who.patch(path, json=changes, headers=headers)

    assert (await patch(story.host, change, 1)).status_code == 404
    corrected = await patch(story.partner, {**change, "from_on": "2026-02-01"}, 1)
    turned = await patch(story.partner, {"to_on": "2026-01-31"}, 2)
    assert (turned.status_code, turned.json()["slug"]) == (422, "ends-before-it-begins")
    assert (corrected.status_code, corrected.json()["spent"]) == (200, spent["spent"])
    assert (await patch(story.partner, {"facts": body("further")["facts"]}, 2)).json()["slug"] == (
        "activity-does-not-belong"
    )
    events = [event.data for event in await story.service.published("registry.activity.reported.v1")]
    assert [(data["revision"], data["figures"]["cost_basis_points"]) for data in events] == [(1, 410), (2, 390)]
    assert (events[1]["participants_count"], events[1]["spent_minor"]) == (40, 900)
    await story.did(story.host, f"activities/{made['id']}/withdrawal", None, 404)
    back = await story.did(story.partner, f"activities/{made['id']}/withdrawal")
    assert back["withdrawn_on"] == "2026-03-02"
    last = (await story.service.published("registry.activity.reported.v1"))[-1].data
    assert (last["withdrawn"], last["revision"]) == (True, 3)
    table = await story.read(story.host, f"partnerships/{story.id}/progress")
    assert table["components"][0]["activities"] == 0
    assert (await patch(story.partner, change, 3)).status_code == 404


async def shown(who: Any, **asked: Any) -> list[str]:
    seen, cursor = [], None
    while True:
        answer = await who.get(f"{ROOT}/opportunities", params={**asked, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        seen += [entry["title"] for entry in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return seen


async def test_opportunities_that_a_counsellor_can_show(story: PartnershipStory) -> None:
    counsellor = story.service.client("caseworker", offices=["ZRH"])
    assert await shown(counsellor) == []
    component = await story.component("legal_channels")
    offers = {
        "open": {},
        "endless": {"open_until": None, "places": None, "offer": "student", "sectors": ["care"]},
        "full": {"places": 3, "places_used": 3},
        "over": {"open_until": "2026-03-01"},
        "later": {"open_from": "2026-04-01"},
        "others": {"for_nationals": ["TUN", "NGA"], "destination": "DEU"},
    }
    for title, facts in offers.items():
        sent = {**body("legal_channel", **facts), "title": title}
        await story.did(story.host, f"components/{component}/activities", sent, 201)
    own = await story.did(story.partner, f"components/{component}/activities", body("legal_channel"), 409)
    assert own["slug"] == "not-your-sides-offer", "a way into a country is offered by that country's side"
    mistake = {**body("legal_channel"), "title": "mistake"}
    made = (await story.did(story.host, f"components/{component}/activities", mistake, 201))["id"]
    assert "mistake" in await shown(counsellor)
    await story.did(story.host, f"activities/{made}/withdrawal")
    assert await shown(counsellor, limit=1) == ["open", "endless", "others"]
    assert await shown(counsellor, nationality="GEO") == ["open", "endless"]
    assert await shown(counsellor, nationality="GEO", also_full=True) == ["open", "endless", "full"]
    assert await shown(counsellor, on="2026-04-02", nationality="GEO") == ["open", "endless", "later"]
    assert await shown(counsellor, destination="DEU") == ["others"]
    assert await shown(counsellor, offer="student", sector="care") == ["endless"]
    first = (await counsellor.get(f"{ROOT}/opportunities")).json()["items"][0]
    assert (first["places_left"], first["open_until"], first["offered_by"]) == (150, "2026-12-31", "Ministry")
    assert (first["stated_by"], first["source"], first["as_of"]) == ("host", "Annual report", "2026-03-02")
    move = {"status": "suspended", "on": "2026-03-02"}
    await story.did(story.manager, f"components/{component}/transitions", move)
    assert await shown(counsellor) == []
    assert (await story.service.client("donor").get(f"{ROOT}/opportunities")).status_code == 403


async def test_figures_are_whole_numbers_only() -> None:
    facts = {"places": 3, "kept": True, "amount": {"amount_minor": 5}, "quarter": "2026-Q1", "none": None}
    assert figures_of(facts) == {"places": 3}
