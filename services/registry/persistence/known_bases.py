"""Keeps and finds the legal bases that returns published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.registry.domain.legal_basis import for_case, live
from services.registry.persistence.disclosure_basis_tables import KnownBasisRow
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow, KnownCaseRow
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
    """The requests for whose recipient and programme a basis has ended or run out: told, and not yet told of an end."""
    over = col(KnownBasisRow.ended_on).is_not(None) | (col(KnownBasisRow.valid_to) < uow.now.date())
    statement = (
        select(AgencyCaseRow.case_id, AgencyCaseRow.recipient_id)
        .join(KnownCaseRow, col(KnownCaseRow.case_id) == col(AgencyCaseRow.case_id))
        .join(
            KnownBasisRow,
            (col(KnownBasisRow.recipient_id) == col(AgencyCaseRow.recipient_id))
            & (col(KnownBasisRow.programme_id) == col(KnownCaseRow.programme_id)),
        )
        .where(over, col(AgencyCaseRow.told), col(AgencyCaseRow.ended_on).is_(None))
        .distinct()
        .order_by(col(AgencyCaseRow.case_id), col(AgencyCaseRow.recipient_id))
    )
    return [(case_id, recipient_id) for case_id, recipient_id in (await uow.session.execute(statement)).all()]


async def kinds_of_basis(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> dict[UUID, str]:
    """For each delivery about a case, of which kind the basis is that it leaves on."""
    about = {row.case_id for row in rows if row.case_id is not None}
    if not about:
        return {}
    cases = (await uow.session.execute(select(KnownCaseRow).where(col(KnownCaseRow.case_id).in_(about)))).scalars()
    programmes = {case.case_id: case.programme_id for case in cases}
    known, kinds = await bases_for(uow, {row.recipient_id for row in rows}), dict[UUID, str]()
    for row in rows:
        if row.case_id is None or row.case_id not in programmes:
            continue
        own = [basis for basis in known if basis.recipient_id == row.recipient_id and live(basis, uow.now.date())]
        found = for_case(own, programme_id=programmes[row.case_id], case_id=row.case_id, purpose=row.purpose)
        kind = next((basis.basis for basis in found if basis.basis is not None), None)
        if kind is not None:
            kinds[row.id] = kind
    return kinds
