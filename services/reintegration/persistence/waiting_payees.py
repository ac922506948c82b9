"""Payee data of grants that lie under the service's own key because nobody was known when they were asked for.

Since such a request is refused (PayeeNotKnown), these are rows of earlier times. An erasure destroys a person's key and
would not reach them, so they come under it as soon as the person is known.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from services.reintegration.domain.payment import PayeeKind
from services.reintegration.persistence import fresh
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.payments import INVOICE_PAYEE
from services.reintegration.persistence.successor_payees import payee_person
from services.reintegration.persistence.support_tables import PayeeChangeRow, PaymentRow
from services.reintegration.persistence.tables import BeneficiaryRow, LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.vault import PersonErased, Sealed

AT_ONCE = 500
GRANT = col(PaymentRow.payee_kind) == PayeeKind.BENEFICIARY.value
OWN = col(PaymentRow.payee_sealed).is_not(None) & col(PaymentRow.payee_person_id).is_(None)
Waiting = PaymentRow | PayeeChangeRow


async def cases_to_seal(uow: UnitOfWork) -> list[UUID]:
    """Cases with such data whose person is known by now."""
    known = select(BeneficiaryRow.id).where(
        or_(
            col(LineRow.person_ref) == col(BeneficiaryRow.person_ref),
            col(LineRow.person_ref).is_(None) & (col(BeneficiaryRow.case_id) == col(LineRow.case_id)),
        )
    )
    changes = select(PayeeChangeRow.id).where(
        col(PayeeChangeRow.payment_id) == col(PaymentRow.id), col(PayeeChangeRow.payee_person_id).is_(None)
    )
    statement = (
        select(PaymentRow.case_id)
        .join(LineRow, col(LineRow.id) == col(PaymentRow.line_id))
        .where(GRANT, or_(OWN, changes.exists()), known.exists())
        .distinct()
    )
    return list(await fresh.every(uow, statement.limit(AT_ONCE)))


async def lock_waiting(uow: UnitOfWork, case_id: UUID) -> list[tuple[Waiting, LineRow]]:
    """Such data of one case, locked, each with its line."""
    payments = select(PaymentRow).where(col(PaymentRow.case_id) == case_id, GRANT).order_by(col(PaymentRow.id))
    lines = {row.id: row.line_id for row in await fresh.every(uow, payments)}
    own = await fresh.every(uow, payments.where(OWN).with_for_update(key_share=True))
    changes = select(PayeeChangeRow).where(
        col(PayeeChangeRow.payment_id).in_(lines), col(PayeeChangeRow.payee_person_id).is_(None)
    )
    ordered = changes.order_by(col(PayeeChangeRow.id)).with_for_update(key_share=True)
    found: list[Waiting] = [*own, *await fresh.every(uow, ordered)]
    line_ids = [lines[row.payment_id if isinstance(row, PayeeChangeRow) else row.id] for row in found]
    return [(row, await find_line(uow, line_id)) for row, line_id in zip(found, line_ids, strict=True)]


async def seal_for_person(uow: UnitOfWork, row: Waiting, line: LineRow) -> bool:
    """Put one value under the key of its person, and drop it where that person was erased meanwhile; False while the
    person is not known."""
    person = await payee_person(uow, line)
    if person is None or row.payee_sealed is None:
        return False
    value = uow.vault.open_service(INVOICE_PAYEE, row.payee_sealed)
    try:
        row.payee_sealed = await uow.vault.seal(Sealed(person.id, row.__tablename__, "payee_sealed", value))
    except PersonErased:
        row.payee_sealed = b""
    row.payee_person_id = person.id
    return True
