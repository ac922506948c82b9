"""Somebody looked at a message without effect: it leaves the worklist, and who looked and what they did stays."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.domain.access import may_work
from services.returns.domain.not_applied import Finding
from services.returns.persistence.agency_messages import NOT_APPLIED, message_of
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class NothingToLookAt(Conflict):
    """The message had its effect."""

    slug = "nothing-to-look-at"
    title = "This message was applied or noted; there is nothing to look at"


@dataclass(frozen=True, kw_only=True)
class LookAtMessage:
    """Which message, and what came of the look."""

    case_id: UUID
    message_id: UUID
    finding: Finding


async def handle(command: LookAtMessage, *, uow: UnitOfWork) -> AgencyMessageRow:
    """The first look counts; another one changes nothing. Raises NotFound, NothingToLookAt."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    row = await message_of(uow, file.id, command.message_id)
    if row.outcome != NOT_APPLIED:
        raise NothingToLookAt
    if row.looked_on is not None:
        return row
    row.looked_on, row.looked_by, row.look_finding = uow.now.date(), uow.actor.subject, command.finding
    touch(file.case, now=uow.now)
    remember(
        uow, file.case, "agency-message-looked-at", before=file.case.state, on=row.looked_on, about=command.finding
    )
    return row
