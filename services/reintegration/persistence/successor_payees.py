"""Successors of payees: sealed, and asked for before a grant is paid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.payment import PayeeKind
from services.reintegration.domain.successor_payee import LIVE, SuccessorState, gone, payee_of
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import person_named, persons_of
from services.reintegration.persistence.course_tables import SuccessorPayeeRow
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BeneficiaryRow, LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing
from shared.protection.vault import Sealed

TABLE, COLUMN = "successor_payee", "details_sealed"


async def missing_payee(
    uow: UnitOfWork, line: LineRow, *, payee_kind: str, payment: PaymentRow | None = None
) -> list[Missing]:
    """When the one whom a grant of this line is for is gone, a successor must be confirmed, and a payment that was
    asked for before them is not paid to somebody else's account."""
    payee = payee_of(line.person_ref, await persons_of(uow, line.case_id))
    if payee_kind != PayeeKind.BENEFICIARY or payee is None or not gone(payee):
        return []
    successor = await confirmed_for(uow, line.case_id, payee.person_ref)
    if successor is None:
        words = "The payee died or went away: a successor must be confirmed by two people."
        return [Missing("successor-payee", words)]
    if payment is not None and payment.created_at < successor.created_at:
        return [Missing("payee-of-successor", "It was asked for before this successor was named: ask for it anew.")]
    return []


async def payee_person(uow: UnitOfWork, line: LineRow) -> BeneficiaryRow | None:
    """Under whose key the payee data of this line belong: the successor's, where one of the family is confirmed. None
    while that person is not known here; somebody who went on in another case is known."""
    payee = payee_of(line.person_ref, await persons_of(uow, line.case_id))
    if payee is None:
        return await person_named(uow, line.person_ref) if line.person_ref else None
    successor = await confirmed_for(uow, line.case_id, payee.person_ref)
    return await person_named(uow, (successor and successor.person_ref) or payee.person_ref)


async def confirmed_for(uow: UnitOfWork, case_id: UUID, of_person_ref: str) -> SuccessorPayeeRow | None:
    """The confirmed successor of a person."""
    where = (
        col(SuccessorPayeeRow.case_id) == case_id,
        col(SuccessorPayeeRow.of_person_ref) == of_person_ref,
        col(SuccessorPayeeRow.state) == SuccessorState.CONFIRMED.value,
    )
    return await fresh.one(uow, select(SuccessorPayeeRow).where(*where))


async def live_for(uow: UnitOfWork, plan_id: UUID, of_person_ref: str) -> SuccessorPayeeRow | None:
    """The successor of a person who is proposed or confirmed."""
    where = (
        col(SuccessorPayeeRow.plan_id) == plan_id,
        col(SuccessorPayeeRow.of_person_ref) == of_person_ref,
        col(SuccessorPayeeRow.state).in_(LIVE),
    )
    return await fresh.one(uow, select(SuccessorPayeeRow).where(*where))


async def seal_details(uow: UnitOfWork, row: SuccessorPayeeRow, details: Mapping[str, str], person_id: UUID) -> None:
    """Keep who a successor outside the plan is, under the key of the person they take the place of."""
    row.details_person_id = person_id
    value = json.dumps(dict(details), sort_keys=True).encode()
    row.details_sealed = await uow.vault.seal(Sealed(person_id, TABLE, COLUMN, value))


async def open_details(uow: UnitOfWork, row: SuccessorPayeeRow) -> dict[str, str] | None:
    """Who a successor outside the plan is, audited; None for one of the family or after the erasure."""
    if row.details_sealed is None or row.details_person_id is None:
        return None
    value = await uow.vault.open(Sealed(row.details_person_id, TABLE, COLUMN, row.details_sealed), purpose="payee")
    return None if value is None else json.loads(value)
