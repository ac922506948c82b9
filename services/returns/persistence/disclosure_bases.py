"""Finds the legal bases that are recorded for a recipient and purpose, and packages that rest on none any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.returns.domain.disclosure_basis import basis_missing, carries, live
from services.returns.persistence.case_lists import NOT_SETTLED
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.disclosure_basis_tables import DisclosureBasisRow
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, NotFound


async def basis_of(uow: UnitOfWork, programme_id: UUID, basis_id: UUID) -> DisclosureBasisRow:
    """One of a programme's bases, locked; raises NotFound."""
    row = DisclosureBasisRow
    statement = select(row).where(col(row.id) == basis_id, col(row.programme_id) == programme_id)
    found: DisclosureBasisRow | None = await uow.session.scalar(statement.with_for_update(key_share=True))
    if found is None:
        raise NotFound
    return found


def bases_of(
    programme_id: UUID, *, recipient_id: UUID | None = None, purpose: str | None = None
) -> SelectOfScalar[DisclosureBasisRow]:
    """Those of a programme, of one recipient or purpose if given."""
    row = DisclosureBasisRow
    statement = select(row).where(col(row.programme_id) == programme_id)
    if recipient_id is not None:
        statement = statement.where(col(row.recipient_id) == recipient_id)
    return statement if purpose is None else statement.where(col(row.purpose) == purpose)


async def recorded_for(uow: UnitOfWork, file: CaseFile, row: DisclosureRow) -> list[DisclosureBasisRow]:
    """Everything ever recorded for the package's recipient and purpose in the programme of its case, newest first."""
    statement = bases_of(file.case.programme_id, recipient_id=row.recipient_id, purpose=row.purpose)
    ordered = statement.order_by(col(DisclosureBasisRow.id).desc()).execution_options(populate_existing=True)
    return list((await uow.session.execute(ordered)).scalars())


def fitting(recorded: Sequence[DisclosureBasisRow], row: DisclosureRow) -> list[DisclosureBasisRow]:
    """Those of the kind, clause and case that the package names."""
    kind, clause, case = row.basis_type, row.clause_id, row.case_id
    return [basis for basis in recorded if carries(basis, basis_type=kind, clause_id=clause, case_id=case)]


async def what_is_missing(uow: UnitOfWork, file: CaseFile, row: DisclosureRow, on: date) -> Missing | None:
    """Why the package has no live legal basis; None when it has one."""
    recorded = await recorded_for(uow, file, row)
    return basis_missing(recorded, fitting(recorded, row), on)


async def live_basis(uow: UnitOfWork, file: CaseFile, row: DisclosureRow, on: date) -> DisclosureBasisRow | None:
    """The newest live basis that the package rests on."""
    found = fitting(await recorded_for(uow, file, row), row)
    return next((basis for basis in found if live(basis, on)), None)


FALLEN = text(
    """
    SELECT DISTINCT package.case_id FROM disclosure AS package JOIN return_case ON return_case.id = package.case_id
    WHERE package.status = 'approved' AND package.basis_id IS NOT NULL AND package.expires_on >= :today
      AND NOT EXISTS (
        SELECT 1 FROM disclosure_basis AS basis
        WHERE basis.programme_id = return_case.programme_id AND basis.recipient_id = package.recipient_id
          AND basis.purpose = package.purpose AND basis.basis_type = package.basis_type
          AND (basis.clause_id IS NULL OR basis.clause_id = package.clause_id)
          AND (basis.case_id IS NULL OR basis.case_id = package.case_id)
          AND basis.approved_on IS NOT NULL AND basis.ended_on IS NULL
          AND basis.valid_from <= :today AND (basis.valid_to IS NULL OR basis.valid_to >= :today))
    ORDER BY package.case_id LIMIT :most
    """
)
"""Cases with an approved package whose basis has ended; packages from before bases were recorded name none."""


async def cases_without_basis(uow: UnitOfWork, *, most: int) -> list[UUID]:
    """Cases in which a package is open that rests on nothing any more."""
    rows = await uow.session.execute(FALLEN, {"today": uow.now.date(), "most": most})
    return list(rows.scalars())


EXPIRED = text(
    """
    SELECT DISTINCT package.case_id FROM disclosure AS package JOIN consent ON consent.case_id = package.case_id
    JOIN case_person AS person ON person.id = consent.person_id
    WHERE package.status = 'approved' AND package.expires_on >= :today AND consent.withdrawn_on IS NULL
      AND consent.valid_until < :today AND package.person_refs ? person.person_ref
      AND consent.recipients ? package.recipient_id::text
      AND NOT EXISTS (
        SELECT 1 FROM consent AS later
        WHERE later.person_id = consent.person_id AND later.case_id = consent.case_id AND later.withdrawn_on IS NULL
          AND (later.valid_until IS NULL OR later.valid_until >= :today)
          AND later.recipients ? package.recipient_id::text AND later.purposes ? package.purpose)
    ORDER BY package.case_id LIMIT :most
    """
)
"""Cases with an approved package that names somebody whose last consent for its recipient and purpose has run out."""


async def cases_with_expired_consent(uow: UnitOfWork, *, most: int) -> list[UUID]:
    """Cases in which a package names somebody whose consent has run out."""
    rows = await uow.session.execute(EXPIRED, {"today": uow.now.date(), "most": most})
    return list(rows.scalars())


async def cases_not_settled(uow: UnitOfWork, *, most: int) -> list[UUID]:
    """Cases that are over and of which it is not known that everything asked for them has ended."""
    statement = select(col(ReturnCaseRow.id)).where(NOT_SETTLED).order_by(col(ReturnCaseRow.id)).limit(most)
    return list((await uow.session.execute(statement)).scalars())
