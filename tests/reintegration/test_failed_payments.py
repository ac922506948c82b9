"""A payment that came back: tried again with the same data by an officer, or with other data after four eyes; with a clock
that everybody sees. Source: domain-rules.md 35, row 31.
"""

from __future__ import annotations

from typing import Any

import pytest

from services.reintegration.domain.payment_failure import FailureReason, Mend
from services.reintegration.persistence.reference_data import failure_rules
from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story, accounts, act

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAYEE = {"name": "N. Beridze", "method": "bank_transfer", "account": "GE00AA"}
OTHER = {**PAYEE, "name": "Nino Beridze"}


async def came_back(running: Run, reason: str, **more: Any) -> tuple[Story, str, dict[str, Any]]:
    """A payment that was with the bank and came back, and its budget."""
    story = Story(await running("reintegration"))
    budget = await story.funded()
    payment = await story.requested("departure_cash", payee=PAYEE, **more)
    for step, by in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        assert (await story.step(payment, step, story.officer(by))).status_code == 200
    failed = await story.step(payment, "failure", story.officer(), reason_group="third_party", reason_code=reason)
    assert failed.status_code == 200, failed.text
    return story, payment, budget


async def notices(client: Any, kind: str) -> list[dict[str, Any]]:
    return [one for one in (await client.get(f"{ROOT}/notifications")).json()["items"] if one["kind"] == kind]


def lacking(answer: Any) -> set[str]:
    assert answer.status_code == 409, answer.text
    return {entry["code"] for entry in answer.json()["missing"]}


async def approved(story: Story, payment: str, payee: dict[str, str] = OTHER) -> str:
    body = {"payee": payee, "reason_code": "spelling_as_in_passport"}
    made = await story.caseworker().post(f"{ROOT}/payments/{payment}/payee-changes", json=body)
    assert made.status_code == 201, made.text
    path = f"{ROOT}/payments/{payment}/payee-changes/{made.json()['id']}/decision"
    answer = await story.officer().post(path, json={"approved": True})
    assert answer.status_code == 200, answer.text
    return str(made.json()["id"])


async def test_every_reason_says_what_has_to_be_mended() -> None:
    mends = failure_rules().mends
    assert set(mends) == set(FailureReason)
    for reason in (FailureReason.NAME_TRANSLITERATION_MISMATCH, FailureReason.ACCOUNT_NOT_IN_OWN_NAME):
        assert mends[reason] is Mend.PAYEE


async def test_the_person_is_told_and_everybody_sees_until_when_it_is_tried_again(running: Run) -> None:
    story, payment, _ = await came_back(running, "channel_unavailable")
    (notice,) = await notices(story.caseworker(), "payment.failed")
    assert (notice["subject"], notice["facts"]) == (
        payment,
        {"reason_code": "channel_unavailable", "retry_by": "2026-03-12"},
    )
    waiting = (await story.officer().get(f"{ROOT}/payments", params={"came_back": "true"})).json()["items"]
    assert [(row["id"], row["retry_by"], row["reason_code"]) for row in waiting] == [
        (payment, "2026-03-12", "channel_unavailable")
    ]
    (event,) = await story.svc.published("reintegration.payment.failed.v1")
    assert event.data["retry_by"] == "2026-03-12"
    assert "reason_code" not in event.data
    for days in (11, 0, 1):
        story.svc.clock.advance(days=days)
        await story.svc.run_job("watch-money-clocks")
    for client in (story.caseworker(), story.officer()):
        assert [one["subject"] for one in await notices(client, "payment.retry-overdue")] == [payment]


async def test_the_same_data_go_out_again_by_an_officer(running: Run) -> None:
    story, payment, budget = await came_back(running, "channel_unavailable")
    assert (await accounts(story.svc, budget["id"]))["committed"] == 0
    assert (await act(story.caseworker(), f"payments/{payment}", "repetition")).status_code == 403
    again = await story.step(payment, "repetition", story.officer())
    assert (again.json()["state"], again.json()["retry_by"]) == ("INSTRUCTED", None)
    assert (await accounts(story.svc, budget["id"]))["committed"] == 100_000
    assert (await story.step(payment, "settlement", story.officer())).status_code == 200
    assert (await accounts(story.svc, budget["id"])) | {"available": 0, "reserved": 0} == {
        "available": 0,
        "reserved": 0,
        "committed": 0,
        "paid": 100_000,
    }


@pytest.mark.parametrize("reason", ["name_transliteration_mismatch", "account_not_in_own_name"])
async def test_other_data_need_a_second_person_before_the_payment_is_asked_for_again(running: Run, reason: str) -> None:
    story, payment, _ = await came_back(running, reason)
    assert lacking(await story.step(payment, "repetition", story.officer())) == {"payee-change"}
    by_the_back_door = await story.request("departure_cash", payee=OTHER)
    assert by_the_back_door.json()["slug"] == "payee-change-needs-approval"
    both = story.svc.client(
        "caseworker", "finance_officer", subject="both", offices=[story.office], programmes=[story.programme]
    )
    body = {"payee": OTHER, "reason_code": "spelling_as_in_passport"}
    proposed = (await both.post(f"{ROOT}/payments/{payment}/payee-changes", json=body)).json()
    assert [one["subject"] for one in await notices(story.officer(), "payee-change.proposed")] == [payment]
    path = f"{ROOT}/payments/{payment}/payee-changes/{proposed['id']}/decision"
    assert lacking(await both.post(path, json={"approved": True})) == {"other-than-proposer"}
    assert lacking(await act(story.caseworker(), f"payments/{payment}", "new-request")) == {"payee-approved"}
    assert (await story.officer("fo-2").post(path, json={"approved": True})).json()["state"] == "APPROVED"
    new = await act(story.caseworker(), f"payments/{payment}", "new-request")
    assert new.status_code == 201, new.text
    assert (new.json()["state"], new.json()["repeats_payment_id"]) == ("REQUESTED", payment)
    shown = (await story.officer().get(f"{ROOT}/payments/{new.json()['id']}")).json()
    assert shown["payee"] == OTHER
    assert (await story.officer().get(f"{ROOT}/payments/{payment}")).json()["retry_by"] is None
    assert "not-repeated" in lacking(await act(story.caseworker(), f"payments/{payment}", "new-request"))


async def test_a_refused_proposal_changes_nothing_and_a_later_one_replaces_an_open_one(running: Run) -> None:
    story, payment, _ = await came_back(running, "account_closed")
    path = f"{ROOT}/payments/{payment}/payee-changes"
    body = {"payee": OTHER, "reason_code": "other_account"}
    made = [(await story.caseworker().post(path, json=body)).json()["id"] for _ in range(2)]
    refused = await story.officer().post(f"{path}/{made[1]}/decision", json={"approved": False})
    assert refused.json()["state"] == "REFUSED"
    shown = (await story.officer().get(path)).json()["items"]
    assert [row["state"] for row in shown] == ["REPLACED", "REFUSED"]
    assert shown[0]["payee"] == OTHER
    assert (await story.caseworker().get(path)).json()["items"][0]["payee"] is None
    assert lacking(await story.officer().post(f"{path}/{made[0]}/decision", json={"approved": True})) == set()
    assert lacking(await act(story.caseworker(), f"payments/{payment}", "new-request")) == {"payee-approved"}


async def test_a_second_proposal_is_never_decided_by_its_proposer_in_the_database_either(running: Run) -> None:
    story, payment, _ = await came_back(running, "account_closed")
    change = await approved(story, payment)
    rows = await story.svc.fetch("SELECT proposed_by, decided_by FROM payee_change WHERE id::text = $1", change)
    assert dict(rows[0]) == {"proposed_by": "cw-1", "decided_by": "fo-1"}
    with pytest.raises(Exception, match="decider_is_not_proposer"):
        await story.svc.fetch("UPDATE payee_change SET decided_by = proposed_by")


async def test_after_a_withdrawal_a_grant_that_came_back_is_not_tried_again_but_an_invoice_is(running: Run) -> None:
    story, grant, _ = await came_back(running, "channel_unavailable")
    invoice = await story.requested("travel", payee_kind="third_party")
    for step, by in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        await story.step(invoice, step, story.officer(by))
    await story.step(invoice, "failure", story.officer(), reason_group="third_party", reason_code="limit_exceeded")
    await story.withdrawn()
    assert lacking(await story.step(grant, "repetition", story.officer())) == {"case-not-ended"}
    assert (await story.step(invoice, "repetition", story.officer())).json()["state"] == "INSTRUCTED"
    assert (await story.step(invoice, "settlement", story.officer())).json()["state"] == "SETTLED"


async def test_outside_the_scope_nothing_of_it_exists(running: Run) -> None:
    story, payment, _ = await came_back(running, "account_closed")
    stranger = story.svc.client("caseworker", offices=["BRN"])
    path = f"{ROOT}/payments/{payment}"
    body = {"payee": OTHER, "reason_code": "other_account"}
    assert (await stranger.post(f"{path}/payee-changes", json=body)).status_code == 404
    assert (await stranger.get(f"{path}/payee-changes")).status_code == 404
    assert (await stranger.post(f"{path}/new-request", json={})).status_code == 404
