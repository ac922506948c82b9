"""Recoveries: what they may reach, and the reasons in words, kept sealed under the person's key."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.domain.recovery import LIVE
from services.reintegration.persistence import fresh
from services.reintegration.persistence.course_tables import RecoveryRow
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.vault import Sealed

TABLE, COLUMN = "recovery", "reasons_sealed"


async def grants_paid(uow: UnitOfWork, case_id: UUID, currency: str) -> int:
    """What beneficiaries of a case were paid, in minor units of a currency."""
    await uow.session.flush()
    where = (
        col(PaymentRow.case_id) == case_id,
        col(PaymentRow.currency) == currency,
        col(PaymentRow.payee_kind) == PayeeKind.BENEFICIARY.value,
        col(PaymentRow.state) == PaymentState.SETTLED.value,
    )
    return int(await uow.session.scalar(select(func.coalesce(func.sum(PaymentRow.amount_minor), 0)).where(*where)) or 0)


async def live_recovery(uow: UnitOfWork, plan_id: UUID, person_ref: str) -> RecoveryRow | None:
    """The recovery that is open against a person."""
    where = (
        col(RecoveryRow.plan_id) == plan_id,
        col(RecoveryRow.person_ref) == person_ref,
        col(RecoveryRow.state).in_(LIVE),
    )
    return await fresh.one(uow, select(RecoveryRow).where(*where))


async def seal_reasons(uow: UnitOfWork, row: RecoveryRow, reasons: str) -> None:
    """Keep why it was decided or waived, in words."""
    if row.reasons_person_id is not None:
        item = Sealed(row.reasons_person_id, TABLE, COLUMN, reasons.encode())
        row.reasons_sealed = await uow.vault.seal(item)


async def open_reasons(uow: UnitOfWork, row: RecoveryRow) -> str | None:
    """The reasons in words, audited; None before there are any and after the erasure."""
    if row.reasons_sealed is None or row.reasons_person_id is None:
        return None
    value = await uow.vault.open(Sealed(row.reasons_person_id, TABLE, COLUMN, row.reasons_sealed), purpose="recovery")
    return None if value is None else value.decode()
