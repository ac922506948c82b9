"""An approved case gets exactly its frozen lines set aside, from a budget of its programme and year, or is
refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import release_funds
from services.reintegration.contracts.consumed import LineSeen
from services.reintegration.contracts.published import FundsRefused, FundsReserved
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.ledger import Move
from services.reintegration.persistence.budgets import book, lock_candidates, lock_named
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.lines import as_facts, drop_unfunded_lines, find_reservation, lock_lines
from services.reintegration.persistence.tables import BudgetRow, LineRow, ReservationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


@dataclass(frozen=True, kw_only=True)
class ReserveFunds:
    """Set aside the lines of a decision."""

    case_id: UUID
    programme_id: UUID
    on: date
    rule_version: str
    currency: str
    lines: Sequence[LineSeen]


async def handle(command: ReserveFunds, *, uow: UnitOfWork) -> ReservationRow:
    """Once per grant; a case that ended meanwhile gets its money reserved and released again, so that both
    are on record. A grant taken up again after a release brings lines of its own, from the same budget.
    """
    existing = await find_reservation(uow, command.case_id)
    if existing is None:
        existing = await _record(command, uow=uow)
        await try_to_reserve(existing, on=command.on, uow=uow)
    elif existing.state == "refused":
        await _take_newest_grant(existing, command, uow=uow)
        await try_to_reserve(existing, on=command.on, uow=uow)
    case = await find_case(uow, command.case_id)
    if existing.state == "released" and case is not None and not has_ended(case.standing):
        await _reserve_anew(existing, command, uow=uow)
    if case is not None and has_ended(case.standing) and existing.state == "reserved":
        reason = case.reason_group or "circumstances"
        await release_funds.release(uow, command.case_id, on=case.ended_on or command.on, reason_group=reason)
    return existing


async def on_top(case_id: UUID, lines: Sequence[LineSeen], *, on: date, uow: UnitOfWork) -> None:
    """Lines for who joined after the decision, from the budget of the grant, which stands whatever comes of them. For
    a case that has no grant or is over there is nothing to come on top of: recorded, and nobody waits for an answer.
    """
    reservation = await find_reservation(uow, case_id)
    case = await find_case(uow, case_id)
    if reservation is None or case is None or has_ended(case.standing) or reservation.state != "reserved":
        uow.record("funds.on-top-too-late", subject=case_id)
        return
    known, wanted = {line.id for line in await lock_lines(uow, case_id)}, {seen.line_id for seen in lines}
    await _drop_refused(uow, case_id, wanted)
    await _add_lines(reservation, [seen for seen in lines if seen.line_id not in known], uow=uow)
    if any(line.budget_id is None for line in await lock_lines(uow, case_id)):  # the same fact again asks for nothing
        await try_to_reserve(reservation, on=on, uow=uow)


async def _drop_refused(uow: UnitOfWork, case_id: UUID, wanted: Collection[UUID]) -> None:
    """What was refused before and is not asked for again was never booked, and nobody waits for it."""
    for line in await lock_lines(uow, case_id):
        if line.budget_id is None and line.id not in wanted:
            await uow.session.delete(line)
    await uow.session.flush()


async def from_named(case_id: UUID, budget_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """A refused grant asks the budget an officer named, of whichever year; once it is reserved nothing is asked."""
    reservation = await find_reservation(uow, case_id)
    case = await find_case(uow, case_id)
    if reservation is None or reservation.state != "refused" or (case is not None and has_ended(case.standing)):
        uow.record("funds.named-budget-not-asked", subject=case_id)
        return
    named = await lock_named(uow, budget_id, programme_id=reservation.programme_id, currency=reservation.currency)
    await try_to_reserve(reservation, on=on, uow=uow, candidates=named)


async def try_to_reserve(
    reservation: ReservationRow,
    *,
    on: date,
    uow: UnitOfWork,
    tell_refusal: bool = True,
    candidates: Sequence[BudgetRow] | None = None,
) -> bool:
    """Find a budget with enough money and set the lines aside; tells everybody the answer."""
    if candidates is None:
        candidates = await _candidates(reservation, uow=uow)
    comes_on_top = reservation.state == "reserved"
    lines = [line for line in await lock_lines(uow, reservation.case_id) if line.budget_id is None]
    total = sum(line.amount_minor for line in lines)
    one_currency = all(line.currency == reservation.currency for line in lines)
    enough = [budget for budget in candidates if one_currency and budget.available_minor >= total]
    chosen = next((budget for budget in enough if reservation.budget_id in (None, budget.id)), None)
    if chosen is None:
        if tell_refusal:
            _refuse(reservation, total, candidates, on_top=comes_on_top, uow=uow)
        return False
    reservation.budget_id, reservation.state = chosen.id, "reserved"
    touch(reservation, now=uow.now)
    for line in lines:
        line.budget_id = chosen.id
        book(uow, Move.RESERVE, line.amount_minor, budget=chosen, line=line, on=on)
    uow.publish(
        FundsReserved(
            case_id=reservation.case_id,
            reservation_id=reservation.id,
            budget_id=chosen.id,
            lines=as_facts((line, line.amount_minor) for line in lines),
            total=Money(total, reservation.currency),
            on_top=comes_on_top,
        )
    )
    uow.record("funds.reserved", subject=reservation.case_id, amount_minor=total, currency=reservation.currency)
    return True


async def _candidates(reservation: ReservationRow, *, uow: UnitOfWork) -> list[BudgetRow]:
    if reservation.state == "reserved" and reservation.budget_id is not None:  # what comes on top joins its grant
        return await lock_named(
            uow,
            reservation.budget_id,
            programme_id=reservation.programme_id,
            currency=reservation.currency,
        )
    return await lock_candidates(
        uow,
        programme_id=reservation.programme_id,
        year=reservation.approved_on.year,
        currency=reservation.currency,
    )


def _refuse(
    reservation: ReservationRow, total: int, candidates: Sequence[BudgetRow], *, on_top: bool, uow: UnitOfWork
) -> None:
    uow.publish(
        FundsRefused(
            case_id=reservation.case_id,
            budget_id=candidates[0].id if candidates else None,
            total=Money(total, reservation.currency),
            reason_group="circumstances",
            on_top=on_top,
        )
    )
    scope = str(reservation.programme_id)
    uow.notify("funds.refused", role="programme_manager", scope=scope, subject=reservation.case_id)
    uow.record("funds.refused", subject=reservation.case_id, amount_minor=total)


async def _record(command: ReserveFunds, *, uow: UnitOfWork) -> ReservationRow:
    reservation = ReservationRow(
        case_id=command.case_id,
        programme_id=command.programme_id,
        currency=command.currency,
        state="refused",
        rule_version=command.rule_version,
        approved_on=command.on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(reservation)
    await uow.session.flush()
    await _add_lines(reservation, command.lines, uow=uow)
    return reservation


async def _take_newest_grant(reservation: ReservationRow, command: ReserveFunds, *, uow: UnitOfWork) -> None:
    """A grant that was never funded gives way to the one decided after it; the same fact again changes nothing."""
    known = {line.id for line in await lock_lines(uow, command.case_id)}
    lines = [seen for seen in command.lines if seen.line_id not in known]
    if lines:
        await drop_unfunded_lines(uow, command.case_id)
        reservation.approved_on, reservation.rule_version = command.on, command.rule_version
        await _add_lines(reservation, lines, uow=uow)


async def _reserve_anew(reservation: ReservationRow, command: ReserveFunds, *, uow: UnitOfWork) -> None:
    """Lines that are on record already were asked for by the same fact before; only new ones count."""
    before = await lock_lines(uow, command.case_id)
    known = {line.id for line in before}
    lines = [seen for seen in command.lines if seen.line_id not in known]
    if lines:
        if not any(line.reserved_minor or line.committed_minor or line.paid_minor for line in before):
            reservation.budget_id = None  # nothing of the first grant is used: any budget may fund the second
        reservation.state = "refused"
        reservation.approved_on, reservation.rule_version = command.on, command.rule_version
        await drop_unfunded_lines(uow, command.case_id)
        await _add_lines(reservation, lines, uow=uow)
        await try_to_reserve(reservation, on=command.on, uow=uow)


async def _add_lines(reservation: ReservationRow, lines: Sequence[LineSeen], *, uow: UnitOfWork) -> None:
    for seen in lines:
        uow.session.add(
            LineRow(
                id=seen.line_id,
                case_id=reservation.case_id,
                reservation_id=reservation.id,
                person_ref=seen.person_ref,
                phase=seen.phase,
                code=seen.code,
                rule=seen.rule,
                currency=seen.currency,
                amount_minor=seen.amount_minor,
                available_minor=seen.amount_minor,
                created_at=uow.now,
                updated_at=uow.now,
            )
        )
    await uow.session.flush()
