"""Record the vulnerability screening; it can be opened again at any time before the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import CaseScreenedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, seal_indicators
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ScreenedPerson:
    """What was found for one person; indicator codes are sealed."""

    person_ref: str
    indicators: list[str] = field(default_factory=list)
    safeguards: list[str] = field(default_factory=list)
    best_interests_decided: bool = False


@dataclass(frozen=True, kw_only=True)
class ScreenCase:
    """A screening of everybody on the file."""

    case_id: UUID
    persons: list[ScreenedPerson]
    duplicates_checked: bool
    security_checked: bool
    on: date | None = None


async def handle(command: ScreenCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused. The event carries counts only."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    for found in command.persons:
        person = file.person(found.person_ref)
        await seal_indicators(uow, person, found.indicators)
        person.vulnerable = bool(found.indicators)
        person.safeguarded = bool(found.safeguards)
        person.best_interests_decided = person.best_interests_decided or found.best_interests_decided
    answered = {found.person_ref for found in command.persons}
    advance(uow, file, "screen", on=on)
    if answered >= {person.person_ref for person in file.travelling}:
        file.case.screened_on = on
    file.case.duplicates_checked = command.duplicates_checked
    file.case.security_checked = command.security_checked
    uow.publish(
        CaseScreenedV1(
            case_id=file.case.id,
            on=on,
            safeguards_count=sum(len(found.safeguards) for found in command.persons),
            vulnerable_count=sum(1 for person in file.travelling if person.vulnerable),
        )
    )
    return file.case
