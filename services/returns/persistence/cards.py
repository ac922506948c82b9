"""Loads and keeps cards, and what was granted and paid to one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.returns.persistence.card_tables import GrantedLineRow, PaidLineRow, ReturnCardRow
from services.returns.persistence.secret_codes import code_digest
from services.returns.persistence.tables import CasePersonRow, QuoteRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

PURPOSE = "return-card"


async def card_by_code(uow: UnitOfWork, code: str) -> tuple[ReturnCardRow, Literal["own", "second"]]:
    """The card behind one of its two codes, locked. Raises NotFound, the same for whatever opens nothing."""
    digest = code_digest(code, purpose=PURPOSE)
    row = ReturnCardRow
    statement = select(row).where(or_(col(row.code_digest) == digest, col(row.second_digest) == digest))
    found = await uow.session.scalar(statement.with_for_update())
    if found is None or found.ended_on is not None or found.expires_on < uow.now.date():
        raise NotFound
    return found, "own" if bytes(found.code_digest) == digest else "second"


async def live_card(uow: UnitOfWork, person_id: UUID) -> ReturnCardRow | None:
    """The card of a person that opens something today."""
    row = ReturnCardRow
    statement = select(row).where(
        col(row.person_id) == person_id, col(row.ended_on).is_(None), col(row.expires_on) >= uow.now.date()
    )
    return await uow.session.scalar(statement.order_by(col(row.id).desc()).limit(1).with_for_update())


async def end_cards(uow: UnitOfWork, person_id: UUID) -> None:
    """From now on no card of this person opens anything."""
    row = ReturnCardRow
    live = update(row).where(col(row.person_id) == person_id, col(row.ended_on).is_(None))
    await uow.session.execute(live.values(ended_on=uow.now.date(), updated_at=uow.now, version=row.version + 1))


async def person_and_case(uow: UnitOfWork, person_id: UUID) -> tuple[CasePersonRow, ReturnCaseRow]:
    """The person of a card and the file they are on now. Raises NotFound."""
    person = await uow.session.get(CasePersonRow, person_id)
    case = await uow.session.get(ReturnCaseRow, person.case_id) if person else None
    if person is None or case is None:
        raise NotFound
    return person, case


async def keep_granted(uow: UnitOfWork, case_id: UUID, lines: Iterable[Mapping[str, Any]]) -> None:
    """The lines of the grant that is in force; an earlier grant of the case is replaced."""
    await uow.session.execute(delete(GrantedLineRow).where(col(GrantedLineRow.case_id) == case_id))
    uow.session.add_all(_granted(case_id, line) for line in lines)


def add_granted(uow: UnitOfWork, case_id: UUID, lines: Iterable[Mapping[str, Any]]) -> None:
    """Lines that come on top of the grant that is in force."""
    uow.session.add_all(_granted(case_id, line) for line in lines)


async def granted_to(uow: UnitOfWork, case: ReturnCaseRow, person_ref: str) -> list[GrantedLineRow]:
    """What is granted to this person or to the family together; for older grants, the lines of the calculation."""
    row = GrantedLineRow
    statement = select(row).where(col(row.case_id) == case.id).order_by(col(row.line_id))
    lines = list((await uow.session.execute(statement)).scalars())
    quote = await uow.session.get(QuoteRow, case.quote_id) if case.quote_id and not lines else None
    if quote is not None and case.decided_on is not None:
        lines = [_granted(case.id, line) for line in quote.lines]
    return [line for line in lines if line.person_ref in (None, person_ref)]


def _granted(case_id: UUID, line: Mapping[str, Any]) -> GrantedLineRow:
    values: dict[str, Any] = {name: line.get(name) for name in GrantedLineRow.model_fields if name != "case_id"}
    return GrantedLineRow(case_id=case_id, **values)


async def keep_paid(uow: UnitOfWork, values: dict[str, Any]) -> None:
    """Note a payment; hearing of it again changes nothing."""
    await uow.session.execute(insert(PaidLineRow).values(**values).on_conflict_do_nothing())


async def reverse_paid(uow: UnitOfWork, payment_id: UUID, amount_minor: int) -> None:
    """So much of a payment was taken back."""
    row = PaidLineRow
    statement = update(row).where(col(row.payment_id) == payment_id)
    await uow.session.execute(statement.values(reversed_minor=col(row.reversed_minor) + amount_minor))


@dataclass(frozen=True)
class Received:
    """What came of one payment and was not taken back; without a phase, of a grant that was replaced since."""

    case_id: UUID
    person_ref: str | None
    phase: str | None
    code: str | None
    amount_minor: int
    currency: str
    on: date


async def received_in(uow: UnitOfWork, case_ids: Iterable[UUID]) -> list[Received]:
    """Payments that reached their payees on these cases, the oldest first."""
    paid, line = PaidLineRow, GrantedLineRow
    kept = col(paid.amount_minor) - col(paid.reversed_minor) > 0
    statement = (
        select(paid, line)
        .outerjoin(line, col(line.line_id) == col(paid.line_id))
        .where(col(paid.case_id).in_(list(case_ids)), kept)
        .order_by(col(paid.on), col(paid.payment_id))
    )
    return [_received(payment, granted) for payment, granted in (await uow.session.execute(statement)).all()]


def _received(paid: PaidLineRow, line: GrantedLineRow | None) -> Received:
    return Received(
        case_id=paid.case_id,
        person_ref=line.person_ref if line else None,
        phase=line.phase if line else None,
        code=line.code if line else None,
        amount_minor=paid.amount_minor - paid.reversed_minor,
        currency=paid.currency,
        on=paid.on,
    )


async def granted_in(uow: UnitOfWork, case_ids: Iterable[UUID]) -> list[GrantedLineRow]:
    """The lines of the grants that are in force on these cases."""
    row = GrantedLineRow
    statement = select(row).where(col(row.case_id).in_(list(case_ids))).order_by(col(row.line_id))
    return list((await uow.session.execute(statement)).scalars())


async def paid_by_line(uow: UnitOfWork, line_ids: Iterable[str]) -> dict[str, int]:
    """Minor units paid so far, by line."""
    row = PaidLineRow
    left = col(row.amount_minor) - col(row.reversed_minor)
    statement = select(col(row.line_id), func.sum(left)).where(col(row.line_id).in_(list(line_ids)))
    rows = (await uow.session.execute(statement.group_by(col(row.line_id)))).all()
    return {line_id: int(amount) for line_id, amount in rows}
