"""Keep who a person is while a complaint, a court or an authority needs it, and lift that again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.returns.commands.order_erasure import PERIODS
from services.returns.commands.take_back_erasure import ErasureDone
from services.returns.persistence.cases import remember
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.erasure_tables import ErasureHoldRow
from services.returns.persistence.erasures import erasure_of, file_of_person, hold_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class HoldErasure:
    """Of whom, on which ground, and when somebody looks at it again."""

    case_id: UUID
    person_ref: str
    ground: str
    look_again_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class LiftHold:
    """Which."""

    case_id: UUID
    person_ref: str
    hold_id: UUID


async def handle(command: HoldErasure, *, uow: UnitOfWork) -> ErasureHoldRow:
    """Raises NotFound, ErasureDone."""
    file, person = await file_of_person(uow, command.case_id, command.person_ref)
    erasure, today = await erasure_of(uow, person.id), uow.now.date()
    if erasure is not None and erasure.status == "done":
        raise ErasureDone
    row = ErasureHoldRow(
        person_id=person.id,
        ground=command.ground,
        placed_on=today,
        placed_by=uow.actor.subject,
        placed_role=uow.acting_role,
        look_again_on=command.look_again_on or today + timedelta(days=reference(PERIODS)["hold_looked_at_after_days"]),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    remember(uow, file.case, "erasure-held", before=file.case.state, on=today, person_ref=person.person_ref)
    return row


async def lift(command: LiftHold, *, uow: UnitOfWork) -> ErasureHoldRow:
    """An erasure that waited for it is carried out by the timer. Raises NotFound; lifting twice changes nothing."""
    file, person = await file_of_person(uow, command.case_id, command.person_ref)
    row = await hold_of(uow, person.id, command.hold_id)
    if row.lifted_on is None:
        row.lifted_on, row.lifted_by = uow.now.date(), uow.actor.subject
        touch(row, now=uow.now)
        remember(uow, file.case, "erasure-hold-lifted", before=file.case.state, person_ref=person.person_ref)
    return row
