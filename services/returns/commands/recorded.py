"""Who recorded something, in which role and when: said once for every record that keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from shared.database.unit_of_work import UnitOfWork


class Recorded(TypedDict):
    """The columns of a record that say who made it."""

    recorded_by: str
    recorded_role: str
    created_at: datetime
    updated_at: datetime


def recorded(uow: UnitOfWork) -> Recorded:
    """The actor of this unit of work, the role they act in, and now."""
    return Recorded(
        recorded_by=uow.actor.subject, recorded_role=uow.acting_role, created_at=uow.now, updated_at=uow.now
    )
