"""Reads and seals safeguards; the table of which indicator opens what is a dated file with its sources."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.safeguards import Safeguard, SafeguardRules
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.safeguard_tables import SafeguardRow
from services.returns.persistence.tables import CasePersonRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.vault import Sealed

CURRENT = "safeguards-v1"


@cache
def safeguard_rules(version: str = CURRENT) -> SafeguardRules:
    """A version of the table; rows name the one they were opened under."""
    document = reference(version)
    entries = document["indicators"].items()
    return SafeguardRules(
        version=document["version"],
        sources=tuple(document["sources"]),
        safeguards={name: tuple(_entry(name, values) for values in listed) for name, listed in entries},
        medical_clearance_for=tuple(document["medical_clearance_for"]),
    )


def _entry(indicator: str, values: dict[str, Any]) -> Safeguard:
    return Safeguard(indicator=indicator, **{**values, "settled_by": tuple(values["settled_by"])})


async def safeguards_of(uow: UnitOfWork, people: Collection[CasePersonRow]) -> list[SafeguardRow]:
    """Every safeguard of these persons, oldest first."""
    ids = [person.id for person in people if person.vulnerable]
    if not ids:
        return []
    statement = select(SafeguardRow).where(col(SafeguardRow.person_id).in_(ids)).order_by(col(SafeguardRow.id))
    return list((await uow.session.execute(statement)).scalars())


async def seal_kind(uow: UnitOfWork, person_id: UUID, entry: Safeguard) -> bytes:
    """Which safeguard it is, under the person's key."""
    value = json.dumps([entry.indicator, entry.safeguard]).encode()
    return await uow.vault.seal(Sealed(person_id, "safeguard", "kind", value))


async def seal_indicators(uow: UnitOfWork, person: CasePersonRow, indicators: list[str]) -> None:
    """Seal the vulnerability indicators of a person."""
    value = json.dumps(indicators).encode()
    person.sealed_indicators = await uow.vault.seal(Sealed(person.id, "case_person", "indicators", value))


async def kinds_of(uow: UnitOfWork, rows: Sequence[SafeguardRow], *, purpose: str) -> dict[UUID, Safeguard]:
    """Which safeguards these are, audited; an erased person's are left out."""
    items = [Sealed(row.person_id, "safeguard", "kind", bytes(row.sealed_kind)) for row in rows]
    opened = await uow.vault.open_many(items, purpose=purpose) if items else []
    found: dict[UUID, Safeguard] = {}
    for row, value in zip(rows, opened, strict=True):
        indicator, safeguard = json.loads(value) if value else ("", "")
        entry = safeguard_rules(row.rules_version).find(indicator, safeguard)
        if entry is not None:
            found[row.id] = entry
    return found
