"""Consents, packages and legal bases run out by themselves: whoever was told for them hears the neutral stop.

Each request is looked at in a unit of work of its own, so that those that go on never stand before those that end.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.follow_endings import end_what_fell
from services.registry.persistence.disclosure_tables import AgencyCaseRow, KnownConsentRow, KnownDisclosureRow
from services.registry.persistence.known_bases import told_without_basis
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Job, Runtime

HOUR, MINUTE = 3_600.0, 60.0
CONSENTS, PACKAGES, BASES = "end-expired-consents", "end-expired-packages", "end-without-basis"


async def end_expired_consents(runtime: Runtime) -> None:
    """Whoever has no live consent any more for what it was told."""
    await one_by_one(
        runtime,
        Principal.system(CONSENTS),
        lambda uow: _with_expired(uow, KnownConsentRow, KnownConsentRow.valid_until),
        _end,
    )


async def end_expired_packages(runtime: Runtime) -> None:
    """Whoever was asked by packages, and none of them stands any more."""
    await one_by_one(
        runtime,
        Principal.system(PACKAGES),
        lambda uow: _with_expired(uow, KnownDisclosureRow, KnownDisclosureRow.expires_on),
        _end,
    )


async def end_without_basis(runtime: Runtime) -> None:
    """Whoever was told on a legal basis that was ended or has run out, and no other holds."""
    await one_by_one(runtime, Principal.system(BASES), told_without_basis, _end)


async def _end(request: tuple[UUID, UUID], *, uow: UnitOfWork) -> None:
    case_id, recipient_id = request
    await end_what_fell(case_id, recipient_id, uow=uow)


async def _with_expired(uow: UnitOfWork, table: Any, last_day: Any) -> list[tuple[UUID, UUID]]:
    """The requests of which something has expired: told of, and not yet told that it is over."""
    same = (col(table.case_id) == col(AgencyCaseRow.case_id)) & (
        col(table.recipient_id) == col(AgencyCaseRow.recipient_id)
    )
    statement = (
        select(AgencyCaseRow.case_id, AgencyCaseRow.recipient_id)
        .join(table, same)
        .where(col(AgencyCaseRow.told), col(AgencyCaseRow.ended_on).is_(None), col(last_day) < uow.now.date())
        .distinct()
        .order_by(col(AgencyCaseRow.case_id), col(AgencyCaseRow.recipient_id))
    )
    return [(case_id, recipient_id) for case_id, recipient_id in (await uow.session.execute(statement)).all()]


JOBS = (
    Job(CONSENTS, HOUR, end_expired_consents),
    Job(PACKAGES, HOUR, end_expired_packages),
    Job(BASES, MINUTE, end_without_basis),
)
