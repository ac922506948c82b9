"""Propose a component, correct it, move it on, and say how one side sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.commands.register_partnership import LEADS, NotYourSide
from services.registry.contracts.published import ComponentStatusChangedV1
from services.registry.domain.code_lists import suggested_dac_code
from services.registry.domain.partnership import COMPONENT, ComponentFacts, check_move, missing_for_component
from services.registry.domain.sides import other
from services.registry.persistence.partnership_tables import SideViewRow
from services.registry.persistence.partnerships import DELEGATE, part_of_partnership, partnership, side_of
from services.registry.persistence.tables import ComponentRow, PartnershipRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

NEEDS_SAFEGUARDS = "border_management"
NEW = "new"
"""Where a component comes from that has just been proposed: programmes under it take no cases yet."""


class ComponentIsAgreed(Conflict):
    """What both sides agreed, or are asked to agree to, is not changed by one of them."""

    slug = "component-is-agreed"
    title = "Only a proposal of your own side can be changed, until the other side has agreed to it"


class SafeguardsNeeded(Conflict):
    """Border management in force keeps its human-rights safeguards."""

    slug = "safeguards-needed"
    title = "Border management in force cannot do without its safeguards"


@dataclass(frozen=True, kw_only=True)
class AddComponent:
    """One element of the partnership."""

    partnership_id: UUID
    component_type: str
    title: str | None = None
    dac_code: str | None = None
    lead_host: str | None = None
    lead_partner: str | None = None
    safeguards: list[str] = field(default_factory=list)
    budget: Mapping[str, Any] | None = None


async def add_component(command: AddComponent, *, uow: UnitOfWork) -> ComponentRow:
    """A component starts proposed, by the caller's side; a delegate names the own side's lead only. Raises NotFound,
    PartnershipHasEnded, NotYourSide."""
    parent = await partnership(uow, command.partnership_id)
    if parent.status == "ended":
        raise PartnershipHasEnded
    if uow.actor.has(DELEGATE) and getattr(command, LEADS[other(side_of(uow.actor))]) is not None:
        raise NotYourSide
    row = ComponentRow(
        partnership_id=parent.id,
        component_type=command.component_type,
        title=command.title,
        dac_code=command.dac_code or suggested_dac_code(command.component_type),
        lead_host=command.lead_host,
        lead_partner=command.lead_partner,
        safeguards=command.safeguards,
        proposed_by=side_of(uow.actor),
        author=uow.actor.subject,
        status="proposed",
        created_at=uow.now,
        updated_at=uow.now,
    )
    _set_budget(row, command.budget)
    uow.session.add(row)
    uow.publish(_moved(row, NEW, uow.now.date()))
    _tell(row, "component.proposed", uow=uow)
    uow.record("component.added", subject=row.id, component_type=row.component_type, side=row.proposed_by)
    return row


async def amend_component(component_id: UUID, changes: Mapping[str, Any], *, uow: UnitOfWork) -> ComponentRow:
    """Correct the entry; a delegate leaves the other side's lead alone, and what was agreed as it is. Raises NotFound,
    NotYourSide, ComponentIsAgreed, SafeguardsNeeded."""
    row = await part_of_partnership(uow, ComponentRow, component_id, lock=True)
    uow.match(row.version)
    _may_amend(row, changes, uow=uow)
    for name, value in changes.items():
        if name == "budget":
            _set_budget(row, value)
        else:
            setattr(row, name, value)
    if row.component_type == NEEDS_SAFEGUARDS and row.status in ("in_force", "suspended") and not row.safeguards:
        raise SafeguardsNeeded
    touch(row, now=uow.now)
    _tell(row, "component.amended", uow=uow)
    uow.record("component.amended", subject=row.id, fields=sorted(changes), side=side_of(uow.actor))
    return row


async def move_component(
    component_id: UUID, status: str, on: date, *, uow: UnitOfWork, source: str | None = None
) -> ComponentRow:
    """Raises NotFound, TransitionRefused. Suspending stops new cases only; granted amounts stand."""
    row = await part_of_partnership(uow, ComponentRow, component_id, lock=True)
    uow.match(row.version)
    parent = await partnership(uow, row.partnership_id)
    check_move(COMPONENT, row.status, status, missing_for_component(status, _facts(row, parent, on, source, uow=uow)))
    before, row.status = row.status, status
    side = side_of(uow.actor)
    row.suspended_by = side if status == "suspended" else None
    if status == "proposed":
        row.proposed_by, row.author, row.agreed_source = side, uow.actor.subject, None
    if status == "agreed":
        row.agreed_source = source
    uow.publish(_moved(row, before, on))
    touch(row, now=uow.now)
    _tell(row, f"component.{status.replace('_', '-')}", uow=uow)
    uow.record("component.moved", subject=row.id, status=status, side=side)
    return row


@dataclass(frozen=True, kw_only=True)
class StateView:
    """How the caller's side sees a component."""

    component_id: UUID
    standing: str
    remark: str | None = None


async def state_view(command: StateView, *, uow: UnitOfWork) -> SideViewRow:
    """The side's latest view counts; earlier ones stay readable. Raises NotFound."""
    component = await part_of_partnership(uow, ComponentRow, command.component_id)
    row = SideViewRow(
        partnership_id=component.partnership_id,
        component_id=component.id,
        side=side_of(uow.actor),
        standing=command.standing,
        remark=command.remark,
        stated_on=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("component.view-stated", subject=component.id, side=row.side, standing=row.standing)
    return row


def _set_budget(row: ComponentRow, budget: Mapping[str, Any] | None) -> None:
    row.budget_minor = budget["amount"]["amount_minor"] if budget else None
    row.budget_currency = budget["amount"]["currency"] if budget else None
    row.budget_year = budget["year"] if budget else None


def _may_amend(row: ComponentRow, changes: Mapping[str, Any], *, uow: UnitOfWork) -> None:
    side, delegate = side_of(uow.actor), uow.actor.has(DELEGATE)
    if delegate and LEADS[other(side)] in changes:
        raise NotYourSide
    foreign_proposal = row.status == "proposed" and row.proposed_by != side
    if set(changes) - {LEADS[side]} and (foreign_proposal or (delegate and row.status != "proposed")):
        raise ComponentIsAgreed


def _moved(row: ComponentRow, before: str, on: date) -> ComponentStatusChangedV1:
    return ComponentStatusChangedV1(
        component_id=row.id,
        partnership_id=row.partnership_id,
        component_type=row.component_type,
        status_before=before,
        status=row.status,
        on=on,
    )


def _tell(row: ComponentRow, kind: str, *, uow: UnitOfWork) -> None:
    where = str(row.partnership_id)
    uow.notify(kind, role=DELEGATE, scope=where, subject=row.id, by=side_of(uow.actor))


def _facts(
    row: ComponentRow, parent: PartnershipRow, on: date, source: str | None, *, uow: UnitOfWork
) -> ComponentFacts:
    return ComponentFacts(
        component_type=row.component_type,
        proposed_by=row.proposed_by,
        mover=side_of(uow.actor) if uow.actor.has(DELEGATE) else None,
        side=side_of(uow.actor),
        same_person=row.author == uow.actor.subject,
        source=source,
        suspended_by=row.suspended_by,
        safeguards=row.safeguards or (),
        partnership_ended=parent.status == "ended",
        on=on,
        today=uow.now.date(),
    )
