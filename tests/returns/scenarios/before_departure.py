"""Rows that happen before anybody has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.returns.commands import advance_deadlines
from tests.returns.scenarios.rows import row
from tests.returns.story import FAMILY, PROGRAMME, CaseStory, person
from tests.returns.test_other_courses import codes, second_officer

KINDS = ["avrr", "avr_transport_only", "self_organised", "humanitarian_return"]


async def all_kinds(told: CaseStory) -> None:
    rules: dict[str, Any] = {
        "programme_id": PROGRAMME,
        "partnership_id": None,
        "host": "CHE",
        "version": 2,
        "component_id": None,
    }
    rules |= {"destinations": ["GEO"], "case_kinds": KINDS}
    await told.service.receive("registry.programme.rules-published.v1", rules, key=PROGRAMME)


def panel(told: CaseStory) -> Any:
    return told.service.client("best_interests_panel", offices=["ZRH"], authority_id="SEM", subject="bip-1")


async def running_clocks(told: CaseStory) -> set[str]:
    """The clocks that run on the case."""
    found = (await told.officer.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    return {each["clock"] for each in found}


async def free_to_choose(told: CaseStory) -> None:
    """Every safeguard of somebody in detention, and everybody asked again."""
    await told.counsel()
    await told.fact("legal_advice_offered", "declined")
    await told.fact("talk_without_guards")
    await told.fact("no_effect_statement")
    told.service.clock.advance(days=1)
    await told.fact("second_confirmation")


async def host_item(told: CaseStory, item: str, evidence: str | None, status: str = "done") -> None:
    """An entry of the host-side checklist about everybody on the file."""
    for ref in told.refs():
        body = {"item": item, "status": status, "person_ref": ref, "evidence": evidence}
        await told.post("host-checklist", body, client=told.officer)


async def capped(told: CaseStory) -> None:
    """A version of the programme's rules with a cap of the family on travel money."""
    table = {"caps": [{"codes": ["travel_money"], "amount_minor": 15_000}, {"codes": ["other"], "per": "person"}]}
    rules: dict[str, Any] = {"programme_id": PROGRAMME, "host": "CHE", "destinations": ["GEO"], "case_kinds": KINDS}
    rules |= {"version": 1, "valid_from": "2026-01-01", "source": "decree", "table": table}
    await told.service.receive("registry.programme.rules-published.v1", rules, key=PROGRAMME)


async def decision(told: CaseStory, expect: int) -> Any:
    """A grant on the newest calculation, or what stands against it."""
    body, tag = {"outcome": "approved", "quote_id": told.quote_id}, {"If-Match": f'"{told.case["version"]}"'}
    answer = await told.officer.post(f"/returns/v1/cases/{told.id}/decision", json=body, headers=tag)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def follows(told: CaseStory, case_kind: str) -> CaseStory:
    """A new case of the same people after this one."""
    again = CaseStory(told.service)
    await again.open(follows=told.id, case_kind=case_kind)
    assert again.case["follows"] == told.id
    return again


@row(1)
async def left_on_their_own(told: CaseStory) -> None:
    """On evidence, counted as not assisted; support after arrival is still asked for."""
    await all_kinds(told)
    await told.prepared()
    assert codes(await told.post("unassisted-departure", {}, expect=409)) == {"departure-evidence"}
    await told.fact("left_on_their_own", "exit_record")
    await told.post("unassisted-departure", {})
    assert told.case["state"] == "DEPARTED_UNASSISTED"
    again = await follows(told, "self_organised")
    assert again.case["state"] == "DRAFT"


@row(2)
async def lost_and_found(told: CaseStory) -> None:
    """The case rests, and on being found what held then must hold again."""
    await told.ready([person("main_applicant"), person("child")])
    await told.post("suspension", {"reason_code": "lost_contact"})
    assert codes(await told.post("resumption", {}, expect=409)) == {"contact"}
    await told.fact("exit_ban", "in_force", told.refs(adults=False)[0])
    await told.fact("contact_restored")
    assert codes(await told.post("resumption", {}, expect=409)) == {"exit-ban"}
    await told.fact("exit_ban", "lifted", told.refs(adults=False)[0])
    await told.post("resumption", {})
    assert told.case["state"] == "PRE_DEPARTURE"


@row(3)
async def death(told: CaseStory) -> None:
    """The file goes on with the others; with nobody left it closes, and outside it looks like any end."""
    await told.ready([person("main_applicant"), person("partner")])
    for ref in told.refs():
        await told.post(f"persons/{ref}/death", {})
    assert told.case["state"] == "CANCELLED"
    (event,) = await told.service.published("returns.case.cancelled.v1")
    assert (event.data["reason_group"], "deceased" in event.model_dump_json()) == ("circumstances", False)


@row(7)
async def third_country(told: CaseStory) -> None:
    """Who is no citizen needs proof of admission that holds on arrival."""
    await told.eligible(destination_basis="admitted_third_country")
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await told.post("pre-departure", {"partner_id": None, "no_partner_needed": True})
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"admission"}
    ref = told.refs()[0]
    assert (await told.fact("admission_proven", "visa", ref, expect=422))["slug"] == "fact-incomplete"
    await told.fact("admission_proven", "visa", ref, valid_until=(told.today + timedelta(days=3)).isoformat())
    assert codes(await told.post("readiness", {}, expect=409)) == {"admission"}
    await told.fact("admission_proven", "visa", ref, valid_until=(told.today + timedelta(days=90)).isoformat())
    await told.post("readiness", {})


@row(10)
async def detention(told: CaseStory) -> None:
    """Voluntariness is presumed doubtful until every safeguard is recorded."""
    await told.ready()
    await told.fact("detention", "detained")
    assert told.case["state"] == "PRE_DEPARTURE"
    lacking = codes(await told.post("readiness", {}, expect=409))
    assert {"detention.independent_counselling", "detention.release-order"} <= lacking
    await free_to_choose(told)
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"detention.release-order"}
    await host_item(told, "release_order", "court_order")
    await told.post("readiness", {})
    await host_item(told, "release_order", None, "open")
    assert told.case["state"] == "PRE_DEPARTURE"
    await host_item(told, "release_order", "court_order")
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    assert codes(await told.post("departure", {"boarded": told.refs()}, expect=409)) == {"detention.property"}
    await host_item(told, "property_handed_over", "receipt")
    await told.post("departure", {"boarded": told.refs()})


@row(11)
async def order_annulled(told: CaseStory) -> None:
    """The period goes, everybody is asked again, and going on is their choice."""
    await told.ready()
    depart_by = (told.today + timedelta(days=20)).isoformat()
    await told.post("departure-period", {"depart_by": depart_by}, client=told.officer)
    await told.post("return-order", {"standing": "suspended"})
    assert told.case["state"] == "PRE_DEPARTURE"
    told.service.clock.advance(days=21)
    lapse = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    assert "remedy" in codes(await told.post("lapse", lapse, client=told.officer, expect=409))
    await told.post("return-order", {"standing": "annulled"})
    assert "departure-period" in codes(await told.post("lapse", lapse, client=told.officer, expect=409))
    missing = codes(await told.post("readiness", {}, expect=409))
    assert {"declaration", "reconfirmation"} <= missing
    await told.declare()
    await told.papers()
    await told.post("readiness", {})


@row(12)
async def may_stay(told: CaseStory) -> None:
    """An outcome of its own, told to nobody, without effect on later help."""
    await told.approved()
    await told.post("permission-to-stay", {}, client=told.officer)
    assert told.case["state"] == "STATUS_GRANTED"
    assert not any("STATUS" in event.model_dump_json() for event in await told.service.published())
    await follows(told, "avrr")


@row(13)
async def claim(told: CaseStory) -> None:
    """Rest, freeze, and nothing says why."""
    await told.ready()
    await told.post("suspension", {"reason_code": "new_protection_claim", "reason_group": "applicant"})
    types = [event.type for event in await told.service.published()]
    assert {"returns.case.suspended.v1", "returns.case.disclosure-frozen.v1"} <= set(types)
    assert "claim" not in "".join(event.model_dump_json() for event in await told.service.published())


@row(14)
async def applies_again(told: CaseStory) -> None:
    """A new case that follows; help that was granted and not received is none, what was received is."""
    await told.approved()
    await told.post("withdrawal", {})
    again = await follows(told, "avrr")
    await again.consent()
    await again.counsel()
    await again.declare()
    await again.post("submission", {})
    assert again.case["granted"] is None
    found = {"persons": [{"person_ref": again.refs()[0]}], "security_checked": True}
    await again.post("screening", found)
    await again.settle_duplicates("same")
    path = f"/returns/v1/cases/{again.id}/earlier-assistance"
    assert (await again.caseworker.get(path)).json() == []
    await told.paid(4_000)
    (had,) = (await again.caseworker.get(path)).json()
    assert (had["on"], had["received"]) == (told.today.isoformat(), [{"amount_minor": 4_000, "currency": "CHF"}])


@row(15)
async def regretted(told: CaseStory) -> None:
    """Reopened within the days, with fresh consent; the money is asked for anew."""
    await told.prepared()
    await told.post("withdrawal", {})
    assert codes(await told.post("reopening", {}, expect=409)) == {"declaration", "fresh-consent"}
    told.service.clock.advance(days=1)
    await told.declare()
    assert codes(await told.post("reopening", {}, expect=409)) == {"fresh-consent"}
    await told.consent()
    await told.post("reopening", {})
    assert (told.case["state"], told.case["funding"]) == ("APPROVED", "awaited")


@row(17)
async def adult_child(told: CaseStory) -> None:
    """A file of their own, linked; one who withdraws does not take the other along."""
    await told.submitted()
    child = CaseStory(told.service)
    await child.submitted()
    await told.post("links", {"other_case_id": child.id, "kind": "travels_with"}, expect=201)
    await child.post("withdrawal", {})
    await told.refresh()
    assert (told.case["state"], child.case["state"]) == ("SUBMITTED", "WITHDRAWN")


@row(19)
async def disagreement(told: CaseStory) -> None:
    """The case rests until a court or child protection has decided, whoever is against it."""
    await told.ready([person("main_applicant"), person("child")])
    child = told.refs(adults=False)[0]
    await told.hear(child, "disagrees")
    assert told.case["state"] == "SUSPENDED"
    await told.fact("custody_settled", "child_protection_order", child)
    await told.post("resumption", {})
    await told.post("readiness", {})


@row(20)
async def capacity(told: CaseStory) -> None:
    """Any actor doubts, the case falls back, and a representative with assent settles it."""
    await told.ready()
    ref = told.refs()[0]
    await told.fact("capacity_doubt", None, ref, client=panel(told))
    assert codes(await told.post("readiness", {}, expect=409)) == {"capacity"}
    doctor = told.service.client("medical_officer", authority_id="SEM", subject="md-1")
    await told.fact("capacity_confirmed", "representative_with_assent", ref, client=doctor)
    await told.refresh()
    await told.post("readiness", {})


@row(32)
async def corridor_suspended(told: CaseStory) -> None:
    """A ready case goes back by itself, an officer confirms it within 48 hours, and its people are told."""
    await told.ready()
    advisory = await told.warned("individual_review")
    await advance_deadlines.run(told.service.runtime)
    await told.refresh()
    assert (told.case["state"], told.case["travel_on"] is not None) == ("PRE_DEPARTURE", True)
    told.service.clock.advance(days=3)
    await advance_deadlines.run(told.service.runtime)
    missed = {event.data["clock"] for event in await told.service.published("returns.deadline.missed.v1")}
    assert {"advisory_review", "advisory_information"} <= missed
    await told.refresh()
    await told.post(f"advisories/{advisory}/assessment", {"outcome": "may_travel"}, client=told.officer)
    assert codes(await told.post("readiness", {}, expect=409)) == {"advisory-told"}
    await told.post(f"advisories/{advisory}/information", {})
    await told.post("readiness", {})
    stop = await told.warned("stop")
    told.service.clock.advance(days=4)
    assert "advisory" in codes(await told.post("departure", {"boarded": told.refs()}, expect=409))
    await told.post(f"advisories/{stop}/information", {})
    assert told.case["state"] == "PRE_DEPARTURE"


@row(33)
async def no_funds(told: CaseStory) -> None:
    """Refused money ends nothing: the grant waits, and goes on when another budget answers."""
    await told.approved()
    refusal: dict[str, Any] = {"case_id": told.id, "reservation_id": str(uuid4()), "budget_id": None, "lines": []}
    await told.service.receive("reintegration.funds.refused.v1", refusal, key=told.id)
    await told.refresh()
    assert (told.case["state"], told.case["funding"]) == ("APPROVED", "refused")
    roles = await told.service.fetch("SELECT role FROM notification WHERE kind = 'funding.refused'")
    assert {row["role"] for row in roles} == {"caseworker", "case_officer"}
    waits = {"since": told.today.isoformat(), "refused": True, "named_budget_id": None, "people_told_on": None}
    assert told.case["awaiting_funds"] == waits
    assert await running_clocks(told) >= {"other_budget", "funding_information"}
    await told.fact("told_of_funding")
    assert told.case["awaiting_funds"]["people_told_on"] == told.today.isoformat()
    assert await running_clocks(told) & {"other_budget", "funding_information"} == {"other_budget"}
    budget = str(uuid4())
    await told.post("budget", {"budget_id": budget}, client=told.officer)
    (event,) = await told.service.published("returns.case.budget-named.v1")
    assert event.data["budget_id"] == told.case["awaiting_funds"]["named_budget_id"] == budget
    assert not told.case["awaiting_funds"]["refused"]
    assert (await told.post("budget", {"budget_id": budget}, client=told.officer, expect=409))["slug"] == (
        "funds-not-refused"
    )
    await told.funded()
    assert (told.case["state"], told.case["funding"]) == ("APPROVED", "reserved")
    assert told.case["awaiting_funds"] is None


@row(35)
async def paper_expires(told: CaseStory) -> None:
    """Back to preparation by itself; the itinerary stays until an officer decides."""
    await told.ready(FAMILY)
    travel_on = told.case["travel_on"]
    (consent, *_) = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/consents")).json()
    await told.post(f"consents/{consent['id']}/withdrawal", {})
    await told.refresh()
    assert (told.case["state"], told.case["travel_on"]) == ("PRE_DEPARTURE", travel_on)


@row(36)
async def contested(told: CaseStory) -> None:
    """An amount, a suspension and a revocation are reviewed too, by somebody else."""
    await told.approved()
    for contest in (None, "suspension"):
        if contest:
            await told.post(contest, {"reason_code": "documents"}, client=told.officer)
        await told.post("review", {"step": "requested"})
        assert told.case["state"] == "UNDER_REVIEW"
        await told.post("review", {"step": "confirmed"}, client=second_officer(told))
    assert told.case["state"] == "SUSPENDED"


@row(37)
async def carer_withdraws(told: CaseStory) -> None:
    """Back to preparation the day before; the panel hears of it, not the child at the gate."""
    await told.open([person("ward", unaccompanied=True)])
    ref = told.refs()[0]
    await told.protect_children()
    await told.fact("best_interests_decision", "return_in_best_interests", ref, client=panel(told))
    await told.refresh()
    await told.post("submission", {})
    found = {"persons": [{"person_ref": ref}], "duplicates_checked": True, "security_checked": True}
    await told.post("screening", found)
    await told.post("eligibility", {"outcome": "eligible"})
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await told.post("pre-departure", {"partner_id": None, "no_partner_needed": True})
    await told.papers()
    await told.post("readiness", {})
    told.service.clock.advance(days=6)
    await told.fact("carer_withdrew", None, ref)
    assert told.case["state"] == "PRE_DEPARTURE"
    roles = await told.service.fetch("SELECT role FROM notification WHERE kind = 'fact.carer-withdrew'")
    assert {row["role"] for row in roles} == {"best_interests_panel", "caseworker"}


@row(39)
async def joins_later(told: CaseStory) -> None:
    """The spouse's file is linked to one that has arrived already; a cap of the family counts both files."""
    await capped(told)
    await told.arrived()
    later = CaseStory(told.service)
    await later.eligible()
    await later.post("links", {"other_case_id": told.id, "kind": "joins_later"}, expect=201)
    (shown,) = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/links")).json()
    assert (shown["kind"], shown["other_case_id"]) == ("joins_later", later.id)
    (grant,) = (await later.officer.get(f"/returns/v1/cases/{later.id}/linked-assistance")).json()
    assert grant == {"case_id": told.id, "code": "travel_money", "amount_minor": 10_000, "currency": "CHF"}
    await later.quoted()
    refused = await decision(later, 409)
    assert (refused["slug"], refused["codes"]) == ("quote-without-linked-files", ["travel_money"])
    await later.quoted(counted_elsewhere_minor=10_000)
    await decision(later, 200)
