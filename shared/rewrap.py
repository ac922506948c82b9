"""Puts every key of a service under its current master key, so that an earlier master key can be given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnClause, column, select, table, update
from sqlalchemy.sql.elements import ColumnElement

from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.database.units import Units
from shared.protection.vault import SealBroken, Vault

BATCH = 500
FIRST = UUID(int=0)


@dataclass(frozen=True)
class ServiceSeal:
    """A column whose values are sealed under the service itself instead of a person's key.

    `unless` names a column: where that has a value, the row is sealed under a person's key and no concern of ours.
    """

    purpose: str
    table: str
    column: str
    unless: str | None = None


@dataclass(frozen=True)
class Rewrapped:
    """How many values were put under the current master key, and how many were under it already."""

    changed: int
    current: int

    def __add__(self, other: Rewrapped) -> Rewrapped:
        return Rewrapped(self.changed + other.changed, self.current + other.current)


@dataclass(frozen=True)
class _Column:
    """One column of wrapped or sealed values, and how a value of a row gets under the current master key."""

    table: str
    identity: str
    column: str
    unless: str | None
    renew: Callable[[UUID, bytes], bytes | None]


async def rewrap_keys(units: Units, vault: Vault, seals: Sequence[ServiceSeal]) -> Rewrapped:
    """Put person keys and service seals under the current master key, 500 in a unit; it may be stopped and repeated.

    Raises SealBroken if a value opens under none of the master keys; that unit is rolled back.
    """
    columns = [_of_persons(vault), *(_of_service(vault, seal) for seal in seals)]
    done = Rewrapped(0, 0)
    for one in columns:
        last: UUID | None = FIRST
        while last is not None:
            async with units.begin(actor=Principal.system("rewrap-keys")) as uow:
                found, last = await _batch(uow, one, after=last)
            done += found
    async with units.begin(actor=Principal.system("rewrap-keys")) as uow:
        uow.record("keys.rewrapped", subject="master-key", changed=done.changed, current=done.current)
    return done


def _of_persons(vault: Vault) -> _Column:
    newest = vault.newest()

    def renew(person_id: UUID, wrapped: bytes) -> bytes | None:
        try:
            newest.unwrap(person_id, wrapped)
        except SealBroken:
            return vault.wrap(person_id, vault.unwrap(person_id, wrapped))
        return None

    return _Column("person_key", "person_id", "wrapped_key", "destroyed_at", renew)


def _of_service(vault: Vault, seal: ServiceSeal) -> _Column:
    newest = vault.newest()

    def renew(_row_id: UUID, value: bytes) -> bytes | None:
        try:
            newest.open_service(seal.purpose, value)
        except SealBroken:
            return vault.seal_service(seal.purpose, vault.open_service(seal.purpose, value))
        return None

    return _Column(seal.table, "id", seal.column, seal.unless, renew)


async def _batch(uow: UnitOfWork, wanted: _Column, *, after: UUID) -> tuple[Rewrapped, UUID | None]:
    """The next rows, locked so that an erasure waits and wins afterwards; the last id, or None at the end."""
    identity: ColumnClause[UUID] = column(wanted.identity)
    value: ColumnClause[bytes] = column(wanted.column)
    conditions: list[ColumnElement[bool]] = [identity > after, value.is_not(None)]
    if wanted.unless:
        conditions.append(column(wanted.unless).is_(None))
    place = table(wanted.table, identity, value)
    query = select(identity, value).select_from(place).where(*conditions).order_by(identity).limit(BATCH)
    rows = (await uow.session.execute(query.with_for_update())).all()
    changed = 0
    for row_id, sealed in rows:
        if (renewed := wanted.renew(row_id, bytes(sealed))) is not None:
            await uow.session.execute(update(place).where(identity == row_id).values({wanted.column: renewed}))
            changed += 1
    return Rewrapped(changed, len(rows) - changed), rows[-1][0] if rows else None
