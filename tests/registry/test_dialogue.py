"""Two delegates through a whole round, questions between rounds, and departments that must agree."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.registry.partnership_story import PartnershipStory

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def story(running: Any) -> PartnershipStory:
    found = PartnershipStory(await running("registry"))
    await found.begin()
    return found


async def called(story: PartnershipStory) -> str:
    body = {"level": "senior", "scheduled_on": "2026-03-02", "place": "Tbilisi"}
    made = await story.did(story.host, f"partnerships/{story.id}/dialogue-rounds", body, 201)
    return str(made["id"])


async def held(story: PartnershipStory) -> str:
    made = await called(story)
    await story.did(story.host, f"dialogue-rounds/{made}/agenda-items", {"title": "Visas"})
    for who in (story.host, story.partner):
        await story.approved(who, made, "agenda")
    await story.did(story.host, f"dialogue-rounds/{made}/holding", {"on": "2026-03-02"})
    return made


async def test_a_round_needs_an_agenda_of_both_and_minutes_of_both(story: PartnershipStory) -> None:
    planned = await called(story)
    path = f"dialogue-rounds/{planned}"
    refused = await story.did(story.host, f"{path}/holding", {"on": "2026-03-03"}, 409)
    assert [lack["code"] for lack in refused["missing"]] == [
        "agenda", "agenda-approval-host", "agenda-approval-partner", "day",
    ]  # fmt: skip
    await story.did(story.host, f"{path}/agenda-items", {"title": "Readmission"})
    unread = await story.did(story.host, f"{path}/agenda-approval", None, 428)
    assert unread["slug"] == "if-match-required"
    before = (await story.approved(story.host, planned, "agenda"))["version"]
    shown = await story.did(story.partner, f"{path}/agenda-items", {"title": "Transfer costs"})
    assert [item["proposed_by"] for item in shown["agenda"]] == ["host", "partner"]
    assert shown["agenda_approved_by"] == [], "a new item opens the agenda again"
    stale = await story.did(story.partner, f"{path}/agenda-approval", None, 412, If_Match=f'"{before}"')
    assert stale["slug"] == "changed-meanwhile", "nobody approves what the other side has changed since"
    mine = shown["agenda"][1]["item_id"]
    await story.did(story.host, f"{path}/agenda-items/{mine}/withdrawal", None, 404)
    for who in (story.host, story.partner):
        await story.approved(who, planned, "agenda")
    await story.did(story.partner, f"{path}/holding", {"on": "2026-03-02"})
    late = await story.did(story.host, f"{path}/agenda-items", {"title": "One more"}, 409)
    assert late["slug"] == "agenda-is-closed"
    version = (await story.read(story.host, path))["version"]
    bare = await story.did(story.host, f"{path}/minutes-approval", None, 409, If_Match=f'"{version}"')
    assert bare["missing"][0]["code"] == "minutes"
    texts = [{"language": "fr", "text": "On a parlé."}, {"language": "ka", "text": "ვისაუბრეთ."}]
    await story.did(story.host, f"{path}/minutes", {"minutes": [texts[0], texts[0]]}, 422)
    await story.did(story.host, f"{path}/minutes", {"minutes": texts})
    await story.approved(story.host, planned, "minutes")
    again = await story.did(story.partner, f"{path}/minutes", {"minutes": texts[:1]})
    assert again["minutes_approved_by"] == [], "changed minutes are approved anew"
    for who in (story.partner, story.host):
        done = await story.approved(who, planned, "minutes")
    assert (done["status"], done["minutes"]) == ("concluded", texts[:1])
    closed = await story.did(story.host, f"{path}/minutes", {"minutes": texts}, 409)
    assert closed["slug"] == "minutes-are-closed"
    event = (await story.service.published("registry.dialogue-round.held.v1"))[0].data
    assert (event["round_number"], event["agenda_items_count"], event["carried_over_count"]) == (1, 2, 0)
    assert "Readmission" not in str(event)
    stored = await story.service.fetch("SELECT sealed_minutes FROM dialogue_round")
    assert "parlé".encode() not in bytes(stored[0]["sealed_minutes"])


async def test_action_items_are_carried_over_until_done(story: PartnershipStory) -> None:
    first = await held(story)
    planned = await called(story)
    body = {"title": "Send the fee table", "owner_side": "partner", "due_on": "2026-04-01"}
    refused = await story.did(story.host, f"dialogue-rounds/{planned}/action-items", body, 409)
    assert refused["slug"] == "round-not-held"
    item = (await story.did(story.host, f"dialogue-rounds/{first}/action-items", body, 201))["id"]
    second = await held(story)
    listed = await story.read(story.partner, f"dialogue-rounds/{second}/action-items")
    assert [(entry["id"], entry["round_number"]) for entry in listed["items"]] == [(item, 1)]
    events = await story.service.published("registry.dialogue-round.held.v1")
    assert events[-1].data["carried_over_count"] == 1
    wrong = await story.did(story.host, f"action-items/{item}/completion", None, 409)
    assert (wrong["missing"][0]["code"], wrong["open_transitions"]) == ("side", ["drop"])
    for again in (await held(story), await called(story)):
        carried = await story.read(story.host, f"dialogue-rounds/{again}/action-items")
        assert [entry["id"] for entry in carried["items"]] == [item], "carried over for as long as it is open"
    await story.did(story.partner, f"action-items/{item}/completion", {"outcome": "sent"})
    await story.did(story.host, f"action-items/{item}/reopening")
    await story.did(story.partner, f"action-items/{item}/completion")
    story.service.clock.advance(days=1)
    third = await held(story)
    assert (await story.read(story.host, f"dialogue-rounds/{third}/action-items"))["items"] == []
    assert (await story.read(story.host, f"partnerships/{story.id}/action-items?status=open"))["items"] == []


async def test_no_side_puts_a_duty_on_the_other_without_its_approval(story: PartnershipStory) -> None:
    made = await held(story)
    path = f"dialogue-rounds/{made}"
    await story.did(story.host, f"{path}/minutes", {"minutes": [{"language": "fr", "text": "On a parlé."}]})
    await story.approved(story.partner, made, "minutes")
    body = {"title": "Send the fee table", "owner_side": "partner", "due_on": "2026-04-01"}
    early = await story.did(story.host, f"{path}/action-items", {**body, "due_on": "2026-03-01"}, 422)
    assert early["slug"] == "due-before-the-round"
    await story.did(story.host, f"{path}/action-items", body, 201)
    assert (await story.read(story.host, path))["minutes_approved_by"] == []
    for who in (story.partner, story.host):
        await story.approved(who, made, "minutes")
    refused = await story.did(story.host, f"{path}/action-items", body, 409)
    assert refused["slug"] == "other-side-has-not-agreed"
    await story.did(story.partner, f"{path}/action-items", body, 201)


async def test_a_question_has_a_clock_only_where_a_clause_gives_one(story: PartnershipStory) -> None:
    path = f"partnerships/{story.id}/questions"
    free = await story.did(story.host, path, {"question": "How many permits?"}, 201)
    assert (free["answer_by"], free["clause_id"]) == (None, None)
    clause = {"code": "dialogue_question", "reply_days": 30}
    await story.agreement(clause)
    asked = await story.did(story.host, path, {"question": "And this year?"}, 201)
    assert asked["answer_by"] == "2026-04-01"
    wrong = await story.did(story.host, f"questions/{asked['id']}/answer", {"answer": "12"}, 409)
    assert (wrong["missing"][0]["code"], wrong["open_transitions"]) == ("side", ["withdraw"])
    story.service.clock.advance(days=31)
    for _ in range(2):
        await story.service.run_job("questions-late")
    kinds = [entry["kind"] for entry in (await story.read(story.partner, "notifications"))["items"]]
    assert kinds.count("question.late") == 1
    owes = (await story.read(story.host, f"partnerships/{story.id}/progress"))["partner_owes"]
    assert (owes["questions_waiting"], owes["questions_late"]) == (2, 1)
    answered = await story.did(story.partner, f"questions/{asked['id']}/answer", {"answer": "12"})
    assert (answered["late"], answered["answer"]) == (True, "12")
    await story.did(story.host, f"questions/{free['id']}/withdrawal")
    assert (await story.read(story.host, f"{path}?status=asked"))["items"] == []


async def test_departments_of_one_side_are_warned_and_the_other_side_sees_nothing(story: PartnershipStory) -> None:
    component = await story.component("readmission")
    departments = [
        {"code": code, "name": code, "part": part} for code, part in (("justice", "lead"), ("aid", "member"))
    ]
    body = {"name": "Whole of government", "departments": departments}
    group = (await story.did(story.host, f"partnerships/{story.id}/working-groups", body, 201))["id"]
    path, coherent = f"working-groups/{group}", f"partnerships/{story.id}/coherence"
    assert await story.read(story.host, coherent) == []
    made = await story.commitment(story.partner, "host", component_id=component, department="aid")
    await story.did(story.host, f"commitments/{made}/agreement")

    async def state(department: str, stance: str, expect: int = 201) -> dict[str, Any]:
        words = {"department": department, "component_id": component, "stance": stance, "reasoning": "Because."}
        return await story.did(story.host, f"{path}/positions", words, expect)

    await state("aid", "support")
    await state("justice", "suspend")
    assert (await state("health", "support", 409))["slug"] == "department-not-in-group"
    found = await story.read(story.host, coherent)
    assert [entry["code"] for entry in found] == ["positions_contradict", "owed_and_opposed"]
    assert (found[0]["departments"], found[1]["commitments"]) == (["aid", "justice"], [made])
    for who in (story.partner, story.stranger):
        await story.read(who, path, 404)
        await story.read(who, f"{path}/positions", 404)
    assert await story.read(story.partner, coherent) == []
    assert (await story.read(story.partner, f"partnerships/{story.id}/working-groups"))["items"] == []
    await story.read(story.stranger, coherent, 404)
    decision = {"component_id": component, "stance": "support", "reasoning": "Agreed."}
    await story.did(story.host, f"{path}/decisions", decision, 201)
    assert await story.read(story.host, coherent) == []
    line = {"statement": "Not before transfers cost less.", "priority": "high", "component_type": "readmission"}
    await story.did(story.host, f"partnerships/{story.id}/interests", {**line, "red_line": True}, 201)
    (crossed,) = await story.read(story.host, coherent)
    assert (crossed["code"], crossed["commitments"]) == ("red_line_crossed", [made])
    assert await story.read(story.partner, coherent) == []
    said = await story.read(story.host, f"{path}/positions")
    assert [entry["department"] for entry in said["items"]] == ["aid", "justice", None]


async def test_a_foreign_delegate_finds_no_round(story: PartnershipStory) -> None:
    made = await held(story)
    await story.read(story.stranger, f"dialogue-rounds/{made}", 404)
    await story.read(story.stranger, f"partnerships/{story.id}/dialogue-rounds", 404)
    for step, body in (("minutes-approval", None), ("cancellation", None), ("agenda-items", {"title": "x"})):
        await story.did(story.stranger, f"dialogue-rounds/{made}/{step}", body, 404)
    office = story.service.client("caseworker", offices=["ZRH"])
    await story.read(office, f"dialogue-rounds/{made}", 403)
