"""One partnership: a column per side with its own words and those of the other, components, and what was done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.reporting.domain.sides import SIDES, Owed, Side, column_of
from services.reporting.persistence.tables import (
    ActivityFact,
    CommitmentFact,
    ComponentFact,
    PartnershipFact,
    RoundFact,
)
from services.reporting.queries.partnerships import seen_by
from services.reporting.queries.scores import SHOWN_FROM
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True)
class Done:
    """Activities of one kind under one kind of component; few participants are not shown, nothing is converted."""

    component_type: str
    activity_type: str
    activities: int
    participants: int | None
    spent: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PartnershipPage:
    """What there is to see of a partnership."""

    partnership: PartnershipFact
    sides: list[Side]
    components: list[ComponentFact]
    activities: list[Done]
    rounds_held: int
    last_round_on: date | None


async def partnership_page(uow: UnitOfWork, partnership_id: UUID) -> PartnershipPage:
    """Raises NotFound for an unknown one, and for one that is not the caller's."""
    wanted = select(PartnershipFact).where(col(PartnershipFact.partnership_id) == partnership_id, seen_by(uow.actor))
    found = await uow.session.scalar(wanted)
    if found is None:
        raise NotFound
    commitments = [
        Owed(row.owner_side, row.due_on, row.reported_on, row.disputed_on is not None, row.outcome)
        for row in await _of(uow, CommitmentFact, partnership_id)
    ]
    components = await _of(uow, ComponentFact, partnership_id)
    rounds = [row.held_on for row in await _of(uow, RoundFact, partnership_id)]
    return PartnershipPage(
        partnership=found,
        sides=[column_of(side, commitments, today=uow.now.date()) for side in SIDES],
        components=sorted(components, key=lambda row: (row.component_type, row.since)),
        activities=_done(await _of(uow, ActivityFact, partnership_id)),
        rounds_held=len(rounds),
        last_round_on=max(rounds, default=None),
    )


async def _of(uow: UnitOfWork, table: Any, partnership_id: UUID) -> list[Any]:
    statement = select(table).where(col(table.partnership_id) == partnership_id)
    return list((await uow.session.execute(statement)).scalars())


def _done(rows: list[ActivityFact]) -> list[Done]:
    kinds: dict[tuple[str, str], list[ActivityFact]] = defaultdict(list)
    for row in rows:
        kinds[row.component_type, row.activity_type].append(row)
    return [_kind(*kind, kinds[kind]) for kind in sorted(kinds)]


def _kind(component_type: str, activity_type: str, rows: list[ActivityFact]) -> Done:
    participants = sum(row.participants_count for row in rows)
    spent: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.currency is not None and row.spent_minor is not None:
            spent[row.currency] += row.spent_minor
    shown = participants if participants == 0 or participants >= SHOWN_FROM else None
    return Done(component_type, activity_type, len(rows), shown, dict(sorted(spent.items())))
