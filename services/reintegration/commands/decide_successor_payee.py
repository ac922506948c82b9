"""Another person confirms or refuses a successor; a confirmed one can be revoked, and nothing more is paid to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.successor_payee import missing_to_confirm, step
from services.reintegration.persistence.course_tables import SuccessorPayeeRow
from services.reintegration.persistence.plans import find_in_plan
from services.reintegration.persistence.policies import may_oversee_without_consent
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

STEPS = {"confirmed": "confirm", "refused": "refuse"}


@dataclass(frozen=True, kw_only=True)
class DecideSuccessorPayee:
    """Confirm or refuse this successor."""

    plan_id: UUID
    successor_id: UUID
    outcome: Literal["confirmed", "refused"]
    on: date | None = None


async def handle(command: DecideSuccessorPayee, *, uow: UnitOfWork) -> SuccessorPayeeRow:
    """Decide; raises NotFound, TransitionRefused for the one who proposed it."""
    on = day_of_fact(command.on, uow.now)
    row = await _locked(uow, command.plan_id, command.successor_id)
    missing = missing_to_confirm(proposed_by=row.proposed_by, acting=uow.actor.subject)
    row.state = step(STEPS[command.outcome], row.state, missing)
    row.decided_by, row.decided_on = uow.actor.subject, on
    touch(row, now=uow.now)
    uow.record(f"successor-payee.{command.outcome}", subject=row.id, plan_id=str(row.plan_id))
    return row


async def revoke(plan_id: UUID, successor_id: UUID, *, on: date | None, uow: UnitOfWork) -> SuccessorPayeeRow:
    """Take a confirmation back; raises NotFound, TransitionRefused."""
    row = await _locked(uow, plan_id, successor_id)
    row.state = step("revoke", row.state)
    row.revoked_by, row.revoked_on = uow.actor.subject, day_of_fact(on, uow.now)
    touch(row, now=uow.now)
    uow.record("successor-payee.revoked", subject=row.id, plan_id=str(plan_id))
    return row


async def _locked(uow: UnitOfWork, plan_id: UUID, successor_id: UUID) -> SuccessorPayeeRow:
    return await find_in_plan(uow, SuccessorPayeeRow, plan_id, successor_id, may_oversee_without_consent, lock=True)
