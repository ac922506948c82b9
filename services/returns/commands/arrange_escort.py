"""Ask for somebody who travels with a person, confirm it, record the hand-over, or do without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.domain.access import may_confirm_arrival, may_work
from services.returns.domain.journey_papers import escort_after
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.journey_tables import EscortRow
from services.returns.persistence.journeys import escort_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

DAYS = {"confirm": "confirmed_on", "hand_over": "handed_over_on", "cancel": "cancelled_on"}
AWAY = ("DEPARTED", "ARRIVED", "HANDED_OVER")


@dataclass(frozen=True, kw_only=True)
class ArrangeEscort:
    """For whom, of which kind and qualification, and who receives the person."""

    case_id: UUID
    person_ref: str
    kind: str
    qualification: str
    hand_over_to: str


async def handle(command: ArrangeEscort, *, uow: UnitOfWork) -> EscortRow:
    """From now on the case is not ready before the escort is confirmed, and somebody must receive them. Raises
    NotFound."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person, on = file.person(command.person_ref), uow.now.date()
    row = EscortRow(
        case_id=file.id,
        person_id=person.id,
        kind=command.kind,
        qualification=command.qualification,
        hand_over_to=command.hand_over_to,
        requested_by=uow.actor.subject,
        requested_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    file.escorts.append(row)
    file.case.handover_needed = file.case.handover_needed or command.hand_over_to != "nobody_needed"
    touch(file.case, now=uow.now)
    remember(uow, file.case, "escort-requested", before=file.case.state, on=on, person_ref=person.person_ref)
    recheck(uow, file, on=on)
    return row


@dataclass(frozen=True, kw_only=True)
class MoveEscort:
    """Which step, when, and a coded reason for doing without."""

    case_id: UUID
    escort_id: UUID
    step: str
    on: date | None = None
    reason_code: str | None = None


async def move(command: MoveEscort, *, uow: UnitOfWork) -> EscortRow:
    """Raises NotFound, TransitionRefused."""
    policy = may_confirm_arrival if command.step == "hand_over" else may_work
    file = await load_file(uow, command.case_id, policy, lock=True)
    row = await escort_of(uow, file.id, command.escort_id)
    uow.match(row.version)
    on, status = fact_day(uow, command.on), escort_after(row.status, command.step)
    if command.step == "hand_over" and file.case.state not in AWAY:
        told = Missing("state", "A person is handed over on the way or after the arrival.")
        raise TransitionRefused(transition="hand over", state=file.case.state, missing=[told])
    row.status, row.reason_code = status, command.reason_code
    setattr(row, DAYS[command.step], on)
    touch(row, now=uow.now)
    touch(file.case, now=uow.now)
    remember(uow, file.case, f"escort-{status.replace('_', '-')}", before=file.case.state, on=on)
    recheck(uow, file, on=uow.now.date())
    return row
