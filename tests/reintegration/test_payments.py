"""Payments over HTTP: three pairs of hands, phases, scopes, retries, lost updates, sealed payees."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.database.engine import driver_dsn
from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, PROGRAMME, PROVIDER, ROOT, Story, accounts, act

pytestmark = pytest.mark.asyncio(loop_scope="session")


def missing(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [entry["code"] for entry in answer.json()["missing"]]


async def test_departure_cash_is_paid_before_departure_by_three_people(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.pay("departure_cash")
    shown = (await story.officer().get(f"{ROOT}/payments/{payment}")).json()
    assert (shown["requested_by"], shown["certified_by"], shown["authorised_by"]) == ("cw-1", "fo-1", "pm-1")
    settled = (await svc.published("reintegration.payment.settled.v1"))[0]
    line = story.line_of("departure_cash")
    assert settled.subject == story.case_id
    assert {name: settled.data[name] for name in ("payment_id", "line_id", "budget_id", "phase", "amount_minor")} == {
        "payment_id": payment,
        "line_id": line["line_id"],
        "budget_id": budget["id"],
        "phase": "departure_cash",
        "amount_minor": 100_000,
    }
    assert (await accounts(svc, budget["id"]))["paid"] == 100_000
    types = [entry.type.split(".")[2] for entry in await svc.published() if ".payment." in entry.type]
    assert types == ["requested", "authorised", "settled"]


async def test_post_return_needs_an_active_plan_and_names_what_is_missing(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    assert missing(await story.request("post_return")) == ["plan-active"]
    assert missing(await story.request("post_arrival")) == ["arrived"]
    await story.arrived()
    assert (await story.request("post_arrival")).status_code == 201
    assert missing(await story.request("post_return")) == ["plan-active"]
    await story.plan_approved()
    await story.pay("post_return", 200_000)
    assert (await story.request("post_return", 100_001)).json()["slug"] == "line-exceeded"
    await story.pay("post_return", 100_000)


async def test_without_funds_nothing_is_payable(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.opened()
    await story.approved()
    assert missing(await story.request("departure_cash")) == ["funds-reserved"]


async def test_certify_payment_needs_somebody_else(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    both = svc.client("caseworker", "finance_officer", subject="both", offices=["ZRH"], programmes=[PROGRAMME])
    payment = await story.requested("departure_cash", by=both)
    assert missing(await story.step(payment, "certification", both)) == ["other-than-requester"]
    assert (await story.step(payment, "certification", story.officer("fo-1"))).status_code == 200
    assert missing(await story.step(payment, "authorisation", both)) == ["other-than-requester"]
    assert missing(await story.step(payment, "authorisation", story.officer("fo-1"))) == ["other-than-certifier"]
    assert (await story.step(payment, "authorisation", story.officer("fo-2"))).status_code == 200


async def test_the_database_insists_on_three_people_too(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    connection = await asyncpg.connect(driver_dsn(svc.runtime.dsn))
    try:
        for values in (
            "certified_by = 'cw-1'",
            "state = 'SETTLED'",
            "certified_by = 'x', authorised_by = 'x'",
        ):
            with pytest.raises(asyncpg.CheckViolationError):
                await connection.execute(f"UPDATE payment SET {values} WHERE id = $1", payment)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE budget SET available_minor = -1")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE assistance_line SET pending_minor = amount_minor + 1")
    finally:
        await connection.close()


async def test_steps_out_of_order_say_what_is_open(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    for step in ("authorisation", "instruction", "settlement"):
        answer = await story.step(payment, step, story.officer())
        assert answer.status_code == 409
        assert answer.json()["open_transitions"] == ["cancel", "certify", "fail"]
    early = await story.step(payment, "reversal", story.officer(), reason_group="authority")
    assert early.json()["slug"] == "transition-not-allowed"


@pytest.mark.parametrize("role", ["caseworker", "case_officer", "statistician", "donor", "partner_agency"])
async def test_only_finance_certifies(running: Run, role: str) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    other = svc.client(role, offices=["ZRH"], programmes=[PROGRAMME])
    assert (await other.post(f"{ROOT}/payments/{payment}/certification", json={})).status_code == 403


async def test_outside_the_scope_everything_looks_absent(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    strangers = [
        svc.client("caseworker", offices=["BRN"]),
        svc.client("finance_officer", programmes=[str(uuid4())]),
        svc.client("programme_manager", programmes=["not-an-id"]),
        svc.client("reintegration_partner", partner_id=PARTNER),
        svc.client("provider", provider_id=PROVIDER),
        svc.client("finance_officer"),
    ]
    absent = await strangers[0].get(f"{ROOT}/payments/{uuid4()}")
    for stranger in strangers:
        answer = await stranger.get(f"{ROOT}/payments/{payment}")
        assert (answer.status_code, answer.json()) == (404, absent.json())
        lines = await stranger.get(f"{ROOT}/assistance-lines", params={"case_id": story.case_id})
        assert lines.status_code == 404
        assert (await stranger.get(f"{ROOT}/payments")).json()["items"] == []
    certified = await strangers[1].post(
        f"{ROOT}/payments/{payment}/certification", json={}, headers={"If-Match": '"1"'}
    )
    assert certified.status_code == 404
    assert (await story.request("travel", by=strangers[0])).status_code == 404


async def test_request_payment_twice_with_one_key_is_one_payment(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    line = story.line_of("departure_cash")
    body = {
        "line_id": line["line_id"],
        "amount": {"amount_minor": 60_000, "currency": "CHF"},
        "payee_kind": "beneficiary",
        "evidence_ref": "R-1",
    }
    client, headers = story.caseworker(), {"Idempotency-Key": "once"}
    first = await client.post(f"{ROOT}/payments", json=body, headers=headers)
    again = await client.post(f"{ROOT}/payments", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert first.headers["Location"] == f"{ROOT}/payments/{first.json()['id']}"
    assert len(await svc.published("reintegration.payment.requested.v1")) == 1
    same_evidence = await client.post(
        f"{ROOT}/payments", json={**body, "amount": {"amount_minor": 1, "currency": "CHF"}}
    )
    assert same_evidence.json()["slug"] == "already-exists"
    more = await client.post(f"{ROOT}/payments", json={**body, "evidence_ref": "R-2"})
    assert (more.status_code, more.json()["slug"], more.json()["remaining_minor"]) == (
        409,
        "line-exceeded",
        40_000,
    )


async def test_a_step_needs_the_version_that_was_read(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    payment = await story.requested("departure_cash")
    path = f"{ROOT}/payments/{payment}/certification"
    assert (await story.officer().post(path, json={})).status_code == 428
    stale = await story.officer().post(path, json={}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["slug"]) == (412, "changed-meanwhile")
    assert (await story.officer().post(path, json={}, headers={"If-Match": '"1"'})).status_code == 200


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"amount": {"amount_minor": 1, "currency": "EUR"}}, "currency-differs"),
        ({"amount": {"amount_minor": 0, "currency": "CHF"}}, "invalid"),
        ({"amount": {"amount_minor": -5, "currency": "CHF"}}, "invalid"),
        ({"evidence_ref": "a name with blanks"}, "invalid"),
        ({"on": "2030-01-01"}, "date-in-future"),
        ({"surprise": 1}, "invalid"),
    ],
)
async def test_what_makes_no_sense_is_refused(running: Run, change: dict[str, Any], slug: str) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    answer = await story.request("departure_cash", **change)
    assert (answer.status_code, answer.json()["slug"]) == (422, slug)


async def test_fail_payment_frees_the_line_for_a_new_request(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.requested("departure_cash")
    for step, by in (
        ("certification", story.officer()),
        ("authorisation", story.manager()),
        ("instruction", story.officer()),
    ):
        await story.step(payment, step, by)
    assert (await accounts(svc, budget["id"]))["committed"] == 100_000
    answer = await story.step(payment, "failure", story.officer(), reason_group="third_party")
    assert answer.json()["state"] == "FAILED"
    assert await accounts(svc, budget["id"]) == {
        "available": 10_000_000 - story.total,
        "reserved": story.total,
        "committed": 0,
        "paid": 0,
    }
    await story.pay("departure_cash")
    assert (await svc.published("reintegration.payment.failed.v1"))[0].data["reason_group"] == "third_party"


async def test_reverse_payment_puts_the_money_back_on_the_line(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    budget = await story.funded()
    payment = await story.pay("departure_cash")
    answer = await story.step(payment, "reversal", story.officer(), reason_group="circumstances")
    assert answer.json()["state"] == "REVERSED"
    assert (await accounts(svc, budget["id"]))["paid"] == 0
    await story.pay("departure_cash")
    assert len(await svc.published("reintegration.payment.reversed.v1")) == 1


async def test_the_payee_is_sealed_and_shown_to_finance_only(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.funded()
    payee = {"name": "Canary Beridze", "method": "bank_transfer", "account": "GE29NB0000000101904917"}
    answer = await story.request("departure_cash", payee=payee)
    assert "Canary" not in answer.text
    payment = answer.json()["id"]
    assert (await story.officer().get(f"{ROOT}/payments/{payment}")).json()["payee"] == payee
    assert (await story.caseworker().get(f"{ROOT}/payments/{payment}")).json()["payee"] is None
    opened = await svc.fetch("SELECT actor, facts::text AS facts FROM audit WHERE action = 'personal-data.opened'")
    assert [(row["actor"], '"payment"' in row["facts"]) for row in opened] == [("fo-1", True)]
    for table in ("payment", "outbox", "audit", "notification"):
        rows = await svc.fetch(f"SELECT * FROM {table}")
        assert b"Canary" not in repr([dict(row) for row in rows]).encode()


async def test_a_partner_sees_amounts_of_own_measures_only_and_never_the_rule(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    paid_from = story.line_of("post_return")["line_id"]
    body = {"category": "training", "line_id": paid_from, "provider_id": PROVIDER}
    await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)
    shown = await story.partner().get(f"{ROOT}/assistance-lines", params={"case_id": story.case_id})
    lines = {line["line_id"]: line for line in shown.json()["items"]}
    assert {line["phase"] for line in lines.values()} == {"post_arrival", "post_return"}
    assert {line_id for line_id, line in lines.items() if line["amount"]} == {paid_from}
    assert {(line["rule"], line["code"]) for line in lines.values()} == {(None, None)}
    refused = await story.request("departure_cash", by=story.partner())
    assert refused.status_code == 404
    provider = story.svc.client("provider", provider_id=PROVIDER, subject="pv-1")
    theirs = await provider.get(f"{ROOT}/assistance-lines", params={"case_id": story.case_id})
    assert [line["line_id"] for line in theirs.json()["items"]] == [paid_from]
    assert (await story.request("post_arrival", by=provider)).status_code == 404
    assert missing(await story.request("post_return", by=provider)) == ["plan-active"]


async def test_a_provider_is_paid_for_its_measure(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    body = {
        "category": "training",
        "line_id": story.line_of("post_return")["line_id"],
        "provider_id": PROVIDER,
    }
    await story.partner().post(f"{ROOT}/plans/{plan}/measures", json=body)
    for step, by in (
        ("submission", story.caseworker()),
        ("validation", story.partner()),
        ("approval", story.manager()),
    ):
        await act(by, f"plans/{plan}", step)
    await story.arrived()
    provider = story.svc.client("provider", provider_id=PROVIDER, subject="pv-1")
    payment = await story.pay("post_return", 10_000, by=provider, payee_kind="third_party")
    assert [each["id"] for each in (await provider.get(f"{ROOT}/payments")).json()["items"]] == [payment]
