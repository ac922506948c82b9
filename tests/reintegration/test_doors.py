"""Every command's door: shut to other roles, invisible from other scopes, and only with the version that was read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import PARTNER, PROGRAMME, ROOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")

FINANCE = ("finance_officer", {"programmes": ["{programme}"]})
MANAGER = ("programme_manager", {"programmes": ["{programme}"]})
CASEWORKER = ("caseworker", {"offices": ["{office}"]})
PARTNERS = ("reintegration_partner", {"partner_id": "{partner}"})
REASON = {"reason_group": "circumstances"}

DOORS: dict[str, tuple[str, Any, dict[str, Any], bool]] = {
    "certify_payment": ("payments/{payment}/certification", FINANCE, {}, True),
    "authorise_payment": ("payments/{payment}/authorisation", MANAGER, {}, True),
    "instruct_payment": ("payments/{payment}/instruction", FINANCE, {}, True),
    "settle_payment": ("payments/{payment}/settlement", FINANCE, {}, True),
    "fail_payment": ("payments/{payment}/failure", MANAGER, REASON, True),
    "reverse_payment": ("payments/{payment}/reversal", FINANCE, REASON, True),
    "assign_plan": ("plans/{plan}/assignment", CASEWORKER, {"partner_id": PARTNER}, True),
    "submit_plan": ("plans/{plan}/submission", CASEWORKER, {}, True),
    "validate_plan": ("plans/{plan}/validation", PARTNERS, {}, True),
    "approve_plan": ("plans/{plan}/approval", MANAGER, {}, True),
    "record_first_contact": ("plans/{plan}/first-contact", PARTNERS, {}, True),
    "revive_plan": ("plans/{plan}/revival", CASEWORKER, {}, True),
    "record_death": ("plans/{plan}/deaths", PARTNERS, {"person_ref": "pr_1"}, True),
    "record_re_migration": ("plans/{plan}/re-migrations", CASEWORKER, {"person_refs": ["pr_1"]}, True),
    "transfer_plan": (
        "plans/{plan}/transfers",
        CASEWORKER,
        {"to_partner_id": PROGRAMME, "reason_code": "moved"},
        True,
    ),
    "complete_plan": ("plans/{plan}/completion", PARTNERS, {}, True),
    "discontinue_plan": ("plans/{plan}/discontinuation", CASEWORKER, REASON, True),
    "add_measure": ("plans/{plan}/measures", PARTNERS, {"category": "training"}, False),
    "start_measure": ("plans/{plan}/measures/{measure}/start", PARTNERS, {}, False),
    "deliver_measure": ("plans/{plan}/measures/{measure}/delivery", PARTNERS, {"evidence_ref": "D-1"}, False),
    "verify_measure": ("plans/{plan}/measures/{measure}/verification", PARTNERS, {}, False),
    "cancel_measure": ("plans/{plan}/measures/{measure}/cancellation", PARTNERS, {}, False),
}


def claims_of(scope: dict[str, Any], **values: str) -> dict[str, Any]:
    return {
        name: [each.format(**values) for each in value] if isinstance(value, list) else value.format(**values)
        for name, value in scope.items()
    }


@pytest.mark.parametrize("command", sorted(DOORS))
async def test_a_door(running: Run, command: str) -> None:
    path, (role, scope), body, version_needed = DOORS[command]
    story = Story(svc := await running("reintegration"))
    await story.funded()
    plan = await story.assigned()
    payment = await story.requested("departure_cash")
    added = await story.partner().post(f"{ROOT}/plans/{plan}/measures", json={"category": "training"})
    url = f"{ROOT}/{path.format(payment=payment, plan=plan, measure=added.json()['id'])}"

    assert (await svc.client().post(url, json=body)).status_code == 401
    assert (await svc.client("statistician").post(url, json=body)).status_code == 403

    elsewhere = claims_of(scope, programme=str(uuid4()), office="BRN", partner=str(uuid4()))
    foreign = await svc.client(role, **elsewhere).post(url, json=body, headers={"If-Match": '"1"'})
    assert (foreign.status_code, foreign.json()["slug"]) == (404, "not-found")

    ours = svc.client(role, **claims_of(scope, programme=PROGRAMME, office="ZRH", partner=PARTNER))
    stale = await ours.post(url, json=body, headers={"If-Match": '"99"'})
    assert stale.status_code == (412 if command != "add_measure" else 201)
    if version_needed:
        assert (await ours.post(url, json=body)).status_code == 428
    unknown = await ours.post(url, json={**body, "surprise": 1})
    assert unknown.status_code == 422
