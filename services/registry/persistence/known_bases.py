"""Keeps and finds the legal bases that returns published."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from services.registry.domain.legal_basis import for_case, live
from services.registry.persistence.disclosure_basis_tables import KnownBasisRow
from services.registry.persistence.disclosure_tables import AgencyCaseRow, KnownCaseRow
from shared.database.unit_of_work import UnitOfWork


async def keep_basis(uow: UnitOfWork, basis_id: UUID, **values: Any) -> None:
    """What is known of a basis; its end stays, whatever arrives afterwards."""
    statement = insert(KnownBasisRow).values(basis_id=basis_id, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["basis_id"], set_=values))


async def bases_for(uow: UnitOfWork, recipient_ids: set[UUID]) -> list[KnownBasisRow]:
    """Every basis of these recipients, read anew."""
    statement = select(KnownBasisRow).where(col(KnownBasisRow.recipient_id).in_(recipient_ids))
    return list((await uow.session.execute(statement.execution_options(populate_existing=True))).scalars())


async def has_live_basis(uow: UnitOfWork, case: KnownCaseRow | None, recipient_id: UUID, purpose: str) -> bool:
    """Whether the recipient may be told something of the case for the purpose, where people consent too."""
    if case is None:
        return False
    found = await bases_for(uow, {recipient_id})
    fitting = for_case(found, programme_id=case.programme_id, case_id=case.case_id, purpose=purpose)
    return any(live(basis, uow.now.date()) for basis in fitting)


async def told_without_basis(uow: UnitOfWork) -> list[tuple[UUID, UUID]]:
    """The requests for whose recipient and programme a basis has ended or run out and no other has taken its place:
    told, and not yet told of an end."""
    over = col(KnownBasisRow.ended_on).is_not(None) | (col(KnownBasisRow.valid_to) < uow.now.date())
    for_it = col(KnownBasisRow.only_case_id).is_(None) | (col(KnownBasisRow.only_case_id) == col(AgencyCaseRow.case_id))
    statement = (
        select(AgencyCaseRow.case_id, AgencyCaseRow.recipient_id)
        .join(KnownCaseRow, col(KnownCaseRow.case_id) == col(AgencyCaseRow.case_id))
        .join(
            KnownBasisRow,
            (col(KnownBasisRow.recipient_id) == col(AgencyCaseRow.recipient_id))
            & (col(KnownBasisRow.programme_id) == col(KnownCaseRow.programme_id)),
        )
        .where(over, for_it, ~_replaced(uow.now.date()), col(AgencyCaseRow.told), col(AgencyCaseRow.ended_on).is_(None))
        .distinct()
        .order_by(col(AgencyCaseRow.case_id), col(AgencyCaseRow.recipient_id))
    )
    return [(case_id, recipient_id) for case_id, recipient_id in (await uow.session.execute(statement)).all()]


def _replaced(today: date) -> ColumnElement[bool]:
    """Whether another basis is in force for the purpose of the one that is over; says in SQL what `live` says."""
    other = aliased(KnownBasisRow)
    return exists().where(
        col(other.recipient_id) == col(KnownBasisRow.recipient_id),
        col(other.programme_id) == col(KnownBasisRow.programme_id),
        col(other.purpose) == col(KnownBasisRow.purpose),
        col(other.only_case_id).is_(None) | (col(other.only_case_id) == col(AgencyCaseRow.case_id)),
        col(other.ended_on).is_(None),
        col(other.valid_from) <= today,
        col(other.valid_to).is_(None) | (col(other.valid_to) >= today),
    )
