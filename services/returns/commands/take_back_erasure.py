"""Take an erasure back that still waits: the person changed their mind, or it was asked for the wrong one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.persistence.cases import remember
from services.returns.persistence.erasure_tables import ErasureRow
from services.returns.persistence.erasures import erasure_of, file_of_person
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound


class ErasureDone(Conflict):
    """A key that was destroyed cannot be had back."""

    slug = "erasure-done"
    title = "This person was erased; that cannot be undone"


@dataclass(frozen=True, kw_only=True)
class TakeBackErasure:
    """Whose."""

    case_id: UUID
    person_ref: str


async def handle(command: TakeBackErasure, *, uow: UnitOfWork) -> ErasureRow:
    """Raises NotFound, ErasureDone. Doing it again changes nothing."""
    file, person = await file_of_person(uow, command.case_id, command.person_ref)
    if (row := await erasure_of(uow, person.id)) is None:
        raise NotFound
    if row.status == "done":
        raise ErasureDone
    if row.status == "waiting":
        row.status = "taken_back"
        touch(row, now=uow.now)
        remember(uow, file.case, "erasure-taken-back", before=file.case.state, person_ref=person.person_ref)
    return row
