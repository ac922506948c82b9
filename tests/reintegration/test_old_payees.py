"""Payee data that were sealed before anybody was known: in a database of earlier, and what erasures do to them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.reintegration.commands.seal_waiting_payees import JOB
from services.reintegration.persistence.payments import INVOICE_PAYEE
from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.protection.vault import Vault
from shared.testing.databases import Databases
from shared.testing.plugin import Run
from shared.testing.running import RunningService, service_named
from shared.testing.running import test_settings as settings_for
from tests.old_data import Old, at_revision, going_on
from tests.reintegration.story import PROGRAMME, ROOT, Story, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAYEE = {"name": "Canary Beridze", "account": "GE29NB0000000101904917"}
DAY = date(2026, 2, 1)


def sealed_for_nobody(url: str) -> bytes:
    """As it was kept then: under the service's own key."""
    keys = settings_for(service_named("reintegration"), url)
    return Vault("reintegration", keys.master_key_bytes).seal_service(INVOICE_PAYEE, json.dumps(PAYEE).encode())


async def old_case(old: Old, *, line_of: str | None = None) -> dict[str, UUID]:
    """A granted case with a grant that came back, other data proposed for it, and an invoice; nobody is known."""
    case, programme = uuid4(), UUID(PROGRAMME)
    await old.put("case_file", case_id=case, office_id="ZRH", programme_id=programme, standing="open", approved_on=DAY)
    minor = {"appropriated_minor": 100, "available_minor": 0, "reserved_minor": 100, "committed_minor": 0}
    budget = await old.put(
        "budget", grant_code=str(case), component="c", year=2026, currency="CHF", paid_minor=0, **minor
    )
    granted = {"case_id": case, "budget_id": budget, "currency": "CHF"}
    reservation = await old.put(
        "reservation", programme_id=programme, state="reserved", rule_version="1", approved_on=DAY, **granted
    )
    amounts = {"amount_minor": 100, "available_minor": 0, "reserved_minor": 100, "committed_minor": 0, "paid_minor": 0}
    kind = {"phase": "travel", "code": "c", "rule": "r", "committed_by_plan": False, "pending_minor": 2}
    line = await old.put(
        "assistance_line", reservation_id=reservation, person_ref=line_of, **granted, **amounts, **kind
    )
    data = {"payee_sealed": sealed_for_nobody(old.url)}
    asked = {"line_id": line, "phase": "travel", "amount_minor": 1, "requested_by": "cw-1", "requested_on": DAY, **data}
    made = {"case": case}
    for name, payee_kind in (("grant", "beneficiary"), ("invoice", "third_party")):
        values = {**granted, **asked, "payee_kind": payee_kind, "evidence_ref": name, "state": "REQUESTED"}
        made[name] = await old.put("payment", **values)
    change = {"payment_id": made["grant"], "case_id": case, "reason_code": "other_account", "state": "PROPOSED"}
    made["change"] = await old.put("payee_change", proposed_by="cw-1", proposed_on=DAY, **change, **data)
    return made


async def known(old: Old, case: UUID, ref: str, *, erased: bool = False) -> None:
    fact = {"relation": "main_applicant", "age_band": "25-34"}
    own = await old.put("beneficiary", person_ref=ref, case_id=case, **fact)
    if erased:
        await old.put("person_key", person_id=own, key_version=1, destroyed_at=old.clock.now())


async def payee(svc: RunningService, payment: UUID) -> Any:
    officer = svc.client("finance_officer", programmes=[PROGRAMME])
    return (await officer.get(f"{ROOT}/payments/{payment}")).json()["payee"]


async def under_the_service(svc: RunningService) -> set[UUID]:
    wanted = "payee_person_id IS NULL AND payee_sealed IS NOT NULL"
    rows = await svc.fetch(
        f"SELECT id FROM payment WHERE {wanted} UNION ALL SELECT id FROM payee_change WHERE {wanted}"
    )
    return {row["id"] for row in rows}


async def test_what_was_sealed_for_nobody_comes_under_the_key_of_its_person_and_goes_with_them(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    async with at_revision(databases, clock, "0010", name="reintegration") as old:
        family, gone, waiting = await old_case(old), await old_case(old), await old_case(old)
        named = await old_case(old, line_of="pr_named")
        await known(old, family["case"], "pr_family")
        await known(old, gone["case"], "pr_gone", erased=True)
        await known(old, named["case"], "pr_another")
        async with going_on(old, issuer) as svc:
            for _ in range(2):
                await svc.run_job(JOB)
            invoices = {each["invoice"] for each in (family, gone, waiting, named)}
            kept = {waiting["grant"], waiting["change"], named["grant"], named["change"]}
            assert await under_the_service(svc) == invoices | kept, "of whom nobody is known; never another's key"
            assert [await payee(svc, each["grant"]) for each in (family, gone, waiting)] == [PAYEE, None, PAYEE]
            for case, ref in ((family, "pr_family"), (waiting, "pr_late"), (named, "pr_named")):
                fact = {"case_id": str(case["case"]), "person_ref": ref}
                await svc.receive("returns.person.erasure-ordered.v1", fact, key=str(case["case"]))
            assert await under_the_service(svc) == invoices
            for each in (family, gone, waiting, named):
                assert await payee(svc, each["grant"]) is None
                assert await payee(svc, each["invoice"]) == PAYEE
            rows = await svc.fetch("SELECT count(*) AS n FROM payee_change WHERE payee_person_id IS NULL")
            assert rows[0]["n"] == 0


async def test_who_left_a_plan_before_can_be_corrected_too(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    async with at_revision(databases, clock, "0014", name="reintegration") as old:
        made = await old_case(old, line_of="pr_brother")
        case = made["case"]
        gone = {"relation": "sibling", "age_band": "25-34", "left_plan_on": DAY, "left_plan_reason": "re_migrated"}
        await old.put("beneficiary", person_ref="pr_brother", case_id=case, **gone)
        await known(old, case, "pr_family")
        plan = await old.put("plan", case_id=case, persons_count=1, state="ACTIVE", arrived_on=DAY)
        minor = {"category": "training", "level": "individual", "person_ref": "pr_brother", "cancelled_on": DAY}
        measure = await old.put("measure", plan_id=plan, case_id=case, state="CANCELLED", started_on=DAY, **minor)
        async with going_on(old, issuer) as svc:
            desk = svc.client("caseworker", offices=["ZRH"])
            path = f"{ROOT}/plans/{plan}/leavings"
            (left,) = (await desk.get(path)).json()["items"]
            assert (left["person_refs"], left["reason"], left["recorded_by"]) == (
                ["pr_brother"],
                "re_migrated",
                "unknown",
            )
            etag = (await desk.get(f"{path}/{left['id']}")).headers["etag"]
            body = {"reason_code": "wrong_person"}
            done = await desk.post(f"{path}/{left['id']}/correction", json=body, headers={"If-Match": etag})
            assert done.status_code == 200, done.text
            rows = await svc.fetch("SELECT state FROM measure WHERE id = $1", measure)
            shown = (await desk.get(f"{ROOT}/plans/{plan}")).json()
            assert (rows[0]["state"], shown["persons_count"]) == ("IN_DELIVERY", 2)


async def test_a_grant_with_payee_data_is_asked_for_when_its_person_is_known(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    story.persons, everybody = [], story.persons
    child = person(f"pr_child_{story.case_id[:8]}", "child")
    story.lines = [story.line("travel", 1_000), story.line("departure_cash", 1_000, child["person_ref"])]
    await story.funded()
    refused = await story.request("travel", 500, payee=PAYEE)
    assert (refused.status_code, refused.json()["slug"]) == (409, "payee-not-known")
    assert "Canary" not in refused.text
    await story.requested("travel", 100)
    await story.requested("travel", 100, payee=PAYEE, payee_kind="third_party")
    story.persons = everybody
    await story.approved()
    await story.requested("travel", 100, payee=PAYEE)
    of_child = {"payee": PAYEE, "person_ref": child["person_ref"]}
    assert (await story.request("departure_cash", 500, **of_child)).json()["slug"] == "payee-not-known"
    story.persons = [*everybody, child]
    await story.approved()
    await story.requested("departure_cash", 500, **of_child)
    assert len(await under_the_service(svc)) == 1
