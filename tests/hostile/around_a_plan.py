"""Seeds what may hang on a plan and its money, so that a stranger can be tried on it: referrals, transfers, heirs, claims."""

from __future__ import annotations

from uuid import uuid4

from tests.reintegration.story import PARTNER, ROOT, Story, act
from tests.reintegration.test_failed_payments import OTHER, PAYEE
from tests.reintegration.test_leaving_plans import dies, propose
from tests.reintegration.test_recoveries import begin
from tests.reintegration.test_referrals import Referral
from tests.reintegration.test_transfers import moved, offered


async def came_back(story: Story) -> None:
    """A payment that came back from the bank, with another account proposed for it; the case has its grant."""
    payment = await story.requested("departure_cash", payee=PAYEE)
    for step, by in (("certification", "fo-1"), ("authorisation", "fo-2"), ("instruction", "fo-1")):
        assert (await story.step(payment, step, story.officer(by))).status_code == 200
    back = {"reason_group": "third_party", "reason_code": "account_closed"}
    assert (await story.step(payment, "failure", story.officer(), **back)).status_code == 200
    change = {"payee": OTHER, "reason_code": "other_account"}
    path = f"{ROOT}/payments/{payment}/payee-changes"
    assert (await story.caseworker().post(path, json=change)).status_code == 201


async def handed_over(story: Story, plan: str) -> None:
    """Of an active plan: somebody is referred to a provider, another partner is asked to take it, and yet another one to
    take all plans of its partner."""
    referral = Referral(story)
    referral.plan = plan
    await referral.offered()
    await referral.placed()
    assert (await offered(story, plan, await story.enrolled(str(uuid4())))).status_code == 201
    await whole(story, PARTNER, await story.enrolled(str(uuid4())))


async def taken_back(story: Story) -> None:
    """A plan that went to another partner, which asks ours to take it back, and with it all that it has."""
    plan = await story.plan_approved()
    await story.arrived()
    receiver = await story.enrolled(str(uuid4()))
    await moved(story, plan, receiver)
    assert (await offered(story, plan, PARTNER)).status_code == 201
    await whole(story, receiver, PARTNER)


async def whole(story: Story, giver: str, taker: str) -> None:
    """All plans of one partner are offered to another."""
    body = {"programme_id": story.programme, "from_partner_id": giver, "to_partner_id": taker}
    made = await story.manager().post(f"{ROOT}/partner-transfers", json=body)
    assert made.status_code == 201, made.text


async def left(story: Story) -> None:
    """A plan whose one adult has died, with an heir proposed, and whose other one left, with a grant claimed back."""
    plan = await story.plan_approved()
    await story.arrived()
    await story.pay("post_return", 50_000)
    assert (await dies(story, plan, story.brother)).status_code == 200
    heir = {"of_person_ref": story.brother, "kind": "family_member", "evidence_ref": "HEIR-1"}
    proposed = await propose(story, plan, **heir, person_ref=story.father)
    assert proposed.status_code == 201, proposed.text
    assert (await act(story.partner(), f"plans/{plan}", "re-migrations", person_refs=[story.father])).status_code == 200
    claimed = await begin(story, plan)
    assert claimed.status_code == 201, claimed.text
