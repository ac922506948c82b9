"""Rows that happen on the way, or on arrival."""

from __future__ import annotations

from tests.returns.scenarios.before_departure import all_kinds
from tests.returns.scenarios.rows import row
from tests.returns.story import PARTNER, CaseStory, person
from tests.returns.test_other_courses import codes


@row(21)
async def humanitarian(told: CaseStory) -> None:
    """No host decision and no deadline, but an exit clearance; nobody leaves under a provisional identity."""
    await all_kinds(told)
    await told.approved_kind("humanitarian_return")
    await told.funded()
    await told.post("pre-departure", {"partner_id": PARTNER})
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"exit-clearance"}
    await told.fact("exit_clearance")
    await told.post("readiness", {})
    lapse = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    assert codes(await told.post("lapse", lapse, client=told.officer, expect=409)) == {"state"}


@row(22)
async def offloaded(told: CaseStory) -> None:
    """Not returned and counted so: shelter on the spot, new consent, new money, prepared anew."""
    await told.departed()
    left_on = told.case["departed_on"]
    await told.post("return-failure", {"reason_code": "offloaded", "reason_group": "third_party"})
    assert told.case["state"] == "RETURN_FAILED"
    (event,) = await told.service.published("returns.case.return-failed.v1")
    (back,) = event.data["persons"]
    assert (event.data["original_on"], back["person_ref"], back["travelled"]) == (left_on, told.refs()[0], False)
    assert codes(await told.post("new-preparation", {}, expect=409)) == {"declaration", "fresh-consent", "shelter"}
    await told.sheltered()
    await told.fact("back_in_host", "admitted", told.refs()[0])
    await told.declare()
    await told.consent()
    await told.post("new-preparation", {})
    assert (told.case["state"], told.case["funding"]) == ("PRE_DEPARTURE", "awaited")


@row(23)
async def declines_on_the_way(told: CaseStory) -> None:
    """Anybody who is there records it; no reason, nothing to pay back."""
    await told.departed()
    await told.post("withdrawal", {}, client=told.partner)
    assert told.case["state"] == "RETURN_FAILED"
    (event,) = await told.service.published("returns.case.return-failed.v1")
    assert event.data["reason_group"] == "applicant"


@row(24)
async def self_organised(told: CaseStory) -> None:
    """From the grant to the arrival that the person shows themself."""
    await all_kinds(told)
    await told.approved_kind("self_organised")
    await told.funded()
    assert codes(await told.post("pre-departure", {"partner_id": PARTNER}, expect=409)) == {"state"}
    await told.post("arrival", {"evidence": "self_report"})
    assert told.case["state"] == "ARRIVED"


@row(25)
async def no_state_desk(told: CaseStory) -> None:
    """A partner, a stamp, a carrier or the person's own word unlocks help; no state agency is asked. Where they settled in
    another city the plan goes to a nearer partner, and the one before reads and does nothing more."""
    await told.departed([person("main_applicant"), person("partner")])
    await told.agreement()
    package = await told.package(recipient_id=PARTNER, purpose="reintegration", fields=["family_name"])
    await told.post("arrival", {"evidence": "passport_stamp"}, client=told.partner)
    assert told.case["state"] == "ARRIVED"
    nearer = "0199c0de-0000-7000-8000-0000000000b9"
    moved = {"plan_id": told.id, "case_id": told.id, "on": told.today.isoformat()}
    moved |= {"partner_id": nearer, "from_partner_id": PARTNER}
    for _ in range(2):
        await told.service.receive("reintegration.plan.transferred.v1", moved, key=told.id)
    packages = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/disclosures")).json()
    states = {each["id"]: each["status"] for each in packages}
    assert states[package["id"]] == "recalled"
    incident = {"person_ref": told.refs()[0], "kind": "violence", "heard_from": "person", "account": "Told."}
    path = f"/returns/v1/cases/{told.id}/incidents"
    there = told.service.client("reintegration_partner", partner_id=nearer, subject="rp-2")
    assert (await told.partner.post(path, json=incident)).status_code == 404
    assert (await there.post(path, json=incident)).status_code == 201


@row(34)
async def duplicate_after_departure(told: CaseStory) -> None:
    """One person in two files: linked for counting, what both paid is a list for an officer, nothing is recovered."""
    await told.departed()
    await told.paid()
    other = CaseStory(told.service)
    await other.prepared()
    await other.paid(1_000)
    for pair in await other.duplicates():
        body, tag = {"outcome": "same", "reason_code": "papers_compared"}, {"If-Match": f'"{pair["version"]}"'}
        await other.officer.post(f"/returns/v1/duplicates/{pair['id']}/decision", json=body, headers=tag)
    await other.refresh()
    (link,) = await told.service.published("returns.person.linked.v1")
    assert {link.data["person_ref"], link.data["other_person_ref"]} == {*told.refs(), *other.refs()}
    (row,) = (await told.officer.get("/returns/v1/reconciliations")).json()["items"]
    assert row["paid_twice"] == ["travel_money"]
    await other.post("duplicate-closing", {}, client=other.officer)
    await told.refresh()
    assert (other.case["state"], told.case["state"]) == ("MERGED", "DEPARTED")
    assert not [event for event in await told.service.published() if "recover" in event.type]


@row(40)
async def nothing_to_hand_over(told: CaseStory) -> None:
    """Without an escort, a lone child or medicines no receipt is asked for."""
    await told.arrived()
    await told.post("handover", {})
    (event,) = await told.service.published("returns.case.handed-over.v1")
    assert (told.case["state"], event.data["required"]) == ("HANDED_OVER", False)
