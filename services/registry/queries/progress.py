"""Everything the joint progress table of a partnership shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select

from services.registry.domain.progress import commitment_columns, differ
from services.registry.domain.sides import SIDES
from services.registry.persistence.dialogue_tables import ActionItemRow, QuestionRow
from services.registry.persistence.partnership_tables import ActivityRow, CommitmentRow, SideViewRow
from services.registry.persistence.partnerships import partnership
from services.registry.persistence.tables import ComponentRow
from shared.database.unit_of_work import UnitOfWork

AGREED = ("agreed", "due", "reported", "disputed", "confirmed", "waived")


@dataclass(frozen=True)
class Line:
    """One row of the table: a component or a commitment, and a column per side."""

    row: Any
    columns: dict[str, dict[str, Any] | None]
    differ: bool
    activities: int = 0


@dataclass
class Progress:
    """The table, and what each side still owes the other today."""

    components: list[Line] = field(default_factory=list)
    commitments: list[Line] = field(default_factory=list)
    owed: dict[str, dict[str, int]] = field(default_factory=dict)


async def progress_of(uow: UnitOfWork, partnership_id: UUID) -> Progress:
    """Raises NotFound for an unknown or foreign partnership."""
    await partnership(uow, partnership_id)
    found = Progress()
    views = await _latest_views(uow, partnership_id)
    done = await _activities(uow, partnership_id)
    for component in await _all(uow, select(ComponentRow), ComponentRow, partnership_id):
        said = {side: _said(views.get((component.id, side))) for side in SIDES}
        found.components.append(Line(component, said, differ(said), done.get(component.id, 0)))
    agreed = select(CommitmentRow).where(col(CommitmentRow.status).in_(AGREED))
    for commitment in await _all(uow, agreed, CommitmentRow, partnership_id):
        columns = commitment_columns(commitment.owner_side, commitment.steps)
        found.commitments.append(Line(commitment, columns, differ(columns)))
    found.owed = {side: await _owed(uow, partnership_id, side, uow.now.date()) for side in SIDES}
    return found


async def _all(uow: UnitOfWork, statement: Select[Any], table: Any, partnership_id: UUID) -> list[Any]:
    statement = statement.where(table.partnership_id == partnership_id).order_by(table.id)
    return list((await uow.session.execute(statement)).scalars())


async def _latest_views(uow: UnitOfWork, partnership_id: UUID) -> dict[tuple[UUID, str], SideViewRow]:
    statement = (
        select(SideViewRow)
        .where(col(SideViewRow.partnership_id) == partnership_id)
        .ext(distinct_on(col(SideViewRow.component_id), col(SideViewRow.side)))
        .order_by(col(SideViewRow.component_id), col(SideViewRow.side), col(SideViewRow.id).desc())
    )
    rows = (await uow.session.execute(statement)).scalars()
    return {(row.component_id, row.side): row for row in rows}


async def _activities(uow: UnitOfWork, partnership_id: UUID) -> dict[UUID, int]:
    statement = (
        select(ActivityRow.component_id, func.count())
        .where(col(ActivityRow.partnership_id) == partnership_id, col(ActivityRow.withdrawn_on).is_(None))
        .group_by(col(ActivityRow.component_id))
    )
    return {component_id: int(count) for component_id, count in (await uow.session.execute(statement)).all()}


def _said(view: SideViewRow | None) -> dict[str, Any] | None:
    return None if view is None else {"standing": view.standing, "remark": view.remark, "on": view.stated_on}


async def _owed(uow: UnitOfWork, partnership_id: UUID, side: str, today: date) -> dict[str, int]:
    async def count(table: Any, *conditions: Any) -> int:
        statement = select(func.count()).select_from(table).where(table.partnership_id == partnership_id, *conditions)
        return int((await uow.session.execute(statement)).scalar_one())

    waiting = (col(QuestionRow.status) == "asked", col(QuestionRow.asked_by) != side)
    return {
        "commitments_due": await count(
            CommitmentRow, col(CommitmentRow.owner_side) == side, col(CommitmentRow.status).in_(("due", "disputed"))
        ),
        "reports_to_judge": await count(
            CommitmentRow, col(CommitmentRow.owner_side) != side, col(CommitmentRow.status) == "reported"
        ),
        "questions_waiting": await count(QuestionRow, *waiting),
        "questions_late": await count(QuestionRow, *waiting, col(QuestionRow.answer_by) < today),
        "action_items_open": await count(
            ActionItemRow, col(ActionItemRow.owner_side) == side, col(ActionItemRow.status) == "open"
        ),
    }
