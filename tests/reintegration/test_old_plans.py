"""Plans of earlier revisions: the ladder starts, measures know whom they are for, and no order is given twice."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.testing.databases import Databases
from tests.old_data import Old, at_revision, going_on
from tests.reintegration.story import PARTNER, PROGRAMME, ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")
ARRIVED = date(2026, 2, 20)


async def line_of(old: Old, case: UUID, reservation: UUID, budget: UUID, phase: str, person_ref: str | None) -> UUID:
    amounts = {"amount_minor": 10, "available_minor": 0, "reserved_minor": 10, "committed_minor": 0, "paid_minor": 0}
    kind = {"phase": phase, "code": "c", "rule": "r", "committed_by_plan": False, "pending_minor": 0, "currency": "CHF"}
    whose = {"case_id": case, "reservation_id": reservation, "budget_id": budget, "person_ref": person_ref}
    return await old.put("assistance_line", **whose, **amounts, **kind)


async def old_plan(old: Old, *, approved: bool) -> dict[str, UUID]:
    """A family that has arrived, with a measure for all and help of the first days for one."""
    case, programme = uuid4(), UUID(PROGRAMME)
    file = {"office_id": "ZRH", "programme_id": programme, "standing": "approved", "arrived_on": ARRIVED}
    await old.put("case_file", case_id=case, **file)
    minor = {"appropriated_minor": 20, "available_minor": 0, "reserved_minor": 20, "committed_minor": 0}
    budget = await old.put(
        "budget", grant_code=str(case), component="c", year=2026, currency="CHF", paid_minor=0, **minor
    )
    granted = {"case_id": case, "budget_id": budget, "currency": "CHF", "programme_id": programme}
    reservation = await old.put("reservation", state="reserved", rule_version="1", approved_on=ARRIVED, **granted)
    person = f"pr_{case.hex[:6]}"
    fact = {"relation": "main_applicant", "age_band": "25-34", "travelled": True}
    await old.put("beneficiary", person_ref=person, case_id=case, **fact)
    stands = {"state": "ACTIVE", "approved_on": ARRIVED} if approved else {"state": "DRAFT"}
    days = {"arrived_on": ARRIVED, "due_on": ARRIVED + timedelta(days=31)}
    plan = await old.put("plan", case_id=case, persons_count=1, partner_id=UUID(PARTNER), **stands, **days)
    made = {"case": case, "plan": plan}
    for name, phase, ref in (("all", "post_return", None), ("one", "post_arrival", person)):
        line = await line_of(old, case, reservation, budget, phase, ref)
        about = {"plan_id": plan, "case_id": case, "line_id": line, "category": "housing", "level": "individual"}
        made[name] = await old.put("measure", state="PLANNED", **about)
    return made


async def test_plans_from_before_ladders_persons_and_orders_go_on(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0004 nobody was looked for, before 0008 a measure named nobody, before 0013 no order was kept."""
    async with at_revision(databases, clock, "0003", name="reintegration") as old:
        active, draft = await old_plan(old, approved=True), await old_plan(old, approved=False)
        async with going_on(old, issuer) as service:
            rows = await service.fetch("SELECT id, person_ref FROM measure WHERE person_ref IS NOT NULL")
            assert {row["id"] for row in rows} == {active["one"], draft["one"]}
            ordered = await service.fetch("SELECT measure_id, partner_id::text AS partner FROM measure_order")
            assert {row["measure_id"] for row in ordered} == {active["all"], active["one"], draft["one"]}
            assert {row["partner"] for row in ordered} == {PARTNER}
            clock.advance(days=30)
            for _ in range(2):
                await service.run_job("first-contacts")
            desk = service.client("caseworker", offices=["ZRH"])
            for each in (active, draft):
                shown = (await desk.get(f"{ROOT}/plans/{each['plan']}")).json()
                assert (shown["contact_rungs_told"], shown["state"] != "DORMANT") == (1, True)
            assert await service.published("reintegration.measure.ordered.v1") == []
