"""Complaints over HTTP: open to everybody, answered in time, kept from whom they are about, without effect on any case."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.complaints import KINDS, MISCONDUCT, STEPS, Status, open_steps
from services.returns.domain.working_days import add_days, working_day_from
from services.returns.persistence.secret_codes import ALPHABET, code_digest, new_code
from services.returns.persistence.working_calendars import calendar_of
from shared.http.in_process import InProcessClient
from shared.testing.plugin import SERVICES, Run
from shared.testing.running import RunningService, service_named
from tests.returns.story import FAMILY, NAME, CaseStory
from tests.returns.test_other_courses import story

pytestmark = pytest.mark.asyncio(loop_scope="session")
PUBLIC = "/returns/v1/public/complaints"
QUEUE = "/returns/v1/complaints"
TEXT = f"{NAME} waited for months"


def officer(service: RunningService, subject: str = "po-1", **claims: Any) -> InProcessClient:
    return service.client("complaints_officer", subject=subject, **(claims or {"authority_id": "SEM"}))


async def complained(service: RunningService, **more: Any) -> dict[str, Any]:
    answer = await service.client().post(PUBLIC, json={"kind": "delay", "account": TEXT, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def queue(client: InProcessClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(QUEUE, params=query)).json()["items"]
    return found


async def step(client: InProcessClient, complaint: str, name: str, answer: str | None = None) -> Any:
    return await client.post(f"{QUEUE}/{complaint}/steps", json={"step": name, "answer": answer})


async def test_anybody_complains_without_a_name_and_follows_it_by_the_code(running: Run) -> None:
    service = await running("returns")
    made = await complained(service, language="ka")
    (listed,) = await queue(officer(service))
    assert (listed["status"], listed["account"], listed["language"]) == ("RECEIVED", None, "ka")
    one = await officer(service).get(f"{QUEUE}/{listed['id']}")
    assert one.json()["account"] == TEXT
    assert (await step(officer(service), listed["id"], "acknowledge")).status_code == 200
    assert (await step(officer(service), listed["id"], "resolve", "We are sorry")).status_code == 200
    typed = made["receipt_code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    followed = await service.client().get(f"{PUBLIC}/{typed}")
    assert (followed.json()["status"], followed.json()["answer"]) == ("RESOLVED", "We are sorry")
    assert (followed.headers["cache-control"], followed.headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_whatever_is_no_code_gets_the_same_answer(running: Run) -> None:
    service = await running("returns")
    await complained(service)
    answers = [await service.client().get(f"{PUBLIC}/{code}") for code in (new_code(), "x", "0" * 20, "A" * 200)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert answers[0].json()["slug"] == "not-found"


async def test_an_open_door_takes_so_much_a_minute_and_no_more(running: Run) -> None:
    service = await running("returns", public_requests_per_minute=3)
    await complained(service)
    for _ in range(3):
        await service.client().get(f"{PUBLIC}/{new_code()}")
    refused = await service.client().get(f"{PUBLIC}/{new_code()}")
    assert (refused.status_code, refused.json()["slug"]) == (429, "door-is-busy")
    assert int(refused.headers["retry-after"]) == 60
    await complained(service)  # another door
    service.clock.advance(minutes=1)
    assert (await service.client().get(f"{PUBLIC}/{new_code()}")).status_code == 404


async def test_texts_are_sealed_and_the_code_is_not_kept(running: Run) -> None:
    service = await running("returns")
    made = await complained(service, contact="+41 11 222")
    (row,) = await service.fetch("SELECT * FROM complaint")
    held = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in dict(row).values())
    for secret in (TEXT, "+41 11 222", made["receipt_code"], made["receipt_code"].replace("-", "")):
        assert secret.encode() not in held
    opened = await service.fetch("SELECT 1 FROM audit WHERE action = 'personal-data.opened'")
    assert opened == []
    await officer(service).get(f"{QUEUE}/{row['id']}")
    assert len(await service.fetch("SELECT 1 FROM audit WHERE action = 'personal-data.opened'")) == 1


async def test_misconduct_never_reaches_the_office_it_is_about_nor_whoever_it_is_about(running: Run) -> None:
    service = await running("returns")
    office = officer(service, "po-2", offices=["ZRH"])
    both = officer(service, "po-3", offices=["ZRH"], authority_id="SEM")
    for kind in KINDS:
        await complained(service, kind=kind, about_office="ZRH")
    harmless = set(KINDS) - set(MISCONDUCT)
    assert {entry["kind"] for entry in await queue(officer(service))} == set(KINDS)
    assert {entry["kind"] for entry in await queue(office)} == harmless
    assert {entry["kind"] for entry in await queue(both)} == harmless
    report = next(entry for entry in await queue(officer(service)) if entry["kind"] == "fraud")
    for client in (office, both, officer(service, authority_id="BAMF"), service.client("complaints_officer")):
        assert (await client.get(f"{QUEUE}/{report['id']}")).status_code == 404
    path = f"{QUEUE}/{report['id']}/restrictions"
    assert (await officer(service, "po-4").post(path, json={"concerned": "po-1"})).status_code == 200
    assert (await officer(service).get(f"{QUEUE}/{report['id']}")).status_code == 404
    assert report["id"] not in {entry["id"] for entry in await queue(officer(service))}
    assert (await officer(service, "po-4").get(f"{QUEUE}/{report['id']}")).status_code == 200


async def test_an_officer_may_only_add_restrictions(running: Run) -> None:
    service = await running("returns")
    await complained(service, kind="other")
    (listed,) = await queue(officer(service))
    path = f"{QUEUE}/{listed['id']}/restrictions"
    await officer(service).post(path, json={"misconduct": True, "about_office": "ZRH"})
    again = await officer(service).post(path, json={"about_office": "GVA"})
    assert (again.json()["misconduct"], again.json()["office_id"]) == (True, "ZRH")
    assert await queue(officer(service, "po-2", offices=["ZRH"])) == []


async def test_clocks_run_by_the_kind_and_what_is_late_is_told_every_day(running: Run) -> None:
    service = await running("returns")
    await complained(service, kind="sexual_exploitation")
    await complained(service)
    service.clock.advance(hours=25)
    assert [entry["kind"] for entry in await queue(officer(service), late=True)] == ["sexual_exploitation"]
    await service.run_job("complaint-clocks")
    await service.run_job("complaint-clocks")
    notices = (await officer(service).get("/returns/v1/notifications")).json()["items"]
    assert [notice["kind"] for notice in notices].count("complaint.late") == 1
    service.clock.advance(days=3)
    await service.run_job("complaint-clocks")
    notices = (await officer(service).get("/returns/v1/notifications")).json()["items"]
    assert [notice["kind"] for notice in notices].count("complaint.late") == 3


async def worklist(service: RunningService, **claims: Any) -> list[dict[str, Any]]:
    answer = await officer(service, **claims).get("/returns/v1/complaint-worklist")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_the_worklist_says_what_is_due_when_by_which_rule(running: Run) -> None:
    service = await running("returns")
    await complained(service)
    await complained(service, kind="sexual_exploitation")
    first, second = await worklist(service)
    hours, days = first["reasons"][0], second["reasons"][0]
    now = service.clock.now()
    assert (hours["clock"], datetime.fromisoformat(hours["ends_at"])) == (
        "complaint_acknowledgement_exploitation",
        now + timedelta(hours=24),
    )
    places = [calendar_of("CHE")]
    assert days["due_on"] == add_days(now.date(), 3, "working_days", places).isoformat()
    answer = next(clock for clock in second["reasons"] if clock["clock"] == "complaint_answer")
    assert answer["due_on"] == working_day_from(now.date() + timedelta(days=30), places).isoformat()
    assert all(clock["source"] and clock["rules_version"] == "complaint-clocks-v1" for clock in (hours, days, answer))
    service.clock.advance(hours=25)
    assert (await worklist(service))[0]["reasons"][0]["urgency"] == "overdue"
    await step(officer(service), first["complaint_id"], "acknowledge")
    await step(officer(service), first["complaint_id"], "resolve", "Done")
    assert [entry["complaint_id"] for entry in await worklist(service)] == [second["complaint_id"]]
    await step(officer(service), first["complaint_id"], "reopen")
    again = next(entry for entry in await worklist(service) if entry["complaint_id"] == first["complaint_id"])
    assert [clock["clock"] for clock in again["reasons"]] == ["complaint_answer"]
    assert again["reasons"][0]["missed"] is False
    assert await worklist(service, authority_id="BAMF") == []


async def test_whose_officers_keep_a_complaint_comes_from_the_files(running: Run) -> None:
    told = CaseStory(await running("returns"))
    await told.world()
    told.caseworker = told.service.client("caseworker", offices=["ZRH", "GVA"])
    await told.open(authority_id="BAMF", office_id="ZRH")
    await told.open(authority_id="FEDASIL", office_id="GVA")
    service = told.service
    await complained(service, about_office="ZRH")
    await complained(service, about_office="BRN")
    await complained(service)
    rows = await service.fetch("SELECT office_id, authority_id FROM complaint ORDER BY id")
    assert [(row["office_id"], row["authority_id"]) for row in rows] == [
        ("ZRH", "BAMF"),
        ("BRN", "FEDASIL"),
        (None, "FEDASIL"),
    ]
    assert len(await worklist(service, authority_id="FEDASIL")) == 2


async def test_what_comes_near_is_told_once(running: Run) -> None:
    service = await running("returns")
    await complained(service)
    for _ in range(2):
        service.clock.advance(hours=40)
        await service.run_job("complaint-clocks")
    notices = (await officer(service).get("/returns/v1/notifications")).json()["items"]
    near = [notice for notice in notices if notice["kind"] == "complaint.near"]
    assert 1 <= len(near) <= 2
    assert near[0]["facts"]["clock"] == "complaint_acknowledgement"


async def test_an_answer_in_words_is_needed_and_steps_follow_the_table(running: Run) -> None:
    service = await running("returns")
    await complained(service)
    (listed,) = await queue(officer(service))
    early = await step(officer(service), listed["id"], "resolve", "Done")
    assert (early.json()["slug"], early.json()["open_transitions"]) == (
        "transition-not-allowed",
        ["acknowledge", "investigate"],
    )
    await step(officer(service), listed["id"], "investigate")
    silent = await step(officer(service), listed["id"], "reject")
    assert [item["code"] for item in silent.json()["missing"]] == ["answer"]
    await step(officer(service), listed["id"], "reject", "Because")
    await step(officer(service), listed["id"], "reopen")
    await step(officer(service), listed["id"], "resolve", "After all")
    assert (await step(officer(service), listed["id"], "close")).json()["status"] == "CLOSED"


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def _never_closed_unanswered(steps: list[str]) -> None:
    status, answered = Status.RECEIVED, False
    for name in steps:
        assert (name in open_steps(status)) == (status in STEPS[name].sources)
        if status in STEPS[name].sources:
            status, answered = STEPS[name].target, STEPS[name].answered or (answered and name == "close")
    assert status is not Status.CLOSED or answered


async def test_no_complaint_is_closed_without_an_answer() -> None:
    _never_closed_unanswered()


async def test_events_say_that_and_when_and_nothing_else_and_nobody_outside_hears_them(running: Run) -> None:
    service = await running("returns")
    await complained(service, kind="fraud", about_office="ZRH")
    (listed,) = await queue(officer(service))
    await step(officer(service), listed["id"], "acknowledge")
    service.clock.advance(days=4)
    await step(officer(service), listed["id"], "resolve", "Done")
    received, resolved = await service.published()
    kit = {"occurred_at", "actor_role"}
    assert set(received.data) - kit == {"complaint_id", "on", "answer_by"}
    assert set(resolved.data) - kit == {"complaint_id", "on", "outcome", "days_open"}
    assert (received.subject, resolved.data["days_open"]) == (listed["id"], 4)
    readers = {
        name
        for name in SERVICES
        for subscription in service_named(name).subscriptions
        if subscription.event_type.startswith("returns.complaint.")
    }
    assert readers <= {"reporting"}


async def test_a_complaint_has_no_effect_on_any_case(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    before = await _cases(told.service.fetch)
    await complained(told.service, kind="conduct", about_office="ZRH")
    answer = await told.caseworker.post(QUEUE, json={"kind": "delay", "account": TEXT, "about_office": "ZRH"})
    assert answer.status_code == 201
    (listed, *_) = await queue(officer(told.service))
    await step(officer(told.service), listed["id"], "acknowledge")
    await told.service.run_job("complaint-clocks")
    assert await _cases(told.service.fetch) == before


async def _cases(fetch: Callable[..., Any]) -> list[list[dict[str, Any]]]:
    tables = ("return_case", "case_person", "case_history", "case_fact", "consent", "declaration", "disclosure")
    return [[dict(row) for row in await fetch(f"SELECT * FROM {table} ORDER BY id")] for table in tables]


async def test_no_code_about_cases_knows_complaints() -> None:
    root = Path(__file__).parents[2] / "services" / "returns"
    knowing = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and "complaint" in f"{node.module} {[name.name for name in node.names]}"
    }
    # the card's page has a form for complaints, and the tables are listed
    allowed = ("complaint", "public_door", "card_pages", "service.py", "every_table.py")
    assert {place for place in knowing if not any(part in place for part in allowed)} == set()


async def test_repeating_a_recorded_complaint_makes_no_second_one(running: Run) -> None:
    told = await story(running)
    body = {"kind": "delay", "account": TEXT}
    first = await told.caseworker.post(QUEUE, json=body, headers={"Idempotency-Key": "k-1"})
    again = await told.caseworker.post(QUEUE, json=body, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert len(first.json()["receipt_code"]) == 24
    assert again.json()["receipt_code"] is None
    assert len(await queue(officer(told.service))) == 1


async def test_texts_of_closed_complaints_are_destroyed_after_their_time(running: Run) -> None:
    service = await running("returns")
    made = await complained(service)
    (listed,) = await queue(officer(service))
    await step(officer(service), listed["id"], "acknowledge")
    await step(officer(service), listed["id"], "resolve", "Done")
    await step(officer(service), listed["id"], "close")
    service.clock.advance(days=365)
    await service.run_job("complaint-clocks")
    gone = (await officer(service).get(f"{QUEUE}/{listed['id']}")).json()
    assert (gone["account"], gone["answer"], gone["status"]) == (None, None, "CLOSED")
    assert (await service.client().get(f"{PUBLIC}/{made['receipt_code']}")).json()["answer"] is None


async def test_codes_are_long_random_and_forgiving() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(set(code) <= set(ALPHABET) | {"-"} and len(code) == 24 for code in codes)
    code = codes.pop()
    assert code_digest(code, purpose="a") == code_digest(f" {code.lower()} ", purpose="a")
    assert code_digest(code, purpose="a") != code_digest(code, purpose="b")
