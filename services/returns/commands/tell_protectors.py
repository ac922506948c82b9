"""Whoever protects people, in the office that knows them and in the authority that decides, is told of something."""

from __future__ import annotations

from uuid import UUID

from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


def tell_protectors(uow: UnitOfWork, case: ReturnCaseRow, kind: str, *, subject: UUID | None = None) -> None:
    """About the case, unless another subject is named."""
    for scope in (case.office_id, case.authority_id):
        uow.notify(kind, role="protection_officer", scope=scope, subject=subject or case.id)
