"""Draft the next version of a partnership's agreement, and publish or discard it with four eyes: clauses that steer
clocks and disclosures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.registry.contracts.published import AgreementPublishedV1, Clause
from services.registry.domain.agreement import (
    AGREEMENT,
    PUBLISHED,
    contradictions,
    last_day_when_replaced,
    overlap,
)
from services.registry.domain.steps import another_person, walk
from services.registry.persistence.partnerships import DELEGATE, part_of_partnership, partnership
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import AgreementRow, PartnershipRow, RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, Missing
from shared.ids import new_id


class ClausesContradict(Invalid):
    """A clause says something that cannot be: silence that counts without a clock, a maximum below the period."""

    slug = "clauses-contradict"
    title = "Some clauses contradict themselves"


class PartnershipHasEnded(Conflict):
    """Nothing new is agreed in a partnership that has ended."""

    slug = "partnership-has-ended"
    title = "This partnership has ended"


class NothingToReplace(Conflict):
    """A version takes the place of one that is published in the same partnership."""

    slug = "nothing-to-replace"
    title = "No published agreement of this partnership stands where this version would replace one"


class EndsInThePast(Invalid):
    """What clauses steered until today stays as it was."""

    slug = "ends-in-the-past"
    title = "An agreement ends today or later"


@dataclass(frozen=True, kw_only=True)
class DraftAgreement:
    """Clauses that are to be in force from a day on."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    clauses: list[dict[str, Any]] = field(default_factory=list)
    replaces: UUID | None = None


async def draft(command: DraftAgreement, *, uow: UnitOfWork) -> AgreementRow:
    """Steers nothing yet; a programme manager is told that it waits. Raises NotFound, ClausesContradict,
    PartnershipHasEnded, NothingToReplace."""
    found = contradictions(command.valid_from, command.valid_to, command.clauses)
    if found:
        raise ClausesContradict(contradictions=found)
    _goes_on(await partnership(uow, command.partnership_id, lock=True))
    for authority in {name for clause in command.clauses for name in clause.get("competent_authorities", ())}:
        await get_row(uow, RecipientRow, authority)
    await _replaced(uow, command.replaces, command.partnership_id)
    clauses = [Clause(clause_id=new_id(), **clause) for clause in command.clauses]
    row = AgreementRow(
        partnership_id=command.partnership_id,
        number=await _next_number(uow, command.partnership_id),
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        source=command.source,
        clauses=[clause.model_dump(mode="json") for clause in clauses],
        status="draft",
        replaces=command.replaces,
        author=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.notify("agreement.drafted", role="programme_manager", scope="*", subject=row.id)
    uow.record("agreement.drafted", subject=row.id, number=row.number)
    return row


async def publish(agreement_id: UUID, *, uow: UnitOfWork) -> AgreementRow:
    """By somebody else than its author; the version it replaces holds until the eve. Raises NotFound,
    TransitionRefused, PartnershipHasEnded, NothingToReplace."""
    row = await _loaded(uow, agreement_id)
    _goes_on(await get_row(uow, PartnershipRow, row.partnership_id, lock=True))
    earlier = await _replaced(uow, row.replaces, row.partnership_id)
    missing = [*another_person(uow.actor.subject, row.author), *await _held_twice(uow, row)]
    row.status = walk(AGREEMENT, "publish", row.status, missing=missing)
    row.published_by, row.published_on = uow.actor.subject, uow.now.date()
    if earlier is not None:
        earlier.valid_to = last_day_when_replaced(earlier.valid_to, row.valid_from)
        uow.publish(_published(earlier))
        _kept(earlier, "agreement.replaced", uow=uow)
    uow.publish(_published(row))
    return _kept(row, "agreement.published", uow=uow)


async def end(agreement_id: UUID, on: date, *, uow: UnitOfWork) -> AgreementRow:
    """By one person, today or later: from that day on it starts no clock and carries no disclosure. Raises NotFound,
    TransitionRefused, EndsInThePast."""
    row = await _loaded(uow, agreement_id)
    row.status = walk(AGREEMENT, "end", row.status)
    if on < uow.now.date():
        raise EndsInThePast
    row.valid_to, row.ended_by = last_day_when_replaced(row.valid_to, on), uow.actor.subject
    uow.publish(_published(row))
    return _kept(row, "agreement.ended", uow=uow)


def _published(row: AgreementRow) -> AgreementPublishedV1:
    return AgreementPublishedV1(
        agreement_id=row.id,
        partnership_id=row.partnership_id,
        version=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        clauses=[Clause.model_validate(clause) for clause in row.clauses],
    )


async def discard(agreement_id: UUID, *, uow: UnitOfWork) -> AgreementRow:
    """A draft that is not wanted; it stays on record. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, agreement_id)
    row.status = walk(AGREEMENT, "discard", row.status)
    return _kept(row, "agreement.discarded", uow=uow)


async def _replaced(uow: UnitOfWork, agreement_id: UUID | None, partnership_id: UUID) -> AgreementRow | None:
    if agreement_id is None:
        return None
    row = await get_row(uow, AgreementRow, agreement_id, lock=True)
    if (row.partnership_id, row.status) != (partnership_id, PUBLISHED):
        raise NothingToReplace
    return row


async def _held_twice(uow: UnitOfWork, row: AgreementRow) -> list[Missing]:
    """Two versions that say something else under one code on one day: nobody could tell which of them holds."""
    others = select(AgreementRow).where(
        col(AgreementRow.partnership_id) == row.partnership_id,
        col(AgreementRow.status) == PUBLISHED,
        col(AgreementRow.id).not_in([row.id, row.replaces]) if row.replaces else col(AgreementRow.id) != row.id,
    )
    codes = {clause["code"] for clause in row.clauses}
    days = (row.valid_from, row.valid_to)
    return [
        Missing(
            "replaces", f"Version {other.number} has a clause of the same code on the same days: replace or end it."
        )
        for other in (await uow.session.execute(others.order_by(col(AgreementRow.number)))).scalars()
        if overlap(days, (other.valid_from, other.valid_to)) and codes & {clause["code"] for clause in other.clauses}
    ]


async def _loaded(uow: UnitOfWork, agreement_id: UUID) -> AgreementRow:
    row = await part_of_partnership(uow, AgreementRow, agreement_id, lock=True)
    uow.match(row.version)
    return row


async def _next_number(uow: UnitOfWork, partnership_id: UUID) -> int:
    """The partnership is locked, so nobody else takes it."""
    last = select(func.max(AgreementRow.number)).where(col(AgreementRow.partnership_id) == partnership_id)
    return int(await uow.session.scalar(last) or 0) + 1


def _goes_on(parent: PartnershipRow) -> None:
    if parent.status == "ended":
        raise PartnershipHasEnded


def _kept(row: AgreementRow, action: str, *, uow: UnitOfWork) -> AgreementRow:
    touch(row, now=uow.now)
    if row.status == PUBLISHED:
        uow.notify(action, role=DELEGATE, scope=str(row.partnership_id), subject=row.id, number=row.number)
    uow.record(action, subject=row.id, number=row.number)
    return row
