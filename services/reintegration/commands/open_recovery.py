"""An officer opens the recovery of a grant; nothing is owed before the person was heard and another officer decided.

Source: design rules of this project, finding 17. No event and no timer ever leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.recovery import Reason, RecoveryState, missing_to_open
from services.reintegration.persistence.cases import persons_of, scope_of
from services.reintegration.persistence.course_tables import RecoveryRow
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import is_finance_of
from services.reintegration.persistence.recoveries import grants_paid, live_recovery
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, TransitionRefused
from shared.money import Money


class RecoveryOpen(Conflict):
    """One at a time against one person."""

    slug = "recovery-open"
    title = "A recovery against this person is open already"


@dataclass(frozen=True, kw_only=True)
class OpenRecovery:
    """From whom how much, why, and the two statements without which nothing is asked back from anybody."""

    plan_id: UUID
    person_ref: str
    amount: Money
    reason_code: Reason
    seeks_no_protection: bool
    within_control: bool
    on: date | None = None


async def handle(command: OpenRecovery, *, uow: UnitOfWork) -> RecoveryRow:
    """Open it; raises NotFound, TransitionRefused, RecoveryOpen."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, is_finance_of)
    person = {each.person_ref: each for each in await persons_of(uow, plan.case_id)}.get(command.person_ref)
    missing = missing_to_open(
        person,
        seeks_no_protection=command.seeks_no_protection,
        within_control=command.within_control,
        amount_minor=command.amount.amount_minor,
        paid_minor=await grants_paid(uow, plan.case_id, command.amount.currency),
    )
    if missing or person is None:
        raise TransitionRefused(transition="open-recovery", state=plan.state, missing=missing)
    if await live_recovery(uow, plan.id, command.person_ref) is not None:
        raise RecoveryOpen
    row = RecoveryRow(
        plan_id=plan.id,
        case_id=plan.case_id,
        person_ref=command.person_ref,
        amount_minor=command.amount.amount_minor,
        currency=command.amount.currency,
        state=RecoveryState.OPENED.value,
        opened_by=uow.actor.subject,
        opened_on=on,
        reason_code=command.reason_code,
        reasons_person_id=person.id,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    scope = await scope_of(uow, plan.case_id)
    if scope is not None and scope.office_id is not None:
        uow.notify("recovery.hearing-due", role="caseworker", scope=scope.office_id, subject=plan.id)
    uow.record("recovery.opened", subject=row.id, plan_id=str(plan.id))
    return row
