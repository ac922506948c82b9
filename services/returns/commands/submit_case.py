"""Submit the application to the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import CaseSubmittedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, person_facts
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SubmitCase:
    """Which case, on which day."""

    case_id: UUID
    on: date | None = None


async def handle(command: SubmitCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused naming every missing consent, declaration or safeguard."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    advance(uow, file, "submit", on=on)
    file.case.submitted_on = on
    uow.publish(CaseSubmittedV1(case_id=file.case.id, on=on, persons=await person_facts(uow, file.travelling, on=on)))
    uow.notify("case.submitted", role="case_officer", scope=file.case.authority_id, subject=file.case.id)
    return file.case
