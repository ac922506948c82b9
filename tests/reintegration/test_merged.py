"""Files of one family that became one: money, plan and payments are those of the file that goes on."""

from __future__ import annotations

from itertools import permutations

import pytest

from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story, accounts, open_budget
from tests.reintegration.test_reservations import facts

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEPT, OPENED, EMPTIED = "kept", "opened", "emptied"
ORDERS = [order for order in permutations((KEPT, OPENED, EMPTIED)) if order.index(OPENED) < order.index(EMPTIED)]
"""The fact comes under both keys; under its own key, the emptied file's comes after its opening."""


async def merged(kept: Story, joined: Story, *, order: tuple[str, ...] = (OPENED, KEPT, EMPTIED)) -> None:
    """The brother had a file of his own, and goes on in the father's."""
    brother, father = kept.persons[1], kept.persons[0]
    joined.persons, kept.persons = [{**brother, "relation": "main_applicant"}], [father]
    data = {"case_id": kept.case_id, "merged_case_id": joined.case_id, "on": "2026-01-20", "persons": [brother]}
    await kept.opened()
    for step in order:
        if step == OPENED:
            await joined.opened()
        else:
            under = kept if step == KEPT else joined
            for _ in range(2):
                await under.tell("case.merged", **{**data, "published_under": under.case_id})
    kept.persons = [father, brother]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
async def test_the_common_grant_is_set_aside_and_paid_for_everybody(running: Run, order: tuple[str, ...]) -> None:
    kept = Story(svc := await running("reintegration"))
    joined = Story(svc)
    budget = await open_budget(svc, 10_000_000)
    await merged(kept, joined, order=order)
    await kept.approved()
    assert (await accounts(svc, budget["id"]))["reserved"] == kept.total
    plan = (await kept.caseworker().get(f"{ROOT}/plans/{await kept.plan_id()}")).json()
    assert plan["persons_count"] == 2
    await kept.pay("departure_cash", 50_000, person_ref=kept.brother)
    await kept.arrived()
    await kept.pay("post_arrival", 20_000, person_ref=kept.brother)
    held = await accounts(svc, budget["id"])
    assert (held["paid"], held["reserved"] + held["committed"]) == (70_000, kept.total - 70_000)
    assert {entry["case_id"] for entry in await facts(svc, "payment.settled")} == {kept.case_id}


async def test_who_stays_behind_after_joining_gives_back_what_was_for_them(running: Run) -> None:
    kept = Story(svc := await running("reintegration"))
    budget = await open_budget(svc, 10_000_000)
    await merged(kept, Story(svc))
    await kept.approved()
    await kept.tell("case.did-not-board", on="2026-02-19", person_refs=[kept.brother])
    assert (await accounts(svc, budget["id"]))["reserved"] == kept.total - 70_000


async def test_the_emptied_file_has_neither_plan_nor_money(running: Run) -> None:
    kept = Story(svc := await running("reintegration"))
    joined = Story(svc)
    await open_budget(svc, 10_000_000)
    await merged(kept, joined)
    await kept.approved()
    plans = await joined.caseworker().get(f"{ROOT}/plans", params={"case_id": joined.case_id})
    assert plans.json()["items"] == []
    rows = await svc.fetch("SELECT case_id::text, count(*) AS persons FROM beneficiary GROUP BY case_id")
    assert [(row["case_id"], row["persons"]) for row in rows] == [(kept.case_id, 2)]


async def test_the_late_events_of_an_emptied_file_bring_nobody_back_who_went_on_from_there(running: Run) -> None:
    """Each file's events keep their own order and have none among each other: any of them may come last as a whole."""
    svc = await running("reintegration")
    for order in permutations(("emptied", "common", "own")):
        joined, kept, new, again = (Story(svc) for _ in range(4))
        brother = joined.persons[1]
        joined.persons = [brother]
        merge = ("case.merged", {"case_id": kept.case_id, "merged_case_id": joined.case_id})
        split = ("case.split", {"case_id": kept.case_id, "new_case_id": new.case_id})
        back = ("case.merged", {"case_id": kept.case_id, "merged_case_id": new.case_id})
        last = ("case.split", {"case_id": kept.case_id, "new_case_id": again.case_id})
        streams = {
            "emptied": (joined, [merge]),
            "common": (kept, [merge, split, back, last]),
            "own": (new, [split, back]),
        }
        for stream in order:
            of, events = streams[stream]
            if of is joined:
                await joined.opened()
            for name, data in events:
                common = {"on": "2026-01-20", "persons": [brother], "published_under": of.case_id}
                await of.tell(name, **{**data, **common})
        (row,) = await svc.fetch("SELECT case_id::text FROM beneficiary WHERE person_ref = $1", brother["person_ref"])
        assert row["case_id"] == again.case_id, order
