"""Two delegates: interests kept and released, a commitment through its life with a dispute, and the joint table."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.registry.partnership_story import ROOT, PartnershipStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRET = "Zebulonian remittances"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest_asyncio.fixture(loop_scope="session")
async def story(running: Any) -> PartnershipStory:
    found = PartnershipStory(await running("registry"))
    await found.begin()
    return found


async def test_an_interest_is_the_own_sides_until_it_is_released(story: PartnershipStory) -> None:
    body = {"statement": SECRET, "priority": "high", "red_line": True, "component_type": "readmission"}
    made = await story.did(story.partner, f"partnerships/{story.id}/interests", body, 201)
    path, listed = f"interests/{made['id']}", f"partnerships/{story.id}/interests"
    assert (await story.read(story.partner, path))["statement"] == SECRET
    for who in (story.host, story.manager, story.stranger):
        await story.read(who, path, 404)
        await story.did(who, f"{path}/release", None, 404)
    assert (await story.read(story.host, listed))["items"] == []
    await story.did(story.partner, f"{path}/release")
    assert [entry["statement"] for entry in (await story.read(story.host, listed))["items"]] == [SECRET]
    await story.read(story.stranger, listed, 404)
    changed = await story.partner.patch(f"{ROOT}/{path}", json={"priority": "low"}, headers={"If-Match": '"2"'})
    assert (changed.status_code, changed.json()["slug"]) == (409, "interest-is-released")
    await story.did(story.partner, f"{path}/retraction")
    await story.read(story.host, path, 404)
    changed = await story.partner.patch(f"{ROOT}/{path}", json={"priority": "low"}, headers={"If-Match": '"3"'})
    assert changed.json()["priority"] == "low"


async def test_what_is_said_in_confidence_is_nowhere_in_clear(story: PartnershipStory) -> None:
    body = {"statement": SECRET, "priority": "high"}
    await story.did(story.partner, f"partnerships/{story.id}/interests", body, 201)
    tables = [row["tablename"] for row in await story.service.fetch(TABLES)]
    assert "interest" in tables
    for table in tables:
        lines = [row["line"] for row in await story.service.fetch(f'SELECT t::text AS line FROM "{table}" t')]
        assert not any(SECRET in line or SECRET.encode().hex() in line for line in lines), table


async def test_a_commitment_from_proposal_to_settlement_with_a_dispute(story: PartnershipStory) -> None:
    component = await story.component("legal_channels")
    mine = await story.commitment(story.partner, "host", component_id=component, department="economy")
    shown = await story.read(story.host, f"commitments/{mine}")
    assert (shown["status"], shown["open_steps"]) == ("proposed", ["agree", "decline"])
    own = await story.did(story.partner, f"commitments/{mine}/agreement", None, 409)
    assert (own["missing"][0]["code"], own["open_transitions"]) == ("side", ["withdraw"])
    await story.did(story.host, f"commitments/{mine}/agreement")
    await story.service.run_job("commitments-due")
    assert (await story.read(story.host, f"commitments/{mine}"))["status"] == "agreed"
    story.service.clock.advance(days=120)
    await story.service.run_job("commitments-due")
    assert (await story.read(story.host, f"commitments/{mine}"))["status"] == "due"
    evidence = [{"kind": "publication", "title": "Gazette 12", "dated": "2026-06-01"}]
    wrong = await story.did(story.partner, f"commitments/{mine}/report", {"evidence": evidence}, 409)
    assert wrong["missing"][0]["code"] == "side"
    await story.did(story.host, f"commitments/{mine}/report", {"words": "150 permits", "evidence": evidence})
    table = await story.read(story.partner, f"partnerships/{story.id}/progress")
    assert (table["commitments"][0]["host"]["standing"], table["commitments"][0]["partner"]) == ("kept", None)
    assert table["partner_owes"]["reports_to_judge"] == 1
    await story.did(story.partner, f"commitments/{mine}/dispute", None, 422)
    await story.did(story.partner, f"commitments/{mine}/dispute", {"words": "90 only"})
    line = (await story.read(story.host, f"partnerships/{story.id}/progress"))["commitments"][0]
    assert (line["host"]["standing"], line["partner"]["standing"], line["views_differ"]) == ("kept", "not_kept", True)
    await story.did(story.host, f"commitments/{mine}/report", {"words": "60 more", "evidence": evidence})
    settled = await story.did(story.partner, f"commitments/{mine}/confirmation")
    assert [entry["step"] for entry in settled["steps"]] == [
        "propose", "agree", "fall_due", "report", "dispute", "report", "confirm",
    ]  # fmt: skip
    assert settled["open_steps"] == ["reconsider"]
    event = (await story.service.published("registry.commitment.settled.v1"))[0]
    assert (event.data["outcome"], event.data["disputes_count"], event.subject) == ("confirmed", 1, mine)
    assert len(await story.service.published("registry.commitment.agreed.v1")) == 1
    assert "90 only" not in str([entry.data for entry in await story.service.published()])


async def test_what_cannot_be_said_of_a_commitment(story: PartnershipStory) -> None:
    here = f"partnerships/{story.id}/commitments"
    past = {"title": "T", "indicator": "I", "owner_side": "host", "due_on": "2026-03-01"}
    assert (await story.did(story.host, here, past, 422))["slug"] == "due-day-is-past"
    late = await story.commitment(story.host, "host", due_on="2026-03-03")
    made = await story.commitment(story.host, "host")
    both = story.service.client("partnership_delegate", subject="d-host", side="partner", partnership_id=story.id)
    story.service.clock.advance(days=2)

    async def lacks(who: Any, path: str, body: dict[str, Any] | None = None) -> list[str]:
        return [lack["code"] for lack in (await story.did(who, f"commitments/{path}", body, 409))["missing"]]

    assert await lacks(story.partner, f"{late}/agreement") == ["due-day"]
    assert await lacks(both, f"{made}/agreement") == ["another-person"]
    await story.did(story.partner, f"commitments/{made}/agreement")
    paper = {"kind": "document", "title": "Gazette"}
    assert await lacks(story.host, f"{made}/report", {"words": "Done."}) == ["evidence"]
    assert await lacks(story.host, f"{made}/report", {"evidence": [{**paper, "dated": "2026-03-05"}]}) == ["evidence"]
    assert await lacks(story.host, f"{made}/report", {"evidence": [paper], "on": "2026-03-03"}) == ["day"]
    await story.did(story.host, f"commitments/{made}/report", {"evidence": [paper]})
    assert await lacks(both, f"{made}/confirmation") == ["another-person"]
    settled = await story.did(story.partner, f"commitments/{made}/confirmation")
    assert "d-host" not in str(settled)
    assert await lacks(story.host, f"{made}/reconsideration") == ["side"]
    again = await story.did(story.partner, f"commitments/{made}/reconsideration")
    assert (again["status"], again["reported_on"]) == ("reported", "2026-03-04")
    (line,) = (await story.read(story.host, f"partnerships/{story.id}/progress"))["commitments"]
    assert (line["host"]["standing"], line["partner"]) == ("kept", None)
    facts = [event.type.split(".")[2] for event in await story.service.published() if "commitment" in event.type]
    assert facts == ["agreed", "reported", "settled", "reported"]


async def test_the_timer_makes_due_once_and_reminds_once(story: PartnershipStory) -> None:
    made = await story.commitment(story.host, "host", due_on="2026-03-10")
    await story.did(story.partner, f"commitments/{made}/agreement")
    for _ in range(2):
        await story.service.run_job("commitments-due")
    notices = await story.read(story.partner, "notifications?limit=100")
    assert [n["kind"] for n in notices["items"]].count("commitment.due-soon") == 1
    story.service.clock.advance(days=8)
    for _ in range(2):
        await story.service.run_job("commitments-due")
    steps = (await story.read(story.partner, f"commitments/{made}"))["steps"]
    assert [entry["step"] for entry in steps].count("fall_due") == 1
    owed = (await story.read(story.partner, f"partnerships/{story.id}/progress"))["host_owes"]
    assert owed["commitments_due"] == 1
    assert (await story.read(story.stranger, "notifications"))["items"] == []


async def test_counter_commitments_answer_the_other_side(story: PartnershipStory) -> None:
    first = await story.commitment(story.partner, "host")
    answer = await story.commitment(story.host, "partner", counter_to=first)
    found = await story.read(story.host, f"partnerships/{story.id}/commitments?counter_to={first}")
    assert [entry["id"] for entry in found["items"]] == [answer]
    same = {"title": "x", "indicator": "x", "owner_side": "host", "due_on": "2026-06-30", "counter_to": first}
    refused = await story.did(story.host, f"partnerships/{story.id}/commitments", same, 409)
    assert refused["slug"] == "counter-commitment-does-not-fit"
    early = await story.did(story.partner, f"commitments/{answer}/agreement", None, 409)
    assert early["missing"][0]["code"] == "counterpart", "nobody is bound by an answer to what binds nobody"
    await story.did(story.host, f"commitments/{first}/refusal")
    lost = await story.did(story.partner, f"commitments/{answer}/agreement", None, 409)
    assert lost["missing"][0]["code"] == "counterpart"
    await story.did(story.host, f"commitments/{answer}/withdrawal")


async def test_a_retry_has_one_effect_and_a_lost_update_none(story: PartnershipStory) -> None:
    made = await story.commitment(story.partner, "host")
    headers = {"Idempotency-Key": "agree-once-0001", "If-Match": '"1"'}
    path = f"{ROOT}/commitments/{made}/agreement"
    answers = [await story.host.post(path, json={}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(await story.service.published("registry.commitment.agreed.v1")) == 1
    late = await story.host.post(f"{ROOT}/commitments/{made}/report", json={}, headers={"If-Match": '"1"'})
    assert late.status_code == 412


async def test_foreign_delegates_and_the_office_cannot_speak(story: PartnershipStory) -> None:
    made = await story.commitment(story.partner, "host")
    for step in ("agreement", "refusal", "withdrawal", "report", "confirmation", "waiver"):
        await story.did(story.stranger, f"commitments/{made}/{step}", None, 404)
    await story.read(story.stranger, f"commitments/{made}", 404)
    await story.read(story.stranger, f"partnerships/{story.id}/progress", 404)
    office = story.service.client("caseworker", offices=["ZRH"])
    assert (await story.read(office, f"partnerships/{story.id}/commitments"))["items"][0]["id"] == made
    await story.did(office, f"commitments/{made}/agreement", None, 403)
    assert (await office.get(f"{ROOT}/partnerships/{story.id}/interests")).status_code == 403


async def test_each_side_fills_its_own_column(story: PartnershipStory) -> None:
    component = await story.component("remittances")
    empty = (await story.read(story.host, f"partnerships/{story.id}/progress"))["components"][0]
    assert (empty["host"], empty["partner"], empty["views_differ"]) == (None, None, False)
    for who, standing in ((story.host, "delayed"), (story.host, "on_track"), (story.partner, "at_risk")):
        await story.did(who, f"components/{component}/views", {"standing": standing, "remark": "fees"}, 201)
    line = (await story.read(story.partner, f"partnerships/{story.id}/progress"))["components"][0]
    assert (line["host"]["standing"], line["partner"]["standing"]) == ("on_track", "at_risk")
    assert line["views_differ"]
    said = await story.read(story.host, f"components/{component}/views")
    assert [entry["standing"] for entry in said["items"]] == ["delayed", "on_track", "at_risk"]
    assert not {"total", "score", "balance"} & set(line)
