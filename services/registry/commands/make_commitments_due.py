"""The timer that makes agreed commitments due on their day, and reminds both sides some days before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from services.registry.commands import move_commitment
from services.registry.commands.tell_sides import tell_sides
from services.registry.persistence.partnership_tables import CommitmentRow
from services.registry.settings import RegistrySettings
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from shared.service import Runtime

JOB = "commitments-due"
AT_ONCE = 200


async def run(runtime: Runtime) -> None:
    """Until nothing is left that should be due or reminded of today."""
    settings = runtime.own_settings(RegistrySettings)
    for part in (make_due, remind):
        done = AT_ONCE
        while done == AT_ONCE:
            async with runtime.units.begin(actor=Principal.system(JOB)) as uow:
                done = await part(uow, settings)


async def make_due(uow: UnitOfWork, _settings: RegistrySettings) -> int:
    """One batch of agreed commitments whose day has come; how many."""
    rows = await _agreed(uow, col(CommitmentRow.due_on) <= uow.now.date())
    for row in rows:
        await move_commitment.fall_due(row, uow=uow)
    return len(rows)


async def remind(uow: UnitOfWork, settings: RegistrySettings) -> int:
    """One batch of agreed commitments that are due soon and that nobody was reminded of yet; how many."""
    soon = uow.now.date() + timedelta(days=settings.commitment_reminder_days)
    rows = await _agreed(uow, col(CommitmentRow.due_on) <= soon, col(CommitmentRow.reminded_on).is_(None))
    for row in rows:
        row.reminded_on = uow.now.date()
        uow.notify(
            "commitment.due-soon",
            role="partnership_delegate",
            scope=str(row.partnership_id),
            subject=row.id,
            owner_side=row.owner_side,
            due_on=row.due_on.isoformat(),
        )
        fact = {"commitment_id": row.id, "owner_side": row.owner_side, "due_on": row.due_on}
        await tell_sides(uow, row.partnership_id, "commitment.due-soon", **fact)
    return len(rows)


async def _agreed(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[CommitmentRow]:
    statement = (
        select(CommitmentRow)
        .where(col(CommitmentRow.status) == "agreed", *conditions)
        .order_by(col(CommitmentRow.due_on), col(CommitmentRow.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list((await uow.session.execute(statement)).scalars())
