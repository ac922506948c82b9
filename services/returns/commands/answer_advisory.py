"""Answer a safety advisory on a case: an officer's assessment, or that the people were told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.commands.recorded import recorded
from services.returns.domain.access import may_work
from services.returns.domain.advisories import Outcome
from services.returns.persistence.advisories import ASSESSED, TOLD
from services.returns.persistence.advisory_tables import AdvisoryAnswerRow
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class AnswerAdvisory:
    """Which advisory; an outcome is an assessment, without one the people were told."""

    case_id: UUID
    advisory_id: UUID
    outcome: Outcome | None = None
    on: date | None = None


async def handle(command: AnswerAdvisory, *, uow: UnitOfWork) -> ReturnCaseRow:
    """A later answer replaces an earlier one, which stays readable. Raises NotFound for an advisory for another
    country, too."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    if command.advisory_id not in {advisory.advisory_id for advisory in file.warnings.advisories}:
        raise NotFound
    on = fact_day(uow, command.on)
    kind = ASSESSED if command.outcome else TOLD
    row = AdvisoryAnswerRow(
        case_id=file.id,
        advisory_id=command.advisory_id,
        kind=kind,
        outcome=command.outcome,
        on=on,
        **recorded(uow),
    )
    uow.session.add(row)
    file.warnings.answers.append(row)
    touch(file.case, now=uow.now)
    remember(uow, file.case, f"advisory-{kind}", before=file.case.state, on=on, about=command.outcome)
    recheck(uow, file, on=uow.now.date())
    return file.case
