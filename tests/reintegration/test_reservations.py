"""Reserving, refusing and releasing: what events of a return case do to the money."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reintegration.story import PROGRAMME, ROOT, Story, accounts, act, open_budget

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLENTY = 10_000_000


async def facts(svc: RunningService, event: str) -> list[dict[str, Any]]:
    return [entry.data for entry in await svc.published(f"reintegration.{event}.v1")]


async def test_case_approved_reserves_exactly_the_frozen_lines_and_opens_the_plan(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    reserved = (await facts(svc, "funds.reserved"))[0]
    assert reserved["budget_id"] == budget["id"]
    assert sorted(reserved["lines"], key=str) == sorted(story.lines, key=str)
    assert reserved["total"] == {"amount_minor": story.total, "currency": "CHF"}
    assert (await facts(svc, "plan.opened"))[0]["persons_count"] == 2
    assert await accounts(svc, budget["id"]) == {
        "available": PLENTY - story.total,
        "reserved": story.total,
        "committed": 0,
        "paid": 0,
    }


async def test_the_same_approval_twice_reserves_once(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    await story.approved()
    await story.approved(event_id="0199c0de-0000-7000-8000-0000000000ff")
    await story.approved(event_id="0199c0de-0000-7000-8000-0000000000ff")
    assert len(await facts(svc, "funds.reserved")) == len(await facts(svc, "plan.opened")) == 1
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total


async def test_without_a_budget_of_the_programme_and_year_funds_are_refused(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await open_budget(svc, PLENTY, programme=str(uuid4()))
    await open_budget(svc, PLENTY, year=2025)
    await story.opened()
    await story.approved()
    refused = (await facts(svc, "funds.refused"))[0]
    assert (refused["budget_id"], refused["total"]["amount_minor"]) == (None, story.total)
    notices = (await story.manager().get(f"{ROOT}/notifications")).json()["items"]
    assert [(notice["kind"], notice["subject"]) for notice in notices] == [("funds.refused", story.case_id)]


async def test_a_budget_with_too_little_is_named_and_nothing_is_reserved_in_part(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded(story.total - 1)
    assert (await facts(svc, "funds.refused"))[0]["budget_id"] == budget["id"]
    assert (await accounts(svc, budget["id"]))["reserved"] == 0


async def test_open_budget_asks_refused_cases_again(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.opened()
    await story.approved()
    ended = Story(svc)
    await ended.opened()
    await ended.approved()
    await ended.withdrawn()
    budget = await open_budget(svc, PLENTY, grant_code="EU-2026")
    assert [entry["case_id"] for entry in await facts(svc, "funds.reserved")] == [story.case_id]
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total


@pytest.mark.parametrize(
    ("fact", "extra"),
    [
        ("case.withdrawn", {"stage_before": "READY", "persons": []}),
        ("case.cancelled", {"stage_before": "READY"}),
        ("case.refused", {}),
        ("case.lapsed", {"stage_before": "READY"}),
        ("case.revoked", {"stage_before": "READY"}),
        ("case.return-failed", {}),
    ],
)
async def test_release_funds_at_an_ending_and_discontinue_the_plan(
    running: Run, fact: str, extra: dict[str, Any]
) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    for _ in range(2):
        await story.tell(fact, on="2026-02-10", reason_group="authority", **extra)
    released = await facts(svc, "funds.released")
    assert [(entry["total"]["amount_minor"], entry["reason_group"]) for entry in released] == [
        (story.total, "authority")
    ]
    assert (await accounts(svc, budget["id"]))["available"] == PLENTY
    plan = (await story.caseworker().get(f"{ROOT}/plans/{await story.plan_id()}")).json()
    assert plan["state"] == "DISCONTINUED"
    assert [entry["reason_group"] for entry in await facts(svc, "plan.discontinued")] == ["authority"]


async def test_a_case_taken_up_again_gets_its_money_anew_and_its_plan_back(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    await story.withdrawn()
    await story.tell("case.resumed", on="2026-02-12")
    story.lines = [{**line, "line_id": str(uuid4())} for line in story.lines]
    for _ in range(2):
        await story.approved(on="2026-02-12")
    reserved = await facts(svc, "funds.reserved")
    assert [entry["total"]["amount_minor"] for entry in reserved] == [story.total, story.total]
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total
    plan = (await story.caseworker().get(f"{ROOT}/plans/{await story.plan_id()}")).json()
    assert plan["state"] == "DRAFT"


async def test_what_was_set_aside_for_a_deceased_person_alone_is_free(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    await story.tell("person.deceased", on="2026-02-10", person_ref=story.brother)
    (released,) = await facts(svc, "funds.released")
    assert (released["total"]["amount_minor"], released["partial"]) == (70_000, True)


async def test_an_approval_that_comes_after_the_withdrawal_is_recorded_and_released(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await open_budget(svc, PLENTY)
    await story.opened()
    await story.withdrawn()
    await story.approved()
    assert len(await facts(svc, "funds.reserved")) == len(await facts(svc, "funds.released")) == 1
    assert await facts(svc, "plan.opened") == []
    assert (await accounts(svc, budget["id"]))["available"] == PLENTY


async def test_a_refused_case_may_be_approved_after_review(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await open_budget(svc, PLENTY)
    await story.opened()
    await story.tell("case.refused", on="2026-01-20", reason_group="authority")
    await story.approved()
    assert len(await facts(svc, "plan.opened")) == 1
    assert await facts(svc, "funds.released") == []


async def test_open_invoices_stay_set_aside_and_later_ones_are_payable_but_grants_are_not(
    running: Run,
) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    invoice = await story.requested("travel", 40_000, payee_kind="third_party")
    grant = await story.requested("departure_cash")
    await story.withdrawn()
    assert (await facts(svc, "funds.released"))[0]["total"]["amount_minor"] == story.total - 40_000
    assert (await story.officer().get(f"{ROOT}/payments/{grant}")).json()["state"] == "CANCELLED"
    refused = await story.request("departure_cash")
    assert refused.status_code == 409
    assert [entry["code"] for entry in refused.json()["missing"]] == ["case-not-ended"]

    later = await story.pay("travel", 50_000, payee_kind="third_party")
    assert (await story.officer().get(f"{ROOT}/payments/{later}")).json()["state"] == "SETTLED"
    too_much = await story.request("travel", 1, payee_kind="third_party")
    assert too_much.json()["slug"] == "line-exceeded"

    failed = await story.step(invoice, "failure", story.officer(), reason_group="third_party")
    assert failed.status_code == 200
    assert await accounts(svc, budget["id"]) == {
        "available": PLENTY - 50_000,
        "reserved": 0,
        "committed": 0,
        "paid": 50_000,
    }


async def test_departure_cash_of_a_withdrawn_case_comes_back(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.pay("departure_cash")
    await story.withdrawn()
    notices = (await story.officer().get(f"{ROOT}/notifications")).json()["items"]
    assert ("payment.return-due", payment) in [(notice["kind"], notice["subject"]) for notice in notices]
    assert (await accounts(svc, budget["id"]))["paid"] == 100_000
    answer = await story.step(payment, "reversal", story.officer(), reason_group="applicant")
    assert answer.json()["state"] == "REVERSED"
    assert await accounts(svc, budget["id"]) == {
        "available": PLENTY,
        "reserved": 0,
        "committed": 0,
        "paid": 0,
    }


async def test_did_not_board_releases_for_those_left_behind_only(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    for _ in range(2):
        await story.tell("case.did-not-board", on="2026-02-19", person_refs=[story.brother])
    released = await facts(svc, "funds.released")
    assert [entry["total"]["amount_minor"] for entry in released] == [70_000]
    assert {line["person_ref"] for line in released[0]["lines"]} == {story.brother}
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total - 70_000


async def test_a_whole_family_that_did_not_board_keeps_its_money(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    await story.tell("case.did-not-board", on="2026-02-19", person_refs=[story.father, story.brother])
    assert await facts(svc, "funds.released") == []
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total


async def split(story: Story, new: Story, *, under_new: bool = True) -> None:
    data = {
        "case_id": story.case_id,
        "new_case_id": new.case_id,
        "on": "2026-02-19",
        "persons": [story.persons[1]],
    }
    if under_new:
        await new.tell("case.split", **{**data, "published_under": new.case_id})
    await story.tell("case.split", **{**data, "published_under": story.case_id})


async def test_case_split_releases_what_was_granted_to_those_who_left(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.requested("departure_cash", 50_000, person_ref=story.brother)
    new = Story(svc)
    await split(story, new)
    await split(story, new)
    await story.tell("case.did-not-board", on="2026-02-19", person_refs=[story.brother])
    released = await facts(svc, "funds.released")
    assert [(entry["case_id"], entry["total"]["amount_minor"], entry["partial"]) for entry in released] == [
        (story.case_id, 70_000, True)
    ]
    assert (await story.officer().get(f"{ROOT}/payments/{payment}")).json()["state"] == "CANCELLED"
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total - 70_000
    plan = (await story.caseworker().get(f"{ROOT}/plans/{await story.plan_id()}")).json()
    assert (plan["state"], plan["persons_count"]) == ("DRAFT", 1)
    invoice = await story.request("post_arrival", 5_000, person_ref=story.brother, payee_kind="third_party")
    assert invoice.json()["missing"][0]["code"] == "arrived"
    refused = await story.request("departure_cash", 1, person_ref=story.brother)
    assert refused.json()["slug"] == "line-exceeded"


@pytest.mark.parametrize("withdrawn_first", [True, False])
async def test_who_is_split_off_may_withdraw_without_touching_the_others_money(
    running: Run, withdrawn_first: bool
) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    new = Story(svc)
    if withdrawn_first:
        await new.withdrawn()
    await split(story, new)
    if not withdrawn_first:
        await new.withdrawn()
    assert len(await facts(svc, "funds.released")) == 1
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total - 70_000


async def test_who_was_split_off_is_decided_and_funded_anew(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    new = Story(svc)
    new.persons = [story.persons[1]]
    new.lines = [new.line("departure_cash", 45_000, story.brother)]
    await split(story, new)
    await new.approved()
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total - 70_000 + 45_000
    lines = await new.caseworker().get(f"{ROOT}/assistance-lines", params={"case_id": new.case_id})
    assert [line["amount"]["amount_minor"] for line in lines.json()["items"]] == [45_000]
    assert (await new.request("departure_cash", 45_000, person_ref=story.brother)).status_code == 201


async def test_case_closed_changes_nothing_for_support(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    await story.arrived()
    await story.tell("case.closed", on="2026-03-01", outcome="returned")
    assert (await accounts(svc, budget["id"]))["reserved"] == story.total
    assert (await story.request("post_arrival")).status_code == 201


async def test_the_ledger_shows_every_movement_as_two_entries(running: Run) -> None:
    story = Story(await running("reintegration"))
    budget = await story.funded()
    await story.pay("departure_cash")
    entries, cursor = [], None
    while True:
        params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await story.officer().get(f"{ROOT}/budgets/{budget['id']}/ledger", params=params)).json()
        entries += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    moves = [entry["move"] for entry in entries]
    assert moves == ["appropriate", *["reserve"] * 6, "commit", "pay"]
    assert all(sum(posting["amount_minor"] for posting in entry["postings"]) == 0 for entry in entries)


async def test_budgets_are_opened_and_seen_for_own_programmes_only(running: Run) -> None:
    svc = await running("reintegration")
    budget = await open_budget(svc, 100)
    stranger = svc.client("programme_manager", subject="pm-8", programmes=[str(uuid4())])
    for path in (f"budgets/{budget['id']}", f"budgets/{budget['id']}/ledger"):
        assert (await stranger.get(f"{ROOT}/{path}")).status_code == 404
    assert (await stranger.get(f"{ROOT}/budgets")).json()["items"] == []
    body = {
        "grant_code": "X",
        "component": "x",
        "year": 2026,
        "appropriation": {"amount_minor": 1, "currency": "CHF"},
        "programme_ids": [PROGRAMME],
    }
    assert (await stranger.post(f"{ROOT}/budgets", json=body)).status_code == 404
    assert (await svc.client("caseworker", offices=["ZRH"]).post(f"{ROOT}/budgets", json=body)).status_code == 403
    mine = svc.client("programme_manager", subject="pm-0", programmes=[PROGRAMME])
    wrong = {**body, "appropriation": {"amount_minor": 0, "currency": "CHF"}}
    assert (await mine.post(f"{ROOT}/budgets", json=wrong)).status_code == 422
    first = await mine.post(f"{ROOT}/budgets", json=body, headers={"Idempotency-Key": "k"})
    again = await mine.post(f"{ROOT}/budgets", json=body, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await mine.post(f"{ROOT}/budgets", json=body)).json()["slug"] == "already-exists"


async def test_discontinue_plan_gives_back_what_nobody_is_owed(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    plan = await story.plan_approved()
    await story.arrived()
    answer = await act(story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="circumstances")
    assert answer.json()["state"] == "DISCONTINUED"
    assert [entry["plan_id"] for entry in await facts(svc, "plan.discontinued")] == [plan]
    assert (await accounts(svc, budget["id"]))["available"] == PLENTY
    assert (await facts(svc, "funds.released"))[0]["total"]["amount_minor"] == story.total
