"""Reintegration answered about the money; an answer for a case that is over is recorded, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.commands.moving import recheck
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Funding
from services.returns.persistence.cases import load_file, remember
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordFunding:
    """The answer."""

    case_id: UUID
    funding: Funding
    reservation_id: UUID | None = None


async def handle(command: RecordFunding, *, uow: UnitOfWork) -> None:
    """Record the answer and tell those who wait for it."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case = file.case
    case.funding = command.funding.value
    case.reservation_id = command.reservation_id or case.reservation_id
    touch(case, now=uow.now)
    remember(uow, case, f"funding-{command.funding.value}", before=case.state)
    recheck(uow, file, on=uow.now.date())
    kind = f"funding.{command.funding.value}"
    uow.notify(kind, role="caseworker", scope=case.office_id, subject=case.id)
