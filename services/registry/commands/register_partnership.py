"""Enter a partnership and move it and its components along their life cycles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.published import (
    AgreementPublishedV1,
    Clause,
    ComponentStatusChangedV1,
    PartnershipSignedV1,
    PartnershipStatusChangedV1,
    Party,
)
from services.registry.domain.partnership import COMPONENT, PARTNERSHIP, check_move
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import AgreementRow, ComponentRow, PartnershipRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.ids import new_id


@dataclass(frozen=True, kw_only=True)
class RegisterPartnership:
    """A partnership as agreed; parties with roles, one country may hold several."""

    title: str
    legal_form: str
    parties: list[dict[str, Any]]
    source: str | None = None


async def register(command: RegisterPartnership, *, uow: UnitOfWork) -> PartnershipRow:
    """A new partnership starts exploratory."""
    row = PartnershipRow(
        title=command.title,
        legal_form=command.legal_form,
        parties=command.parties,
        source=command.source,
        status="exploratory",
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("partnership.registered", subject=row.id)
    return row


async def move(partnership_id: UUID, status: str, on: date, *, uow: UnitOfWork) -> PartnershipRow:
    """Raises NotFound, TransitionRefused."""
    row = await get_row(uow, PartnershipRow, partnership_id, lock=True)
    uow.match(row.version)
    check_move(PARTNERSHIP, row.status, status)
    before, row.status = row.status, status
    if status == "signed":
        row.signed_on = on
        parties = [Party(**party) for party in row.parties]
        uow.publish(
            PartnershipSignedV1(partnership_id=row.id, parties=parties, legal_form=row.legal_form, signed_on=on)
        )
    fact = PartnershipStatusChangedV1(partnership_id=row.id, status_before=before, status=status, on=on)
    uow.publish(fact)
    touch(row, now=uow.now)
    uow.record("partnership.moved", subject=row.id, status=status)
    return row


@dataclass(frozen=True, kw_only=True)
class AddComponent:
    """One element of the partnership."""

    partnership_id: UUID
    component_type: str
    dac_code: str | None = None
    lead_host: str | None = None
    lead_partner: str | None = None


async def add_component(command: AddComponent, *, uow: UnitOfWork) -> ComponentRow:
    """A component starts proposed. Raises NotFound."""
    await get_row(uow, PartnershipRow, command.partnership_id)
    row = ComponentRow(
        partnership_id=command.partnership_id,
        component_type=command.component_type,
        dac_code=command.dac_code,
        lead_host=command.lead_host,
        lead_partner=command.lead_partner,
        status="proposed",
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("component.added", subject=row.id, component_type=row.component_type)
    return row


async def move_component(component_id: UUID, status: str, on: date, *, uow: UnitOfWork) -> ComponentRow:
    """Raises NotFound, TransitionRefused. Suspending stops new cases only; granted amounts stand."""
    row = await get_row(uow, ComponentRow, component_id, lock=True)
    uow.match(row.version)
    check_move(COMPONENT, row.status, status)
    before, row.status = row.status, status
    uow.publish(
        ComponentStatusChangedV1(
            component_id=row.id,
            partnership_id=row.partnership_id,
            component_type=row.component_type,
            status_before=before,
            status=status,
            on=on,
        )
    )
    touch(row, now=uow.now)
    uow.record("component.moved", subject=row.id, status=status)
    return row


@dataclass(frozen=True, kw_only=True)
class PublishAgreement:
    """Clauses in force from a day on."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    clauses: list[dict[str, Any]] = field(default_factory=list)


async def publish_agreement(command: PublishAgreement, *, uow: UnitOfWork) -> AgreementRow:
    """The next version of the partnership's agreement. Raises NotFound."""
    await get_row(uow, PartnershipRow, command.partnership_id, lock=True)
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
