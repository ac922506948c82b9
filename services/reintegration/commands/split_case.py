"""Persons go on in a case of their own: their personal lines, with the money set aside and any payments, go
with them.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from services.reintegration.commands import open_plan, release_funds
from services.reintegration.contracts.consumed import CaseSplitSeen
from services.reintegration.contracts.published import FundsReserved
from services.reintegration.domain.case_standing import Standing, has_ended
from services.reintegration.persistence.budgets import find_budget
from services.reintegration.persistence.cases import find_case, set_case, set_person
from services.reintegration.persistence.lines import as_facts, find_reservation, lock_lines
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import CaseFileRow, LineRow, ReservationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


async def handle(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """Done once, under the old case's key, where the approval always comes first; the twin under the new
    key only waits.
    """
    if seen.published_under != seen.case_id:
        return
    old = await find_case(uow, seen.case_id)
    await _inherit(old, seen, uow=uow)
    for person in seen.persons:
        await set_person(uow, seen.new_case_id, person)
    moved = await _move_lines(seen, uow=uow)
    old_plan = await plan_of(uow, seen.case_id, lock=True)
    if old_plan is not None:
        old_plan.persons_count = max(0, old_plan.persons_count - len(seen.persons))
        touch(old_plan, now=uow.now)
        opening = open_plan.OpenPlan(case_id=seen.new_case_id, persons_count=len(seen.persons))
        await open_plan.handle(opening, uow=uow)
    new = await find_case(uow, seen.new_case_id)
    if new is not None and has_ended(new.standing):
        reason = new.reason_group or "circumstances"
        await release_funds.release(uow, new.case_id, on=new.ended_on or seen.on, reason_group=reason)
    elif moved is not None:
        _tell(*moved, uow=uow)


async def _inherit(old: CaseFileRow | None, seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """The new case belongs where the old one did, unless its own events said otherwise already."""
    new = await find_case(uow, seen.new_case_id)
    values: dict[str, object] = {}
    if old is not None:
        for name in ("office_id", "programme_id", "partnership_id", "destination", "approved_on"):
            if new is None or getattr(new, name) is None:
                values[name] = getattr(old, name)
        if (new is None or new.standing == Standing.OPEN) and old.standing == Standing.APPROVED:
            values["standing"] = old.standing
    await set_case(uow, seen.new_case_id, **values)


async def _move_lines(seen: CaseSplitSeen, *, uow: UnitOfWork) -> tuple[ReservationRow, list[LineRow]] | None:
    old = await find_reservation(uow, seen.case_id)
    if old is None:
        return None
    if old.budget_id is not None:
        await find_budget(uow, old.budget_id, lock=True)
    going = {person.person_ref for person in seen.persons}
    lines = [line for line in await lock_lines(uow, seen.case_id) if line.person_ref in going]
    if not lines:
        return None
    target = await find_reservation(uow, seen.new_case_id) or await _reservation_like(old, seen, uow=uow)
    for line in lines:
        line.case_id, line.reservation_id = seen.new_case_id, target.id
        touch(line, now=uow.now)
        await uow.session.execute(
            update(PaymentRow).where(col(PaymentRow.line_id) == line.id).values(case_id=seen.new_case_id)
        )
    await uow.session.flush()
    return target, lines


async def _reservation_like(old: ReservationRow, seen: CaseSplitSeen, *, uow: UnitOfWork) -> ReservationRow:
    row = ReservationRow(
        case_id=seen.new_case_id,
        programme_id=old.programme_id,
        budget_id=old.budget_id,
        currency=old.currency,
        state=old.state,
        rule_version=old.rule_version,
        approved_on=old.approved_on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


def _tell(reservation: ReservationRow, lines: list[LineRow], *, uow: UnitOfWork) -> None:
    """The new case learns what it has; the old one keeps its reservation, so nothing is released there."""
    held = [(line, line.reserved_minor + line.committed_minor) for line in lines]
    held = [(line, amount) for line, amount in held if amount]
    if reservation.budget_id is None or not held:
        return
    uow.publish(
        FundsReserved(
            case_id=reservation.case_id,
            reservation_id=reservation.id,
            budget_id=reservation.budget_id,
            lines=as_facts(held),
            total=Money(sum(amount for _, amount in held), reservation.currency),
        )
    )
    uow.record("funds.moved", subject=reservation.case_id, lines=len(held))
