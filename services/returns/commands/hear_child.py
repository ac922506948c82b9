"""Record a talk with a child about what it wants itself: by whom, where, and whether the talk was its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.name_holder import minor
from services.returns.commands.recorded import recorded
from services.returns.commands.resting import look_again
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.child_tables import ChildHearingRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class HearChild:
    """What the child wants; no words of it are kept here."""

    case_id: UUID
    child_ref: str
    view: str
    heard_by: str
    setting: str
    alone: bool
    language: str
    interpreter: str
    on: date | None = None


async def handle(command: HearChild, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, NotAChild. A child that is against it brings the case to rest."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    child, on = minor(file, command.child_ref), fact_day(uow, command.on)
    row = ChildHearingRow(
        person_id=child.id,
        view=command.view,
        heard_by=command.heard_by,
        setting=command.setting,
        alone=command.alone,
        language=command.language,
        interpreter=command.interpreter,
        on=on,
        **recorded(uow),
    )
    uow.session.add(row)
    file.children.hearings.append(row)
    touch(file.case, now=uow.now)
    remember(uow, file.case, "child-heard", before=file.case.state, on=on, person_ref=child.person_ref)
    look_again(uow, file, on=on)
    return file.case
