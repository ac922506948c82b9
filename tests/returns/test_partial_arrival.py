"""An arrival is confirmed person by person: a message names whom it is about, and taking it back takes back exactly that."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import FAMILY, PARTNER, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


ADULTS = [person("main_applicant"), person("partner", sex=1), person("sibling", sex=1)]


async def on_the_way(running: Run, people: list[dict[str, Any]] = ADULTS) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    await told.departed(people)
    return told


async def arrives(told: CaseStory, *refs: str) -> str:
    return await told.said("arrival.confirmed", PARTNER, list(refs), arrived_on=told.today.isoformat())


def standing(told: CaseStory) -> list[str]:
    return [entry["travel_status"] for entry in told.case["persons"]]


async def outcomes(told: CaseStory) -> list[str]:
    found = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/agency-messages")).json()
    return [entry["outcome"] for entry in found]


async def test_only_whom_the_message_names_has_arrived_and_the_case_follows_its_persons(running: Run) -> None:
    told = await on_the_way(running)
    first, second, third = told.refs()
    await arrives(told, first)
    assert (told.case["state"], standing(told)) == ("DEPARTED", ["ARRIVED", "BOARDED", "BOARDED"])
    assert await told.service.published("returns.case.arrived.v1") == []
    await arrives(told, first)
    assert sorted(await outcomes(told)) == ["applied", "not-applied"]
    await arrives(told, second, third)
    assert (told.case["state"], standing(told)) == ("ARRIVED", ["ARRIVED"] * 3)
    (fact,) = await told.service.published("returns.case.arrived.v1")
    assert {entry["person_ref"] for entry in fact.data["persons"]} == {first, second, third}


async def test_naming_nobody_means_everybody(running: Run) -> None:
    told = await on_the_way(running)
    await arrives(told)
    assert (told.case["state"], standing(told)) == ("ARRIVED", ["ARRIVED"] * 3)


@pytest.mark.parametrize("voided", [0, 1])
async def test_taking_a_message_back_takes_back_exactly_its_persons(running: Run, voided: int) -> None:
    told = await on_the_way(running)
    first, second, third = told.refs()
    said = [await arrives(told, first), await arrives(told, second, third)]
    await told.said("message.voided", PARTNER, voids=said[voided])
    gone = {first} if voided == 0 else {second, third}
    assert told.case["state"] == "DEPARTED"
    assert {entry["person_ref"] for entry in told.case["persons"] if entry["travel_status"] == "BOARDED"} == gone
    assert [event.data["fact"] for event in await told.service.published("returns.case.fact-corrected.v1")] == [
        "arrival"
    ]
    await arrives(told, *gone)
    assert told.case["state"] == "ARRIVED"
    assert len(await told.service.published("returns.case.arrived.v1")) == 2


async def test_taking_back_a_part_before_everybody_has_arrived_tells_nobody_outside(running: Run) -> None:
    told = await on_the_way(running)
    first, second, _ = told.refs()
    said = await arrives(told, first)
    await arrives(told, second)
    await told.said("message.voided", PARTNER, voids=said)
    assert standing(told) == ["BOARDED", "ARRIVED", "BOARDED"]
    assert await told.service.published("returns.case.fact-corrected.v1") == []
    await told.said("message.voided", PARTNER, voids=said)
    assert sorted(await outcomes(told)) == ["applied", "applied", "applied", "not-applied"]


async def test_an_arrival_of_an_earlier_release_is_taken_back_whole(running: Run) -> None:
    told = await on_the_way(running)
    said = await arrives(told)
    await told.service.fetch("UPDATE case_person SET arrived_on = NULL, arrival_message_id = NULL")
    await told.said("message.voided", PARTNER, voids=said)
    assert (told.case["state"], standing(told)) == ("DEPARTED", ["BOARDED"] * 3)


async def test_somebody_unknown_is_no_arrival_and_the_partner_confirms_by_name_too(running: Run) -> None:
    told = await on_the_way(running)
    await arrives(told, "person_nobody")
    assert (await outcomes(told), standing(told)) == (["not-applied"], ["BOARDED"] * 3)
    body = {"evidence": "partner_met", "person_refs": told.refs()[:2]}
    await told.post("arrival", body, client=told.partner)
    assert told.case["state"] == "DEPARTED"
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert (told.case["state"], standing(told)) == ("ARRIVED", ["ARRIVED"] * 3)
    refused = await told.post("arrival", {"evidence": "partner_met"}, client=told.partner, expect=409)
    assert refused["slug"] == "transition-not-allowed"


async def test_a_search_ends_for_whoever_arrived_and_goes_on_for_the_others(running: Run) -> None:
    told = await on_the_way(running)
    first, *_ = told.refs()
    await told.said("person.not-met", PARTNER, told.refs())
    await arrives(told, first)
    found = await told.service.fetch("SELECT outcome FROM non_arrival_search ORDER BY id")
    assert sorted(str(row["outcome"]) for row in found) == ["None", "None", "arrived"]


async def test_what_had_no_effect_is_on_the_worklist_until_somebody_has_looked(running: Run) -> None:
    told = CaseStory(await running("returns"))
    await told.world()
    await told.prepared(FAMILY[:1])
    said = await arrives(told)
    items = (await told.caseworker.get("/returns/v1/worklist")).json()["items"]
    (entry,) = [reason for item in items for reason in item["reasons"] if reason["clock"] == "message_not_applied"]
    assert (entry["message_id"], entry["acted_on_by"]) == (said, ["caseworker", "case_officer"])
    assert "does not stand where this could happen" in entry["why"]
    assert "ask the sender" in entry["what_to_do"]
    path = f"/returns/v1/cases/{told.id}/agency-messages"
    (shown,) = (await told.officer.get(f"{path}?outcome=not-applied")).json()
    assert (shown["reason_code"], shown["looked_on"]) == ("transition-not-allowed", None)
    foreign = told.service.client("caseworker", offices=["BRN"], subject="cw-9")
    look = {"finding": "asked_the_sender"}
    assert (await foreign.post(f"{path}/{said}/look", json=look)).status_code == 404
    assert (await told.officer.post(f"{path}/{uuid4()}/look", json=look)).status_code == 404
    assert (await told.officer.post(f"{path}/{said}/look", json={"finding": "ignored"})).status_code == 422
    looked = await told.officer.post(f"{path}/{said}/look", json=look)
    assert (looked.status_code, looked.json()["look_finding"]) == (200, "asked_the_sender")
    again = await told.officer.post(f"{path}/{said}/look", json={"finding": "nothing_to_do"})
    assert again.json()["look_finding"] == "asked_the_sender"
    deadlines = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    assert "message_not_applied" not in {entry["clock"] for entry in deadlines}
    history = await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")
    assert "agency-message-looked-at" in history.text


async def test_it_stays_on_the_worklist_of_a_case_that_is_over(running: Run) -> None:
    told = CaseStory(await running("returns"))
    await told.world()
    await told.prepared(FAMILY[:1])
    await told.post("withdrawal", {})
    await arrives(told)
    items = (await told.caseworker.get("/returns/v1/worklist")).json()["items"]
    assert "message_not_applied" in {reason["clock"] for item in items for reason in item["reasons"]}


@pytest.mark.parametrize(("step", "group"), [("withdrawal", "applicant"), ("return-failure", "circumstances")])
async def test_who_turns_back_takes_nobody_along_who_has_arrived(running: Run, step: str, group: str) -> None:
    told = await on_the_way(running)
    first, second, third = told.refs()
    await arrives(told, first)
    common = told.id
    refused = await told.post(step, {"person_refs": [first]}, expect=409)
    assert refused["slug"] == "not-on-the-way"
    await told.refresh()
    await told.post(step, {"person_refs": [second]})
    await told.refresh()
    assert (told.case["state"], standing(told)) == ("DEPARTED", ["ARRIVED", "BOARDED"]), "one is still on the way"
    await told.post(step, {})
    await told.refresh()
    assert (told.case["state"], standing(told)) == ("ARRIVED", ["ARRIVED"])
    (arrived,) = await told.service.published("returns.case.arrived.v1")
    assert [entry["person_ref"] for entry in arrived.data["persons"]] == [first]
    failed = await told.service.published("returns.case.return-failed.v1")
    assert [[entry["person_ref"] for entry in fact.data["persons"]] for fact in failed] == [[second], [third]]
    assert {fact.data["reason_group"] for fact in failed} == {group}
    assert common not in {fact.data["case_id"] for fact in failed}
    rows = await told.service.fetch("SELECT id::text, departed_on FROM return_case WHERE state = 'RETURN_FAILED'")
    assert {row["id"] for row in rows} == {fact.data["case_id"] for fact in failed}
    assert all(row["departed_on"] is not None for row in rows)


async def test_where_nobody_has_arrived_and_nobody_is_named_the_common_file_fails(running: Run) -> None:
    told = await on_the_way(running)
    await told.post("withdrawal", {})
    await told.refresh()
    assert told.case["state"] == "RETURN_FAILED"
    assert await told.service.published("returns.case.split.v1") == []


async def test_who_turned_back_alone_is_decided_anew_when_they_try_again(running: Run) -> None:
    told = await on_the_way(running)
    first, second, _third = told.refs()
    await arrives(told, first)
    await told.post("return-failure", {"person_refs": [second]})
    (row,) = await told.service.fetch("SELECT id::text FROM return_case WHERE state = 'RETURN_FAILED'")
    theirs = CaseStory(told.service)
    theirs.case = {"id": row["id"]}
    await theirs.refresh()
    await theirs.sheltered()
    await theirs.consent()
    await theirs.declare()
    await theirs.post("new-preparation", {}, client=theirs.officer)
    await theirs.refresh()
    assert theirs.case["state"] == "ELIGIBLE"


@pytest.mark.parametrize("step", ["withdrawal", "return-failure"])
async def test_it_is_not_refused_because_a_child_is_alone_then_and_who_protects_them_is_told(
    running: Run, step: str
) -> None:
    told = await on_the_way(running, [person("main_applicant"), person("child")])
    parent, child = told.refs()
    await told.post(step, {"person_refs": [parent]})
    await told.refresh()
    assert (told.case["state"], standing(told)) == ("DEPARTED", ["BOARDED"])
    rows = await told.service.fetch("SELECT role, subject FROM notification WHERE kind = 'person.left-alone'")
    assert sorted((row["role"], row["subject"]) for row in rows) == [
        ("caseworker", told.id),
        ("protection_officer", told.id),
        ("protection_officer", told.id),
    ]
    await told.post("withdrawal", {"person_refs": [child]})
    await told.refresh()
    assert told.case["state"] == "RETURN_FAILED", "the child turns back as well"
