"""On which legal basis a recipient may be told something, as returns published it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable


class KnownBasisRow(RegistryTable, table=True):
    """A basis of one programme for one recipient and purpose; no words of it, only of which kind it is."""

    __tablename__ = "known_basis"

    basis_id: UUID = Field(primary_key=True)
    programme_id: UUID
    recipient_id: UUID = Field(index=True)
    purpose: str
    basis: str | None = None
    only_case_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    ended_on: date | None = None
