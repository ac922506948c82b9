"""Finds incidents, searches and host-side entries; only here an account of an incident is sealed and opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.non_arrival import Rung
from services.returns.persistence.aftermath_tables import (
    HostChecklistEntryRow,
    IncidentRow,
    NonArrivalSearchRow,
    NonArrivalStepRow,
)
from services.returns.persistence.dated_reference import reference
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.vault import Sealed

LADDER = "non-arrival-ladder-v1"


def ladder(version: str = LADDER) -> list[Rung]:
    """The rungs of the data, in order."""
    return [Rung(**step) for step in reference(version)["steps"]]


async def seal_account(uow: UnitOfWork, row: IncidentRow, account: str) -> None:
    """Seal what was told under the key of the person it happened to."""
    value = Sealed(row.person_id, "incident", "account", account.encode())
    row.sealed_account = await uow.vault.seal(value)


async def open_accounts(uow: UnitOfWork, rows: Sequence[IncidentRow]) -> dict[UUID, str | None]:
    """What was told, by incident, audited; None where the person was erased."""
    known = [row for row in rows if row.sealed_account is not None]
    items = [Sealed(row.person_id, "incident", "account", bytes(row.sealed_account or b"")) for row in known]
    opened = await uow.vault.open_many(items, purpose="incident")
    return {row.id: value.decode() if value else None for row, value in zip(known, opened, strict=True)}


async def incidents_of(uow: UnitOfWork, case_id: UUID) -> list[IncidentRow]:
    """Oldest first."""
    statement = select(IncidentRow).where(col(IncidentRow.case_id) == case_id).order_by(col(IncidentRow.id))
    return list((await uow.session.execute(statement)).scalars())


async def incident_of(uow: UnitOfWork, case_id: UUID, incident_id: UUID) -> IncidentRow:
    """One incident of a case; raises NotFound."""
    found = await uow.session.get(IncidentRow, incident_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


async def searches_of(uow: UnitOfWork, case_id: UUID, *, open_only: bool = False) -> list[NonArrivalSearchRow]:
    """Oldest first."""
    row = NonArrivalSearchRow
    statement = select(row).where(col(row.case_id) == case_id).order_by(col(row.id))
    if open_only:
        statement = statement.where(col(row.closed_on).is_(None))
    return list((await uow.session.execute(statement)).scalars())


async def search_of(uow: UnitOfWork, case_id: UUID, search_id: UUID) -> NonArrivalSearchRow:
    """One search of a case; raises NotFound."""
    found = await uow.session.get(NonArrivalSearchRow, search_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


async def rungs_of(uow: UnitOfWork, search_ids: Collection[UUID]) -> list[NonArrivalStepRow]:
    """What was tried, in order."""
    row = NonArrivalStepRow
    statement = select(row).where(col(row.search_id).in_(search_ids)).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def host_entries(uow: UnitOfWork, case_id: UUID) -> list[HostChecklistEntryRow]:
    """In the order in which they were recorded."""
    row = HostChecklistEntryRow
    statement = select(row).where(col(row.case_id) == case_id).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())
