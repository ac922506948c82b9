"""Which cases a caller's figures are made of: a programme manager sees the programmes of their claim, others all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact
from shared.auth.principal import Principal

ALL_PROGRAMMES = ("statistician", "auditor")


def cases_of(actor: Principal) -> ColumnElement[bool]:
    """The condition on cases for this caller."""
    return programmes_of(actor, col(CaseFact.programme_id))


def programmes_of(actor: Principal, programme: Any) -> ColumnElement[bool]:
    """The condition on whatever belongs to a programme."""
    if any(actor.has(role) for role in ALL_PROGRAMMES):
        return true()
    found: ColumnElement[bool] = programme.in_(sorted(actor.programmes))
    return found


def counted(actor: Principal) -> ColumnElement[bool]:
    """Of these the ones that count as a case: not a file whose persons went on in another one of their family."""
    return cases_of(actor) & col(CaseFact.merged_into).is_(None)
