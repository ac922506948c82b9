"""Reservations and assistance lines."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select

from services.reintegration.contracts.published import Line
from services.reintegration.domain.assistance_line import AFTER_ARRIVAL, LineUse
from services.reintegration.domain.payment import AUTHORISED_UNPAID
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import person_named, require_case, scope_of
from services.reintegration.persistence.policies import is_caseworker_of, is_partner_of, may_request, same
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from services.reintegration.persistence.tables import LineRow, ReservationRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def find_reservation(uow: UnitOfWork, case_id: UUID) -> ReservationRow | None:
    """The reservation of a case."""
    return await fresh.one(uow, select(ReservationRow).where(col(ReservationRow.case_id) == case_id))


async def find_line(uow: UnitOfWork, line_id: UUID, *, lock: bool = False) -> LineRow:
    """A line as it is now; raises NotFound."""
    statement = select(LineRow).where(col(LineRow.id) == line_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    return row


async def require_line(uow: UnitOfWork, line_id: UUID) -> LineRow:
    """A line the actor may ask payments from; raises NotFound outside of it.

    Partners see lines of the time after arrival, providers only those of their own measures.
    """
    line = await find_line(uow, line_id)
    await require_case(uow, line.case_id, may_request)
    scope = await scope_of(uow, line.case_id)
    if scope is None or uow.actor.is_system or is_caseworker_of(uow.actor, scope):
        return line
    visible = line.phase in AFTER_ARRIVAL if is_partner_of(uow.actor, scope) else False
    if not visible and not await _provides(uow, line):
        raise NotFound
    return line


async def _provides(uow: UnitOfWork, line: LineRow) -> bool:
    """Whether a measure of the actor's organisation is paid from this line."""
    statement = select(MeasureRow).where(col(MeasureRow.line_id) == line.id)
    return any(same(uow.actor.provider_id, each.provider_id) for each in await fresh.every(uow, statement))


async def person_left(uow: UnitOfWork, line: LineRow) -> bool:
    """Whether the person a line was granted to stayed behind, left the plan, or went on in another case."""
    person = await person_named(uow, line.person_ref) if line.person_ref else None
    if person is None:
        return False
    return person.travelled is False or person.left_plan_on is not None or person.case_id != line.case_id


async def lock_lines(uow: UnitOfWork, case_id: UUID, *, lock: bool = True) -> list[LineRow]:
    """All lines of a case in the order of their ids; locked, unless they are only looked at."""
    statement = select(LineRow).where(col(LineRow.case_id) == case_id).order_by(col(LineRow.id))
    return list(await fresh.every(uow, statement.with_for_update(key_share=True) if lock else statement))


async def drop_unfunded_lines(uow: UnitOfWork, case_id: UUID) -> None:
    """Lines that no budget ever funded: nothing was asked of them, and a newer grant takes their place."""
    await uow.session.flush()
    where = (col(LineRow.case_id) == case_id, col(LineRow.budget_id).is_(None))
    await uow.session.execute(delete(LineRow).where(*where))


async def use_of(uow: UnitOfWork, line: LineRow) -> LineUse:
    """How a locked line is used right now."""
    await uow.session.flush()
    authorised = await uow.session.scalar(
        select(func.coalesce(func.sum(PaymentRow.amount_minor), 0)).where(
            col(PaymentRow.line_id) == line.id, col(PaymentRow.state).in_(AUTHORISED_UNPAID)
        )
    )
    return LineUse(
        unreserved=line.available_minor,
        reserved=line.reserved_minor,
        committed=line.committed_minor,
        pending=line.pending_minor,
        authorised=int(authorised or 0),
    )


def as_facts(lines: Iterable[tuple[LineRow, int]]) -> list[Line]:
    """Lines as an event names them, each with the amount the event is about."""
    return [
        Line(
            line_id=line.id,
            phase=line.phase,
            code=line.code,
            amount_minor=amount_minor,
            currency=line.currency,
            rule=line.rule,
            person_ref=line.person_ref,
        )
        for line, amount_minor in lines
    ]
