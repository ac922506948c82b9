"""Lists show what the caller's claims reach, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow, PlanRow
from services.reintegration.persistence.tables import CaseFileRow, LineRow
from shared.auth.principal import Principal


def case_reached(actor: Principal) -> ColumnElement[bool]:
    """Cases of the actor's offices and programmes; the same rule as policies.py, as SQL."""
    ways: list[ColumnElement[bool]] = [true() if actor.is_system else false()]
    if actor.has("caseworker"):
        ways.append(col(CaseFileRow.office_id).in_(sorted(actor.offices)))
    if actor.has("finance_officer") or actor.has("programme_manager"):
        ways.append(col(CaseFileRow.programme_id).in_(identifiers(actor.programmes)))
    return or_(*ways)


def plan_reached(actor: Principal) -> ColumnElement[bool]:
    """Plans assigned to the actor's organisation."""
    partner = identifiers([actor.partner_id]) if actor.has("reintegration_partner") else []
    return col(PlanRow.partner_id).in_(partner) if partner else false()


def measure_reached(actor: Principal) -> ColumnElement[bool]:
    """Measures of the actor's plans, or provided by the actor's organisation."""
    provider = identifiers([actor.provider_id]) if actor.has("provider") else []
    provided = col(MeasureRow.provider_id).in_(provider) if provider else false()
    return or_(provided, plan_reached(actor))


def paid_for_measure(actor: Principal) -> ColumnElement[bool]:
    """Lines that pay for a measure the actor's organisation carries out: the only amounts it may see."""
    own = (
        select(MeasureRow.id)
        .join(PlanRow, col(PlanRow.id) == col(MeasureRow.plan_id))
        .where(col(MeasureRow.line_id) == col(LineRow.id), measure_reached(actor))
    )
    return own.exists()


def visible_payments(actor: Principal) -> SelectOfScalar[PaymentRow]:
    """Payments of the actor's cases; for partners and providers those of their measures and those they
    asked for.
    """
    asked = and_(
        or_(actor_has_any(actor, "reintegration_partner", "provider"), false()),
        col(PaymentRow.requested_by) == actor.subject,
    )
    return (
        select(PaymentRow)
        .join(CaseFileRow, col(CaseFileRow.case_id) == col(PaymentRow.case_id))
        .join(LineRow, col(LineRow.id) == col(PaymentRow.line_id))
        .where(or_(case_reached(actor), paid_for_measure(actor), asked))
    )


def visible_plans(actor: Principal) -> SelectOfScalar[PlanRow]:
    """Plans of the actor's cases and of the actor's organisation."""
    return (
        select(PlanRow)
        .join(CaseFileRow, col(CaseFileRow.case_id) == col(PlanRow.case_id))
        .where(or_(case_reached(actor), plan_reached(actor)))
    )


def actor_has_any(actor: Principal, *roles: str) -> ColumnElement[bool]:
    """Whether the actor has one of these roles, as SQL."""
    return true() if any(actor.has(role) for role in roles) else false()


def identifiers(claims: Any) -> list[UUID]:
    """The claims that are identifiers; anything else reaches nothing."""
    found = []
    for claim in claims:
        try:
            found.append(UUID(str(claim)))
        except ValueError:
            continue
    return found
