"""Replace the key that receipts are signed with; what earlier ones signed stays checkable."""

from __future__ import annotations

from services.reintegration.persistence.receipt_keys import replace_key
from services.reintegration.persistence.referral_tables import ReceiptKeyRow
from shared.database.unit_of_work import UnitOfWork


async def handle(*, uow: UnitOfWork) -> ReceiptKeyRow:
    """From this moment on the new one signs."""
    row = await replace_key(uow)
    uow.record("receipt-key.rotated", subject=row.id)
    return row
