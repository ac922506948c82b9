"""Propose who is paid in the place of somebody who died or went away; another person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.successor_payee import Kind, SuccessorState, missing_to_propose
from services.reintegration.persistence.cases import persons_of, scope_of
from services.reintegration.persistence.course_tables import SuccessorPayeeRow
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.successor_payees import live_for, seal_details
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, TransitionRefused


class SuccessorNamed(Conflict):
    """One at a time: a successor is refused or revoked before there is another."""

    slug = "successor-named"
    title = "A successor of this person is proposed or confirmed already"


class SuccessorNotDescribed(Invalid):
    """A member of the family by reference alone, anybody else by name."""

    slug = "successor-not-described"
    title = "Name a member of the family by person_ref, anybody else by details"


@dataclass(frozen=True, kw_only=True)
class ProposeSuccessorPayee:
    """In whose place who is paid, and the paper that shows it; details of somebody outside the plan are sealed."""

    plan_id: UUID
    of_person_ref: str
    kind: Kind
    evidence_ref: str
    person_ref: str | None = None
    details: Mapping[str, str] | None = None
    on: date | None = None


async def handle(command: ProposeSuccessorPayee, *, uow: UnitOfWork) -> SuccessorPayeeRow:
    """Propose it; raises NotFound, TransitionRefused, SuccessorNamed, SuccessorNotDescribed."""
    on = day_of_fact(command.on, uow.now)
    family = command.kind == "family_member"
    if family != (command.person_ref is not None) or family == (command.details is not None):
        raise SuccessorNotDescribed
    plan = await lock_plan(uow, command.plan_id, may_support)
    persons = {person.person_ref: person for person in await persons_of(uow, plan.case_id)}
    before, successor = persons.get(command.of_person_ref), persons.get(command.person_ref or "")
    missing = missing_to_propose(before, successor, kind=command.kind)
    if missing or before is None:
        raise TransitionRefused(transition="propose-successor", state=plan.state, missing=missing)
    if await live_for(uow, plan.id, command.of_person_ref) is not None:
        raise SuccessorNamed
    row = SuccessorPayeeRow(
        plan_id=plan.id,
        case_id=plan.case_id,
        of_person_ref=command.of_person_ref,
        kind=command.kind,
        person_ref=command.person_ref,
        evidence_ref=command.evidence_ref,
        state=SuccessorState.PROPOSED.value,
        proposed_by=uow.actor.subject,
        proposed_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    if command.details is not None:
        await seal_details(uow, row, command.details, before.id)
    uow.session.add(row)
    await uow.session.flush()
    scope = await scope_of(uow, plan.case_id)
    if scope is not None and scope.programme_id is not None:
        programme = str(scope.programme_id)
        uow.notify("successor-payee.proposed", role="programme_manager", scope=programme, subject=plan.id)
    uow.record("successor-payee.proposed", subject=row.id, plan_id=str(plan.id))
    return row
