"""Runs of the certification of webhook endpoints, with what came back; the history stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, utc_column


class CertificationRow(RegistryTable, Row, table=True):
    """One run: queued, running, then passed or failed; `taken_over` marks endpoints from before certification."""

    __tablename__ = "certification"
    __table_args__ = (
        Index(
            "ix_certification_open",
            "endpoint_id",
            unique=True,
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    endpoint_id: UUID = Field(foreign_key="webhook_endpoint.id", index=True)
    status: str = "queued"
    claimed_until: datetime | None = utc_column(nullable=True)
    finished_at: datetime | None = utc_column(nullable=True)
    results: list[dict[str, Any]] = json_column(default_factory=list)
