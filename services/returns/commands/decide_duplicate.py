"""Decide whether two records are one person; a later decision replaces it, and what was told is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.reconcile_benefits import follow_decision
from services.returns.contracts.published_families import PersonLinkedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import remember
from services.returns.persistence.duplicate_pairs import Side, load_pair
from services.returns.persistence.duplicate_tables import DuplicateDecisionRow, DuplicateRow
from services.returns.persistence.duplicates import SAME
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DecideDuplicate:
    """Which pair, what and why."""

    pair_id: UUID
    outcome: str
    reason_code: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AskAboutDuplicate:
    """Which pair the other office is asked about."""

    pair_id: UUID


async def handle(command: DecideDuplicate, *, uow: UnitOfWork) -> DuplicateRow:
    """By whoever works on one of the two files. Raises NotFound."""
    pair, own, other = await load_pair(uow, command.pair_id, may_work)
    uow.match(pair.version)
    on, before = fact_day(uow, command.on), pair.outcome
    pair.outcome, pair.reason_code, pair.decided_on = command.outcome, command.reason_code, on
    pair.decided_by, pair.decided_role = uow.actor.subject, uow.acting_role
    touch(pair, now=uow.now)
    uow.session.add(
        DuplicateDecisionRow(
            pair_id=pair.id,
            outcome=command.outcome,
            reason_code=command.reason_code,
            decided_by=uow.actor.subject,
            decided_role=uow.acting_role,
            on=on,
            created_at=uow.now,
            updated_at=uow.now,
        )
    )
    if (before == SAME) != (command.outcome == SAME):
        _link(uow, own, other, same=command.outcome == SAME, on=on)
        await follow_decision(uow, pair, own, other, same=command.outcome == SAME, on=on)
    for side in (own, other):
        touch(side.case, now=uow.now)
        ref, state = side.person.person_ref, side.case.state
        remember(uow, side.case, "duplicate-decided", before=state, on=on, person_ref=ref, about=command.outcome)
    return pair


def _link(uow: UnitOfWork, own: Side, other: Side, *, same: bool, on: date) -> None:
    refs = {"person_ref": own.person.person_ref, "other_person_ref": other.person.person_ref}
    uow.publish(PersonLinkedV1(case_id=own.case.id, **refs, on=on, same=same))


async def ask(command: AskAboutDuplicate, *, uow: UnitOfWork) -> DuplicateRow:
    """The other file's office is asked to look at the pair; it learns its own file's name only. Raises NotFound."""
    pair, own, other = await load_pair(uow, command.pair_id, may_work)
    uow.match(pair.version)
    uow.notify("duplicate.asked", role="office_lead", scope=other.case.office_id, subject=other.case.id)
    uow.notify("duplicate.asked", role="caseworker", scope=other.case.office_id, subject=other.case.id)
    remember(uow, own.case, "duplicate-asked", before=own.case.state, person_ref=own.person.person_ref)
    return pair
