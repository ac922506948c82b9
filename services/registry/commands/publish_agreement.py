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
from services.registry.domain.agreement import AGREEMENT, contradictions
from services.registry.domain.steps import another_person, walk
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import AgreementRow, PartnershipRow, RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid
from shared.ids import new_id


class ClausesContradict(Invalid):
    """A clause says something that cannot be: silence that counts without a clock, a maximum below the period."""

    slug = "clauses-contradict"
    title = "Some clauses contradict themselves"


class PartnershipHasEnded(Conflict):
    """Nothing new is agreed in a partnership that has ended."""

    slug = "partnership-has-ended"
    title = "This partnership has ended"


@dataclass(frozen=True, kw_only=True)
class DraftAgreement:
    """Clauses that are to be in force from a day on."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    clauses: list[dict[str, Any]] = field(default_factory=list)


async def draft(command: DraftAgreement, *, uow: UnitOfWork) -> AgreementRow:
    """Steers nothing yet; a programme manager is told that it waits. Raises NotFound, ClausesContradict,
    PartnershipHasEnded."""
    found = contradictions(command.valid_from, command.valid_to, command.clauses)
    if found:
        raise ClausesContradict(contradictions=found)
    _goes_on(await partnership(uow, command.partnership_id, lock=True))
    for authority in {name for clause in command.clauses for name in clause.get("competent_authorities", ())}:
        await get_row(uow, RecipientRow, authority)
    clauses = [Clause(clause_id=new_id(), **clause) for clause in command.clauses]
    row = AgreementRow(
        partnership_id=command.partnership_id,
        number=await _next_number(uow, command.partnership_id),
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        source=command.source,
        clauses=[clause.model_dump(mode="json") for clause in clauses],
        status="draft",
        author=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.notify("agreement.drafted", role="programme_manager", scope="*", subject=row.id)
    uow.record("agreement.drafted", subject=row.id, number=row.number)
    return row


async def publish(agreement_id: UUID, *, uow: UnitOfWork) -> AgreementRow:
    """By somebody else than its author. Raises NotFound, TransitionRefused, PartnershipHasEnded."""
    row = await _loaded(uow, agreement_id)
    _goes_on(await get_row(uow, PartnershipRow, row.partnership_id))
    row.status = walk(AGREEMENT, "publish", row.status, missing=another_person(uow.actor.subject, row.author))
    row.published_by, row.published_on = uow.actor.subject, uow.now.date()
    uow.publish(
        AgreementPublishedV1(
            agreement_id=row.id,
            partnership_id=row.partnership_id,
            version=row.number,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            clauses=[Clause.model_validate(clause) for clause in row.clauses],
        )
    )
    return _kept(row, "agreement.published", uow=uow)


async def discard(agreement_id: UUID, *, uow: UnitOfWork) -> AgreementRow:
    """A draft that is not wanted; it stays on record. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, agreement_id)
    row.status = walk(AGREEMENT, "discard", row.status)
    return _kept(row, "agreement.discarded", uow=uow)


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
    uow.record(action, subject=row.id, number=row.number)
    return row
