"""Which duties to destroy a recipient knows of: those of a stop whose moment has come.

A suspension is told later than it happens (domain rule 9); until then nothing that a recipient can look at tells it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow
from services.registry.persistence.webhook_tables import DestructionDutyRow


def duty_is_told(now: datetime) -> ColumnElement[bool]:
    """Whether the moment of its stop has come."""
    return col(DestructionDutyRow.created_at) <= now


def end_is_told(now: datetime) -> ColumnElement[bool]:
    """Whether a case is over for its recipient: it has ended, and no stop for everybody waits for its moment."""
    waits = select(DeliveryRow.id).where(
        col(DeliveryRow.agency_case_ref) == col(AgencyCaseRow.agency_case_ref),
        col(DeliveryRow.payload_type) == ENDED,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.person_refs) == [],
        col(DeliveryRow.occurred_at) > now,
    )
    return col(AgencyCaseRow.ended_on).is_not(None) & ~waits.exists()
