"""The receipt of an answer: who was asked, what was said on which day, signed, with references and codes only."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Literal

from services.reintegration.persistence.receipt_keys import current_key
from services.reintegration.persistence.referral_tables import ReferralRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.statements import signed

KIND = "referral-receipt+jws"
ISSUER = "wayhome/reintegration"
Outcome = Literal["accepted", "rejected", "taken_back"]


async def sign(row: ReferralRow, outcome: Outcome, *, on: date, uow: UnitOfWork) -> None:
    """Put it into the referral; a later one about the same referral (`iat`) stands before an earlier one."""
    key, secret = await current_key(uow)
    statement = {
        "iss": ISSUER,
        "iat": int(uow.now.timestamp()),
        "referral_id": str(row.id),
        "provider_id": str(row.provider_id),
        "service_id": str(row.service_id),
        "made_on": row.made_on.isoformat(),
        "answer_by": row.answer_by.isoformat(),
        "outcome": outcome,
        "reason_code": row.reason_code,
        "on": on.isoformat(),
        "digest": row.receipt_digest.hex() if row.receipt_digest else None,
    }
    row.signed_receipt = signed(statement, secret, key_id=str(key.id), kind=KIND)


def digest_of(row: ReferralRow) -> bytes:
    """What both sides keep of an answer: its digest over who said what of which referral on which day."""
    content = {
        "referral_id": str(row.id),
        "provider_id": str(row.provider_id),
        "outcome": row.state,
        "reason_code": row.reason_code,
        "answered_on": row.answered_on.isoformat() if row.answered_on else None,
        "answered_by": row.answered_by,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
