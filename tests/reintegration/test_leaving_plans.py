"""A death or a new journey abroad in the middle of a plan: what ends, what goes on, who is paid, and who is not asked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, ROOT, Story, accounts, act, person
from tests.reintegration.test_scoring import WORKED_EXAMPLE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def running_plan(running: Run, **rules: Any) -> tuple[Story, str, dict[str, Any]]:
    """A father, a grown-up brother with lines of his own, and a child; the plan is active."""
    story = Story(await running("reintegration"))
    story.persons.append(person(f"pr_child_{story.case_id[:8]}", "child", age_band="5-13"))
    story.lines.append(story.line("post_return", 80_000, story.brother))
    budget = await story.funded()
    for version in [rules] if rules else []:
        body = {"valid_from": "2026-01-01", "contact_after_days": [30], "support_window_days": 365, **version}
        body["source"] = "Handbook"
        answer = await story.manager().post(f"{ROOT}/programmes/{story.programme}/plan-rules", json=body)
        assert answer.status_code == 201, answer.text
    return story, await story.plan_id(), budget


async def measure(story: Story, plan: str, person_ref: str | None = None, **more: Any) -> str:
    line = story.line_of("post_return", person_ref)["line_id"]
    body = {"category": "training", "line_id": line, **more}
    made = await story.caseworker().post(f"{ROOT}/plans/{plan}/measures", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def go(story: Story, plan: str, measure_id: str, step: str, **body: Any) -> Any:
    return await story.partner().post(f"{ROOT}/plans/{plan}/measures/{measure_id}/{step}", json=body)


async def states(story: Story, plan: str) -> dict[str, str]:
    found = (await story.caseworker().get(f"{ROOT}/plans/{plan}/measures")).json()["items"]
    return {each["id"]: each["state"] for each in found}


def missing(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [each["code"] for each in answer.json()["missing"]]


async def dies(story: Story, plan: str, ref: str, **body: Any) -> Any:
    return await act(story.partner(), f"plans/{plan}", "deaths", person_ref=ref, **body)


async def leave(story: Story, plan: str, *refs: str) -> Any:
    return await act(story.partner(), f"plans/{plan}", "re-migrations", person_refs=list(refs))


async def test_the_family_goes_on_after_a_death_and_what_was_theirs_alone_ends(running: Run) -> None:
    story, plan, budget = await running_plan(running)
    his, shared = await measure(story, plan, story.brother), await measure(story, plan)
    await story.plan_approved()
    await story.arrived()
    for each in (his, shared):
        assert (await go(story, plan, each, "start")).status_code == 200
    before = await accounts(story.svc, budget["id"])
    answer = await dies(story, plan, story.brother, on="2026-03-01")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["persons_count"]) == ("ACTIVE", 2)
    assert await states(story, plan) == {his: "CANCELLED", shared: "IN_DELIVERY"}
    after = await accounts(story.svc, budget["id"])
    assert after["available"] - before["available"] == 80_000 + 50_000 + 20_000
    survey = {"plan_id": plan, "person_ref": story.brother, "wave": "baseline", "answers": WORKED_EXAMPLE}
    assert missing(await story.partner().post(f"{ROOT}/surveys", json=survey)) == ["not-asked"]
    office = (await story.caseworker().get(f"{ROOT}/plans/{plan}/beneficiary")).json()["persons"]
    assert [each["left_plan_reason"] for each in office] == [None, "deceased", None]
    partner = (await story.partner().get(f"{ROOT}/plans/{plan}/beneficiary")).json()["persons"]
    assert story.brother not in [each["person_ref"] for each in partner]
    (death,) = await story.svc.published("reintegration.person.deceased.v1")
    assert (death.data["person_ref"], death.data["on"]) == (story.brother, "2026-03-01")
    (amended,) = await story.svc.published("reintegration.plan.amended.v1")
    assert amended.data["persons_count"] == 2
    assert missing(await dies(story, plan, story.brother)) == ["of-the-plan"]


async def test_where_the_programme_says_so_a_death_ends_the_plan_and_what_is_in_use_stays(running: Run) -> None:
    story, plan, budget = await running_plan(running, family_continues_after_death=False)
    used = await measure(story, plan)
    await story.plan_approved()
    await story.arrived()
    await go(story, plan, used, "start")
    assert (await dies(story, plan, story.brother)).json()["state"] == "DISCONTINUED"
    assert (await accounts(story.svc, budget["id"]))["committed"] == 300_000, "the line of the measure in use"
    assert (await go(story, plan, used, "delivery", evidence_ref="D-1")).status_code == 200
    invoice = await story.request("post_return", 300_000, payee_kind="third_party")
    assert invoice.status_code == 201, invoice.text


async def test_nothing_is_paid_in_the_place_of_a_dead_payee_before_two_people_named_the_successor(running: Run) -> None:
    story, plan, _ = await running_plan(running)
    await story.plan_approved()
    await story.arrived()
    open_grant = await story.requested("post_return", 10_000, payee={"account": "XX", "name": "Canary"})
    assert (await dies(story, plan, story.father)).status_code == 200
    shown = await story.officer().get(f"{ROOT}/payments/{open_grant}")
    assert shown.json()["state"] == "CANCELLED"
    assert missing(await story.request("post_return", 10_000)) == ["successor-payee"]
    assert (await story.request("post_return", 10_000, payee_kind="third_party")).status_code == 201
    path = f"plans/{plan}/successor-payees"
    child = story.persons[2]["person_ref"]
    proposal = {"of_person_ref": story.father, "kind": "family_member", "evidence_ref": "HEIR-1"}
    for body, code in (
        ({"person_ref": child}, "adult-of-the-plan"),
        ({"person_ref": story.father}, "adult-of-the-plan"),
    ):
        assert missing(await propose(story, plan, **{**proposal, **body})) == [code]
    living = {**proposal, "of_person_ref": story.brother, "person_ref": story.brother}
    assert missing(await propose(story, plan, **living)) == [
        "payee-gone",
    ]
    nameless = await propose(story, plan, **proposal)
    assert (nameless.status_code, nameless.json()["slug"]) == (422, "successor-not-described")
    made = await propose(story, plan, **proposal, person_ref=story.brother)
    assert made.status_code == 201, made.text
    twice = await propose(story, plan, **proposal, person_ref=story.brother)
    assert twice.json()["slug"] == "successor-named"
    successor = f"{path}/{made.json()['id']}"
    assert missing(await story.request("post_return", 10_000)) == ["successor-payee"]
    assert missing(await act(story.caseworker(), successor, "decision")) == ["other-than-proposer"]
    assert (await act(story.partner(), successor, "decision")).status_code == 403
    decided = await act(story.manager(), successor, "decision")
    assert decided.json()["state"] == "CONFIRMED"
    paid = await story.request("post_return", 10_000, payee={"account": "YY", "name": "Brother"})
    assert paid.status_code == 201, paid.text
    (row,) = await story.svc.fetch(
        "SELECT b.person_ref FROM payment p JOIN beneficiary b ON b.id = p.payee_person_id WHERE p.id = $1",
        paid.json()["id"],
    )
    assert row["person_ref"] == story.brother, "the payee data are sealed under the key of the successor"
    assert (await act(story.manager(), successor, "revocation")).json()["state"] == "REVOKED"
    assert missing(await story.request("post_return", 10_000)) == ["successor-payee"]


async def propose(story: Story, plan: str, **body: Any) -> Any:
    etag = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).headers["etag"]
    path = f"{ROOT}/plans/{plan}/successor-payees"
    return await story.caseworker().post(path, json=body, headers={"If-Match": etag})


async def test_an_heir_outside_the_plan_is_sealed_and_shown_to_those_who_decide(running: Run) -> None:
    story, plan, _ = await running_plan(running)
    await story.plan_approved()
    await story.arrived()
    await dies(story, plan, story.father)
    details = {"name": "Canary Grandmother", "relation": "grandmother"}
    body = {"of_person_ref": story.father, "kind": "guardian", "evidence_ref": "G-1", "details": details}
    made = await propose(story, plan, **body)
    assert made.status_code == 201, made.text
    assert "Canary" not in made.text
    path = f"{ROOT}/plans/{plan}/successor-payees"
    listed = await story.partner().get(path)
    assert (listed.json()["items"][0]["state"], "Canary" in listed.text) == ("PROPOSED", False)
    one = f"{path}/{made.json()['id']}"
    assert (await story.partner().get(one)).status_code == 403
    assert (await story.manager().get(one)).json()["details"] == details
    stranger = story.svc.client("programme_manager", programmes=[str(uuid4())])
    assert (await stranger.get(one)).status_code == 404
    rows = await story.svc.fetch("SELECT * FROM successor_payee")
    assert b"Canary" not in repr([dict(row) for row in rows]).encode()
    refused = await act(
        story.manager(), f"plans/{plan}/successor-payees/{made.json()['id']}", "decision", outcome="refused"
    )
    assert refused.json()["state"] == "REFUSED"


async def test_whoever_goes_abroad_again_keeps_what_is_in_use_and_the_family_goes_on(running: Run) -> None:
    story, plan, budget = await running_plan(running)
    used = await measure(story, plan, story.brother)
    planned = await measure(story, plan, story.brother)
    await story.plan_approved()
    await story.arrived()
    await go(story, plan, used, "start")
    before = await accounts(story.svc, budget["id"])
    left = await leave(story, plan, story.brother)
    assert (left.json()["state"], left.json()["persons_count"]) == ("ACTIVE", 2)
    assert await states(story, plan) == {used: "IN_DELIVERY", planned: "CANCELLED"}
    after = await accounts(story.svc, budget["id"])
    assert after["available"] - before["available"] == 50_000 + 20_000, "the line of what is in use stays set aside"
    assert (await go(story, plan, used, "delivery", evidence_ref="D-1")).status_code == 200
    told = [entry.type for entry in await story.svc.published() if story.brother in str(entry.data)]
    assert [each for each in told if ".person." in each or ".plan." in each] == [], "that they left again is not told"
    late = await story.partner().post(
        f"{ROOT}/plans/{plan}/measures", json={"category": "housing", "person_ref": story.brother}
    )
    assert late.status_code in (409, 422)
    assert (await act(story.partner(), f"plans/{plan}", "completion")).status_code == 409


async def test_when_everybody_went_abroad_again_the_plan_ends_and_nothing_is_claimed(running: Run) -> None:
    story, plan, _ = await running_plan(running)
    used = await measure(story, plan)
    await story.plan_approved()
    await story.arrived()
    await story.pay("post_return", 50_000)
    await go(story, plan, used, "start")
    everybody = [str(each["person_ref"]) for each in story.persons]
    assert missing(await leave(story, plan, "pr_stranger")) == ["of-the-plan"]
    ended = await leave(story, plan, *everybody)
    assert (ended.json()["state"], ended.json()["persons_count"]) == ("DISCONTINUED", 0)
    (event,) = await story.svc.published("reintegration.plan.discontinued.v1")
    assert event.data["reason_group"] == "applicant"
    assert await states(story, plan) == {used: "IN_DELIVERY"}
    assert await story.svc.published("reintegration.payment.reversed.v1") == []


async def test_the_payee_who_went_abroad_has_a_successor_too(running: Run) -> None:
    story, plan, _ = await running_plan(running)
    await story.plan_approved()
    await story.arrived()
    await leave(story, plan, story.father)
    assert missing(await story.request("post_return", 10_000)) == ["successor-payee"]


async def test_before_the_arrival_returns_keeps_who_travels(running: Run) -> None:
    story, plan, _ = await running_plan(running)
    await story.enrolled(PARTNER)
    await act(story.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)
    assert missing(await dies(story, plan, story.brother)) == ["arrived"]
    stranger = story.partner(partner=str(uuid4()))
    assert (await act(stranger, f"plans/{plan}", "deaths", person_ref=story.brother)).status_code == 404
    foreign = await story.caseworker().post(
        f"{ROOT}/plans/{plan}/measures", json={"category": "housing", "person_ref": "pr_stranger"}
    )
    assert (foreign.status_code, foreign.json()["slug"]) == (422, "person-not-of-plan")


async def test_nobody_is_paid_in_the_place_of_another_who_was_not_confirmed_before_it_was_asked(running: Run) -> None:
    """Who is paid is looked at by every hand, not only when it is asked for."""
    story, plan, _ = await running_plan(running)
    await story.plan_approved()
    await story.arrived()
    await dies(story, plan, story.father)

    async def successor(**body: Any) -> str:
        body = {"of_person_ref": story.father, "evidence_ref": "G-1", **body}
        path = f"plans/{plan}/successor-payees/{(await propose(story, plan, **body)).json()['id']}"
        assert (await act(story.manager(), path, "decision", outcome="confirmed")).status_code == 200
        return path

    first = await successor(kind="heir", details={"name": "Canary One", "relation": "cousin"})
    asked = await story.requested("post_return", 10_000, payee={"name": "Canary One", "account": "XX1"})
    failed = await story.requested("post_return", 10_000, payee={"name": "Canary One", "account": "XX1"})
    for step, by in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        assert (await story.step(failed, step, story.officer(by))).status_code == 200
    reason = {"reason_group": "third_party", "reason_code": "limit_exceeded"}
    assert (await story.step(failed, "failure", story.officer(), **reason)).status_code == 200
    assert (await story.step(asked, "certification", story.officer())).status_code == 200
    revoked = await act(story.manager(), first, "revocation")
    assert revoked.status_code == 200, revoked.text
    assert missing(await story.step(asked, "authorisation", story.officer("fo-2"))) == ["successor-payee"]
    story.svc.clock.advance(minutes=1)
    await successor(kind="family_member", person_ref=story.brother)
    assert missing(await story.step(asked, "authorisation", story.officer("fo-2"))) == ["payee-of-successor"]
    assert missing(await story.step(failed, "repetition", story.officer())) == ["payee-of-successor"]
    anew = await story.requested("post_return", 10_000)
    assert (await story.step(anew, "certification", story.officer())).status_code == 200


async def correct(story: Story, plan: str, by: Any, **body: Any) -> Any:
    path = f"plans/{plan}/leavings"
    one = (await story.caseworker().get(f"{ROOT}/{path}")).json()["items"][-1]["id"]
    return await act(by, f"{path}/{one}", "correction", **{"reason_code": "wrong_person", **body})


async def told(story: Story, *names: str) -> list[tuple[str, dict[str, Any]]]:
    facts = [(entry.type.split(".", 1)[1].rsplit(".", 1)[0], entry.data) for entry in await story.svc.published()]
    return [fact for fact in facts if fact[0] in names]


async def test_a_death_recorded_by_mistake_is_undone_by_another_person(running: Run) -> None:
    story, plan, budget = await running_plan(running)
    under_way, planned = await measure(story, plan, story.brother), await measure(story, plan, story.brother)
    await story.plan_approved()
    await story.arrived()
    await go(story, plan, under_way, "start")
    grant = await story.requested("post_arrival", 5_000, person_ref=story.brother)
    await story.step(grant, "certification", story.officer())
    before = await accounts(story.svc, budget["id"])
    by = story.caseworker("cw-1")
    answer = await act(by, f"plans/{plan}", "deaths", person_ref=story.brother)
    assert answer.status_code == 200, answer.text
    assert (await accounts(story.svc, budget["id"])) != before
    assert missing(await correct(story, plan, by)) == ["other-than-recorder"]
    assert (await correct(story, plan, story.partner())).status_code == 403
    foreign = story.svc.client("programme_manager", programmes=[str(uuid4())])
    assert (await correct(story, plan, foreign)).status_code == 404
    done = await correct(story, plan, story.caseworker("cw-2"))
    assert (done.status_code, done.json()["corrected_by"]) == (200, "cw-2"), done.text
    assert missing(await correct(story, plan, story.manager())) == ["not-corrected"]
    assert await accounts(story.svc, budget["id"]) == before
    assert await states(story, plan) == {under_way: "IN_DELIVERY", planned: "PLANNED"}
    shown = (await story.officer().get(f"{ROOT}/payments/{grant}")).json()
    assert (shown["state"], shown["certified_by"]) == ("REQUESTED", None), "it passes all hands again"
    for step, hand in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        assert (await story.step(grant, step, story.officer(hand))).status_code == 200
    survey = {"plan_id": plan, "person_ref": story.brother, "wave": "baseline", "answers": WORKED_EXAMPLE}
    assert (await story.partner().post(f"{ROOT}/surveys", json=survey)).status_code == 201
    assert (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()["persons_count"] == 3
    facts = await told(story, "plan.amended", "person.death-corrected", "funds.reserved", "funds.released")
    assert [fact["persons_count"] for name, fact in facts if name == "plan.amended"] == [2, 3]
    assert [fact["person_ref"] for name, fact in facts if name == "person.death-corrected"] == [story.brother]
    sums = [
        sum(f["total"]["amount_minor"] for name, f in facts[1:] if name == f"funds.{how}")
        for how in ("reserved", "released")
    ]
    assert sums[0] == sums[1] == 80_000 + 50_000 + 20_000


async def test_a_plan_that_ended_by_mistake_goes_on_and_nobody_is_paid_in_the_others_place(running: Run) -> None:
    story, plan, budget = await running_plan(running, family_continues_after_death=False)
    await story.plan_approved()
    await story.arrived()
    grant = await story.requested("post_return", 10_000)
    before = await accounts(story.svc, budget["id"])
    assert (await dies(story, plan, story.father)).json()["state"] == "DISCONTINUED"
    assert (await correct(story, plan, story.manager(), reason_code="report_was_wrong")).status_code == 200
    shown = (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()
    assert (shown["state"], shown["persons_count"], shown["ended_on"]) == ("ACTIVE", 3, None)
    assert await accounts(story.svc, budget["id"]) == before
    assert (await story.officer().get(f"{ROOT}/payments/{grant}")).json()["state"] == "REQUESTED"
    last = (await told(story, "funds.reserved", "plan.resumed"))[-2:]
    assert [(name, fact.get("answers_grant")) for name, fact in last] == [
        ("funds.reserved", True),
        ("plan.resumed", None),
    ]
    await leave(story, plan, story.father)
    body = {"of_person_ref": story.father, "kind": "family_member", "evidence_ref": "G-1", "person_ref": story.brother}
    named = (await propose(story, plan, **body)).json()["id"]
    decided = await act(story.manager(), f"plans/{plan}/successor-payees/{named}", "decision", outcome="confirmed")
    assert decided.status_code == 200, decided.text
    for_him = await story.requested("post_return", 20_000)
    assert (await correct(story, plan, story.manager())).status_code == 200
    assert (await story.officer().get(f"{ROOT}/payments/{for_him}")).json()["state"] == "CANCELLED"
    assert (await story.officer().get(f"{ROOT}/payments/{grant}")).json()["state"] == "REQUESTED"
    found = (await story.caseworker().get(f"{ROOT}/plans/{plan}/successor-payees")).json()["items"]
    assert [each["state"] for each in found] == ["REVOKED"]
    assert await accounts(story.svc, budget["id"]) == before


async def test_what_cannot_go_on_after_a_correction_stays_and_is_shown(running: Run) -> None:
    story, plan, budget = await running_plan(running)
    await story.plan_approved()
    await story.arrived()
    await dies(story, plan, story.brother)
    other = Story(story.svc)
    free = (await accounts(story.svc, budget["id"]))["available"]
    other.lines = [other.line("travel", free)]
    await other.opened()
    await other.approved()
    held = await accounts(story.svc, budget["id"])
    assert (await correct(story, plan, story.manager())).status_code == 200
    assert await accounts(story.svc, budget["id"]) == held
    notices = (await story.manager().get(f"{ROOT}/notifications")).json()["items"]
    assert "funds.not-set-aside-again" in [each["kind"] for each in notices]
    assert (await story.caseworker().get(f"{ROOT}/plans/{plan}")).json()["persons_count"] == 3
