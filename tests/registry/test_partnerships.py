"""Partnerships, components and agreements over the API: sides, guards, access of delegates."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from services.registry.domain.code_lists import COMPONENT_TYPES
from tests.registry.partnership_story import ROOT, PartnershipStory

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def story(running: Any) -> PartnershipStory:
    found = PartnershipStory(await running("registry"))
    await found.begin()
    return found


async def test_parties_stand_on_sides_and_a_wrong_country_is_refused(story: PartnershipStory) -> None:
    shown = await story.read(story.partner, f"partnerships/{story.id}")
    assert [(party["code"], party["side"]) for party in shown["parties"]] == [("CHE", "host"), ("GEO", "partner")]
    swiss = {"code": "CHE", "roles": ["destination"]}
    for wrong in ({"code": "XXY", "roles": ["origin"]}, {**swiss, "side": "partner"}):
        body = {"title": "T", "legal_form": "treaty", "parties": [swiss, wrong]}
        assert (await story.did(story.manager, "partnerships", body, 422))["slug"] == "invalid"


async def test_the_life_of_a_partnership_with_its_guards(story: PartnershipStory) -> None:
    path = f"partnerships/{story.id}/transitions"
    refused = await story.did(story.manager, path, {"status": "in_force", "on": "2026-03-01"}, 409)
    assert (refused["open_transitions"], refused["missing"][0]["code"]) == (["negotiating", "ended"], "status")
    for status in ("negotiating", "signed"):
        moved = await story.did(story.manager, path, {"status": status, "on": "2026-02-01", "precision": "month"})
    assert (moved["signed_on"], moved["signed_precision"]) == ("2026-02-01", "month")
    before = await story.did(story.manager, path, {"status": "in_force", "on": "2026-01-31"}, 409)
    assert before["missing"] == [{"code": "day", "message": "The day is before the signature."}]
    await story.did(story.manager, path, {"status": "in_force", "on": "2026-02-01"})
    component = await story.component()
    running = await story.did(story.manager, path, {"status": "ended", "on": "2026-03-01"}, 409)
    assert running["missing"][0]["code"] == "components"
    await story.did(story.manager, f"components/{component}/transitions", {"status": "ended", "on": "2026-03-01"})
    await story.did(story.manager, path, {"status": "ended", "on": "2026-03-01"})
    body = {"component_type": "remittances"}
    refused = await story.did(story.partner, f"partnerships/{story.id}/components", body, 409)
    assert refused["slug"] == "partnership-has-ended"
    statuses = await story.service.published("registry.partnership.status-changed.v1")
    assert [event.data["status"] for event in statuses] == ["negotiating", "signed", "in_force", "ended"]


async def test_a_delegate_finds_the_own_partnership_only(story: PartnershipStory) -> None:
    component = await story.component()
    for who, found in ((story.host, 1), (story.partner, 1), (story.stranger, 1), (story.manager, 2)):
        listed = await story.read(who, "partnerships")
        assert len(listed["items"]) == found
    lost = story.service.client("partnership_delegate", side="partner")
    mistaken = story.service.client("partnership_delegate", side="CHE", partnership_id=story.id)
    broken = story.service.client("partnership_delegate", side="host", partnership_id="not an id")
    for who in (story.stranger, lost, mistaken, broken):
        assert story.id not in str(await story.read(who, "partnerships"))
        for path in (f"partnerships/{story.id}", f"components/{component}", f"partnerships/{story.id}/components"):
            assert (await story.read(who, path, 404))["slug"] == "not-found"
        await story.did(who, f"components/{component}/transitions", {"status": "suspended", "on": "2026-03-01"}, 404)
        await story.did(who, f"partnerships/{story.id}/components", {"component_type": "dialogue"}, 404)


async def test_a_delegate_names_the_own_lead_and_nothing_else(story: PartnershipStory) -> None:
    async def patch(who: Any, body: dict[str, Any], version: int) -> Any:
        return await who.patch(f"{ROOT}/partnerships/{story.id}", json=body, headers={"If-Match": f'"{version}"'})

    named = await patch(story.partner, {"lead_partner": "Ministry of Internal Affairs"}, 1)
    assert (named.status_code, named.json()["lead_partner"]) == (200, "Ministry of Internal Affairs")
    for body in ({"lead_host": "Somebody"}, {"title": "Mine"}):
        refused = await patch(story.partner, body, 2)
        assert (refused.status_code, refused.json()["slug"]) == (403, "not-your-side")
    assert (await patch(story.manager, {"title": "Corrected"}, 1)).status_code == 412
    assert (await patch(story.manager, {"title": "Corrected"}, 2)).json()["title"] == "Corrected"


async def test_nobody_agrees_to_the_own_proposal_for_the_other_side(story: PartnershipStory) -> None:
    made = await story.did(story.partner, f"partnerships/{story.id}/components", {"component_type": "remittances"}, 201)
    assert (made["proposed_by"], made["dac_code"]) == ("partner", "15190")
    path, body = f"components/{made['id']}/transitions", {"status": "agreed", "on": "2026-03-02"}
    refused = await story.did(story.partner, path, body, 409)
    assert refused["missing"][0]["code"] == "side"
    assert (await story.did(story.host, path, body))["status"] == "agreed"


async def patched(who: Any, path: str, body: dict[str, Any], expect: int = 200) -> Any:
    version = (await who.get(f"{ROOT}/{path}")).json()["version"]
    answer = await who.patch(f"{ROOT}/{path}", json=body, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == expect, answer.text
    return answer.json()


async def test_what_both_are_asked_to_agree_to_is_changed_by_its_own_side_only(story: PartnershipStory) -> None:
    here, body = f"partnerships/{story.id}/components", {"component_type": "border_management"}
    path = f"components/{(await story.did(story.host, here, body, 201))['id']}"
    budget = {"budget": {"amount": {"amount_minor": 1, "currency": "CHF"}, "year": 2026}}
    assert (await patched(story.partner, path, budget, 409))["slug"] == "component-is-agreed"
    await patched(story.host, path, {**budget, "safeguards": ["independent monitoring"]})
    both = story.service.client("partnership_delegate", subject="d-host", side="partner", partnership_id=story.id)
    agree = {"status": "agreed", "on": "2026-03-02"}
    alone = await story.did(both, f"{path}/transitions", agree, 409)
    assert [lack["code"] for lack in alone["missing"]] == ["another-person"]
    filed = await story.did(story.manager, f"{path}/transitions", agree, 409)
    assert [lack["code"] for lack in filed["missing"]] == ["source"]
    (told,) = await story.service.published("registry.component.status-changed.v1")
    assert (told.data["status_before"], told.data["status"]) == ("new", "proposed"), "nobody takes it for one in force"
    await story.did(story.partner, f"{path}/transitions", agree)
    for who, lead in ((story.host, "lead_host"), (story.partner, "lead_partner")):
        assert (await patched(who, path, {"title": "Other"}, 409))["slug"] == "component-is-agreed"
        assert (await patched(who, path, {lead: "Ministry"}))[lead] == "Ministry"
    await story.did(story.host, f"{path}/transitions", {"status": "in_force", "on": "2026-03-02"})
    assert (await patched(story.manager, path, {"safeguards": []}, 409))["slug"] == "safeguards-needed"
    stopped = await story.did(story.partner, f"{path}/transitions", {"status": "suspended", "on": "2026-03-02"})
    assert stopped["suspended_by"] == "partner"
    on = {"status": "in_force", "on": "2026-03-02"}
    for who in (story.host, story.manager):
        assert (await story.did(who, f"{path}/transitions", on, 409))["missing"][0]["code"] == "side"
    assert (await story.did(story.partner, f"{path}/transitions", on))["suspended_by"] is None
    await story.did(story.host, f"partnerships/{story.id}/interests", {"statement": "Ours", "priority": "low"}, 201)
    changes = (await story.read(story.partner, f"partnerships/{story.id}/history?limit=200"))["items"]
    did = [(change["action"], change["side"], change["facts"].get("fields")) for change in changes]
    assert did[1:4] == [
        ("component.added", "host", None), ("component.amended", "host", ["budget", "safeguards"]),
        ("component.moved", "partner", None),
    ]  # fmt: skip
    assert not {"d-host", "d-partner", "interest.stated"} & set(str(changes).split("'"))
    await story.read(story.stranger, f"partnerships/{story.id}/history", 404)
    kinds = [notice["kind"] for notice in (await story.read(story.host, "notifications?limit=100"))["items"]]
    assert {"component.proposed", "component.agreed", "component.amended", "component.suspended"} <= set(kinds)


async def test_a_signature_needs_its_paper_and_is_corrected_without_losing_what_it_rests_on(
    story: PartnershipStory,
) -> None:
    path = f"partnerships/{story.id}"
    assert (await patched(story.manager, path, {"signed_on": "2026-02-01"}, 409))["slug"] == "entry-would-not-hold"
    for status in ("negotiating", "signed", "in_force"):
        await story.did(story.manager, f"{path}/transitions", {"status": status, "on": "2026-02-01"})
    two_hosts = [{"code": code, "roles": ["destination"], "side": "host"} for code in ("CHE", "AUT")]
    for wrong, lack in (
        ({"legal_form": "dialogue"}, "legal_form"), ({"parties": two_hosts}, "parties"), ({"signed_on": "2026-04-01"}, "day")
    ):  # fmt: skip
        refused = await patched(story.manager, path, wrong, 409)
        assert (refused["slug"], refused["missing"]) == ("entry-would-not-hold", [lack])
    right = await patched(story.manager, path, {"signed_on": "2025-12-01", "signed_precision": "month"})
    assert (right["signed_on"], right["signed_precision"], right["status"]) == ("2025-12-01", "month", "in_force")
    signed = await story.service.published("registry.partnership.signed.v1")
    assert [event.data["signed_on"] for event in signed] == ["2026-02-01", "2025-12-01"]
    last = (await story.service.published("registry.partnership.status-changed.v1"))[-1]
    assert last.data["status"] == "in_force"


async def test_every_component_of_the_paper_stands_alone_with_its_own_leads_and_budget(story: PartnershipStory) -> None:
    budget = {"amount": {"amount_minor": 120_000_00, "currency": "CHF"}, "year": 2026}
    for component_type in COMPONENT_TYPES:
        body = {"component_type": component_type, "lead_host": "A", "lead_partner": "B", "budget": budget}
        await story.did(story.manager, f"partnerships/{story.id}/components", body, 201)
    path, seen = f"partnerships/{story.id}/components?limit=7", []
    while path:
        page = await story.read(story.partner, path)
        seen += page["items"]
        cursor = page["next_cursor"]
        path = f"partnerships/{story.id}/components?limit=7&cursor={cursor}" if cursor else ""
    assert [entry["component_type"] for entry in seen] == list(COMPONENT_TYPES)
    assert {entry["status"] for entry in seen} == {"proposed"}
    assert all(entry["budget"] == budget["amount"] and entry["budget_year"] == 2026 for entry in seen)
    declined = seen[0]["id"]
    await story.did(story.partner, f"components/{declined}/transitions", {"status": "declined", "on": "2026-03-02"})
    left = await story.read(story.host, f"partnerships/{story.id}/components?status=proposed&limit=200")
    assert len(left["items"]) == len(COMPONENT_TYPES) - 1
    unknown = await story.did(story.manager, f"partnerships/{story.id}/components", {"component_type": "moon"}, 422)
    assert unknown["slug"] == "invalid"


async def test_agreements_are_versions_of_clauses_that_must_make_sense(story: PartnershipStory) -> None:
    clause = {"code": "readmission", "reply_days": 25, "longest_reply_days": 60, "deemed_agreement": True}
    clause |= {"transfer_within_days": 90, "proof": ["passport"], "costs_borne_by": "requesting"}
    body = {"partnership_id": story.id, "valid_from": "2026-01-01", "source": "Treaty", "clauses": [clause]}
    first = await story.agreement(clause, valid_to="2026-02-28")
    second = await story.agreement(clause, valid_from="2026-03-01")
    assert (first["number"], second["number"]) == (1, 2)
    held = await story.read(story.partner, f"agreements?partnership_id={story.id}&on=2026-02-01")
    assert [entry["number"] for entry in held["items"]] == [1]
    assert held["items"][0]["clauses"][0]["transfer_within_days"] == 90
    assert (await story.read(story.stranger, "agreements"))["items"] == []
    await story.read(story.stranger, f"agreements/{first['id']}", 404)
    wrong = {**body, "clauses": [{"code": "x", "deemed_agreement": True}]}
    refused = await story.did(story.manager, "agreements", wrong, 422)
    assert (refused["slug"], len(refused["contradictions"])) == ("clauses-contradict", 2)
    denied = await story.did(story.partner, "agreements", body, 403)
    assert denied["slug"] == "forbidden"


async def test_an_agreement_is_published_by_two_people_and_steers_nothing_before(story: PartnershipStory) -> None:
    clause = {"code": "dialogue_question", "reply_days": 30}
    body = {"partnership_id": story.id, "valid_from": "2026-01-01", "source": "Letters", "clauses": [clause]}
    draft = await story.did(story.manager, "agreements", body, 201)
    path = f"agreements/{draft['id']}"
    assert (draft["status"], draft["published_on"]) == ("draft", None)
    alone = await story.did(story.manager, f"{path}/publication", expect=409)
    assert [entry["code"] for entry in alone["missing"]] == ["another-person"]
    await story.read(story.partner, path, 404)
    asked = await story.did(story.host, f"partnerships/{story.id}/questions", {"question": "How many?"}, 201)
    assert (asked["answer_by"], await story.service.published("registry.agreement.published.v1")) == (None, [])
    published = await story.did(story.other_manager, f"{path}/publication")
    assert (published["status"], published["published_on"]) == ("published", "2026-03-02")
    (fact,) = await story.service.published("registry.agreement.published.v1")
    assert fact.data["clauses"][0]["clause_id"] == draft["clauses"][0]["clause_id"]
    asked = await story.did(story.host, f"partnerships/{story.id}/questions", {"question": "And now?"}, 201)
    assert asked["answer_by"] == "2026-04-01"
    again = await story.did(story.other_manager, f"{path}/discard", expect=409)
    assert (again["slug"], again["open_transitions"]) == ("transition-not-allowed", ["end"])


async def test_a_discarded_agreement_is_never_published_and_leaves_its_number(story: PartnershipStory) -> None:
    body = {
        "partnership_id": story.id,
        "valid_from": "2026-01-01",
        "source": "Letters",
        "clauses": [{"code": "x", "reply_days": 9}],
    }
    draft = await story.did(story.manager, "agreements", body, 201)
    await story.did(story.manager, f"agreements/{draft['id']}/discard")
    await story.did(story.other_manager, f"agreements/{draft['id']}/publication", expect=409)
    assert (await story.agreement({"code": "x", "reply_days": 9}))["number"] == 2
    seen = await story.read(story.manager, f"agreements?partnership_id={story.id}&status=discarded")
    assert [entry["number"] for entry in seen["items"]] == [1]
    shown = await story.read(story.partner, "agreements")
    assert [entry["number"] for entry in shown["items"]] == [2]


async def test_a_version_replaces_or_ends_another_and_two_never_hold_at_once(story: PartnershipStory) -> None:
    clause = {"code": "dialogue_question", "reply_days": 30}
    first = await story.agreement(clause)
    body = {"partnership_id": story.id, "valid_from": "2026-03-02", "source": "Letters", "clauses": [clause]}
    beside = await story.did(story.manager, "agreements", body, 201)
    twice = await story.did(story.other_manager, f"agreements/{beside['id']}/publication", expect=409)
    assert [lack["code"] for lack in twice["missing"]] == ["replaces"]
    without = {**body, "clauses": [{"code": "identity", "reply_days": 25}], "replaces": first["id"]}
    second = await story.did(story.manager, "agreements", without, 201)
    await story.did(story.other_manager, f"agreements/{second['id']}/publication")
    assert (await story.read(story.partner, f"agreements/{first['id']}"))["valid_to"] == "2026-03-01"
    asked = await story.did(story.host, f"partnerships/{story.id}/questions", {"question": "How many?"}, 201)
    assert asked["answer_by"] is None, "the version in force has no such clause: no clause, no clock"
    path = f"agreements/{second['id']}/ending"
    assert (await story.did(story.manager, path, {"on": "2026-03-01"}, 422))["slug"] == "ends-in-the-past"
    ended = await story.did(story.manager, path, {"on": "2026-03-02"})
    assert (ended["status"], ended["valid_to"]) == ("published", "2026-03-01")
    told = await story.service.published("registry.agreement.published.v1")
    assert [(event.data["version"], event.data["valid_to"]) for event in told] == [
        (1, None), (1, "2026-03-01"), (3, None), (3, "2026-03-01"),
    ]  # fmt: skip
    other = PartnershipStory(story.service)
    await other.begin()
    foreign = await story.did(story.manager, "agreements", {**without, "partnership_id": other.id}, 409)
    assert foreign["slug"] == "nothing-to-replace"
    await story.did(story.manager, f"agreements/{beside['id']}/ending", {"on": "2026-03-02"}, 409)
