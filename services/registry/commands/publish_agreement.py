"""Publish the next version of a partnership's agreement: clauses that steer clocks and disclosures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.published import AgreementPublishedV1, Clause
from services.registry.domain.agreement import contradictions
from services.registry.persistence.partnerships import partnership
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import AgreementRow, RecipientRow
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
class PublishAgreement:
    """Clauses in force from a day on."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    clauses: list[dict[str, Any]] = field(default_factory=list)


async def publish_agreement(command: PublishAgreement, *, uow: UnitOfWork) -> AgreementRow:
    """The next version of the partnership's agreement. Raises NotFound, ClausesContradict, PartnershipHasEnded."""
    found = contradictions(command.valid_from, command.valid_to, command.clauses)
    if found:
        raise ClausesContradict(contradictions=found)
    parent = await partnership(uow, command.partnership_id, lock=True)
    if parent.status == "ended":
        raise PartnershipHasEnded
    for authority in {name for clause in command.clauses for name in clause.get("competent_authorities", ())}:
        await get_row(uow, RecipientRow, authority)
    earlier = select(AgreementRow).where(col(AgreementRow.partnership_id) == command.partnership_id)
    number = len(list((await uow.session.execute(earlier)).scalars())) + 1
    clauses = [Clause(clause_id=new_id(), **clause) for clause in command.clauses]
    row = AgreementRow(
        partnership_id=command.partnership_id,
        number=number,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        source=command.source,
        clauses=[clause.model_dump(mode="json") for clause in clauses],
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.publish(
        AgreementPublishedV1(
            agreement_id=row.id,
            partnership_id=row.partnership_id,
            version=number,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            clauses=clauses,
        )
    )
    uow.record("agreement.published", subject=row.id, number=number)
    return row
