"""Counselling before any case and questions about countries, over HTTP: confidential, nameless, answered once for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.http.in_process import InProcessClient
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.returns.story import NAME, CaseStory
from tests.returns.test_other_courses import story

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONTACTS = "/returns/v1/counselling-contacts"
QUESTIONS = "/returns/v1/country-questions"
TALK = {"office_id": "ZRH", "language": "fa", "purpose": "comparing_ways", "outcome": "decided_not_to_return"}
ASKED = {"office_id": "ZRH", "country": "GEO", "topic": "health", "question": f"Is there insulin for {NAME}?"}


def office(
    service: RunningService, name: str = "ZRH", subject: str = "cw-1", role: str = "caseworker"
) -> InProcessClient:
    return service.client(role, offices=[name], subject=subject)


async def held(client: InProcessClient, **more: Any) -> dict[str, Any]:
    answer = await client.post(CONTACTS, json={**TALK, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_talk_needs_no_case_and_no_name_and_its_note_stays_in_the_office(running: Run) -> None:
    service = await running("returns")
    made = await held(office(service), note=f"{NAME} is afraid", topics=["staying", "legal_advice"])
    assert (made["note"], made["case_id"], made["held_on"]) == (None, None, "2026-03-02")
    (row,) = await service.fetch("SELECT * FROM counselling_contact")
    assert NAME.encode() not in bytes(row["sealed_note"])
    assert (await office(service).get(f"{CONTACTS}/{made['id']}")).json()["note"] == f"{NAME} is afraid"
    assert (await office(service, "GVA").get(f"{CONTACTS}/{made['id']}")).status_code == 404
    assert (await office(service, "GVA").get(CONTACTS)).json()["items"] == []
    authority = service.client("case_officer", authority_id="SEM")
    assert (await authority.get(f"{CONTACTS}/{made['id']}")).status_code == 403
    refused = await office(service).post(CONTACTS, json={**TALK, "office_id": "GVA"})
    assert refused.json()["slug"] == "forbidden"


async def test_both_decisions_count_as_one_and_the_event_does_not_tell_which(running: Run) -> None:
    service = await running("returns")
    await held(office(service), note=NAME)
    await held(office(service), outcome="decided_to_return")
    await held(office(service), outcome="undecided")
    counted = await office(service).get(f"{CONTACTS}/counts", params={"since": "2026-01-01"})
    assert counted.json() == [{"purpose": "comparing_ways", "contacts": 3, "informed_decisions": 2}]
    events = await service.published("returns.counselling.contact-held.v1")
    assert [event.data["informed_decision"] for event in events] == [True, True, False]
    fields = {"contact_id", "on", "channel", "language", "informed_decision", "occurred_at", "actor_role"}
    assert set(events[0].data) == fields
    assert events[0].subject == events[0].data["contact_id"]


async def test_a_talk_leads_to_a_file_only_on_the_persons_wish(running: Run) -> None:
    told = await story(running)
    await told.open()
    made = await held(told.caseworker)
    path = f"{CONTACTS}/{made['id']}/case"
    refused = await told.caseworker.post(path, json={"case_id": told.id, "on_their_wish": False})
    assert (refused.status_code, refused.json()["slug"]) == (422, "wish-not-stated")
    before = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()
    followed = await told.caseworker.post(path, json={"case_id": told.id, "on_their_wish": True})
    assert followed.json()["case_id"] == told.id
    assert (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json() == before
    other = CaseStory(told.service)
    await other.open()
    again = await told.caseworker.post(path, json={"case_id": other.id, "on_their_wish": True})
    assert again.json()["slug"] == "contact-has-its-case"


async def test_notes_go_after_their_days_and_codes_stay(running: Run) -> None:
    service = await running("returns")
    made = await held(office(service), note=NAME)
    await service.run_job("destroy-contact-notes")
    assert (await office(service).get(f"{CONTACTS}/{made['id']}")).json()["note"] == NAME
    service.clock.advance(days=365)
    await service.run_job("destroy-contact-notes")
    gone = (await office(service).get(f"{CONTACTS}/{made['id']}")).json()
    assert (gone["note"], gone["outcome"]) == (None, "decided_not_to_return")


async def asked(service: RunningService, **more: Any) -> str:
    answer = await office(service).post(QUESTIONS, json={**ASKED, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def answered(service: RunningService, question: str, **more: Any) -> Any:
    until = (service.clock.now().date() + timedelta(days=180)).isoformat()
    body = {"answer": "Yes, in Kutaisi 100 %", "source": "IOM, February", "valid_until": until, **more}
    return await office(service, subject="cw-2").post(f"{QUESTIONS}/{question}/answer", json=body)


async def published(service: RunningService, question: str, subject: str = "ol-1", sure: bool = True) -> Any:
    lead = office(service, subject=subject, role="office_lead")
    return await lead.post(f"{QUESTIONS}/{question}/publication", json={"nobody_recognisable": sure})


async def seen(client: InProcessClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(QUESTIONS, params=query)).json()["items"]
    return found


async def test_an_answer_reaches_other_offices_only_after_somebody_else_has_read_it(running: Run) -> None:
    service = await running("returns")
    question = await asked(service)
    elsewhere = office(service, "GVA", "cw-9")
    early = await published(service, question)
    assert [item["code"] for item in early.json()["missing"]] == ["answer"]
    assert (await answered(service, question)).status_code == 200
    (row,) = await service.fetch("SELECT * FROM country_question")
    assert NAME not in str({name: value for name, value in dict(row).items() if not isinstance(value, bytes)})
    assert await seen(elsewhere) == []
    assert (await elsewhere.get(f"{QUESTIONS}/{question}")).status_code == 404
    assert [entry["question"] for entry in await seen(office(service))] == [None]
    for own in ("cw-1", "cw-2"):
        refused = await published(service, question, subject=own)
        assert [item["code"] for item in refused.json()["missing"]] == ["four-eyes"]
    assert (await published(service, question, sure=False)).json()["slug"] == "not-seen-through"
    assert (await published(service, question)).status_code == 200
    (found,) = await seen(elsewhere)
    assert (found["answer"], found["source"], found["outdated"]) == ("Yes, in Kutaisi 100 %", "IOM, February", False)
    late = await answered(service, question)
    assert late.json()["slug"] == "question-is-published"


async def test_answers_are_found_again_by_country_topic_and_words_until_they_are_outdated(running: Run) -> None:
    service = await running("returns")
    question = await asked(service, question="Insulin in Kutaisi?")
    await answered(service, question)
    await published(service, question)
    reader = office(service, "GVA", "cw-9")
    for query, hits in (
        ({"country": "GEO"}, 1),
        ({"country": "NGA"}, 0),
        ({"topic": "work"}, 0),
        ({"words": "KUTAISI insulin"}, 1),
        ({"words": "100 %"}, 1),
        ({"words": "1_0"}, 0),
    ):
        assert len(await seen(reader, **query)) == hits, query
    service.clock.advance(days=181)
    assert await seen(reader) == []
    assert [entry["outdated"] for entry in await seen(reader, outdated=True)] == [True]
    past = await answered(service, await asked(service), valid_until="2026-03-02")
    assert past.json()["slug"] == "answer-held-no-more"


async def test_what_is_known_of_the_place_stands_beside_the_case(running: Run) -> None:
    told = await story(running)
    await told.open()
    question = await asked(told.service)
    await asked(told.service, country="NGA")
    await answered(told.service, question)
    path = f"/returns/v1/cases/{told.id}/country-answers"
    assert (await told.caseworker.get(path)).json() == []
    await published(told.service, question)
    assert [entry["country"] for entry in (await told.caseworker.get(path)).json()] == ["GEO"]
    assert (await office(told.service, "GVA").get(path)).status_code == 404
