"""Keep a complaint from whom it is about: name a person as concerned, or say that it is a report of misconduct."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.persistence.complaint_tables import ComplaintRow
from services.returns.persistence.complaints import load_complaint
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RestrictComplaint:
    """What an officer found on reading; restrictions are only ever added."""

    complaint_id: UUID
    concerned: str | None = None
    misconduct: bool = False
    about_office: str | None = None


async def handle(command: RestrictComplaint, *, uow: UnitOfWork) -> ComplaintRow:
    """Raises NotFound. Whoever is named here, or works in the office named, does not find it any more."""
    row = await load_complaint(uow, command.complaint_id)
    uow.match(row.version)
    if command.concerned and command.concerned not in row.excluded:
        row.excluded = [*row.excluded, command.concerned]
    row.misconduct = row.misconduct or command.misconduct
    row.office_id = row.office_id or command.about_office
    touch(row, now=uow.now)
    uow.record("complaint.restricted", subject=row.id)
    return row
