"""Queue a fact about persons of a case for everybody who has their live consent for a purpose, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.tell_recipient import consenting_persons, tell
from services.registry.persistence.disclosure_tables import KnownCaseRow, KnownConsentRow
from shared.database.unit_of_work import UnitOfWork


async def tell_consenting(
    case_id: UUID,
    payload_type: str,
    facts: dict[str, Any],
    person_refs: Sequence[str] | None,
    *,
    purpose: str,
    uow: UnitOfWork,
) -> None:
    """Only of an approved case; each recipient hears of the persons it may know of (None: the fact names nobody)."""
    for recipient_id in await named_in_consents(uow, case_id):
        await tell_one(case_id, recipient_id, payload_type, facts, person_refs, purpose=purpose, uow=uow)


async def named_in_consents(uow: UnitOfWork, case_id: UUID) -> list[UUID]:
    """Everybody whom a consent of an approved case names, for whatever purpose, in one order everywhere."""
    case = await uow.session.get(KnownCaseRow, case_id)
    if case is None or not case.approved:
        return []
    consents = select(KnownConsentRow.recipient_id).where(col(KnownConsentRow.case_id) == case_id).distinct()
    return sorted((await uow.session.execute(consents)).scalars())


async def tell_one(
    case_id: UUID,
    recipient_id: UUID,
    payload_type: str,
    facts: dict[str, Any],
    person_refs: Sequence[str] | None,
    *,
    purpose: str,
    uow: UnitOfWork,
) -> None:
    """One recipient, if anybody concerned consents to its hearing this for this purpose. Whether a legal basis holds is
    asked when it leaves: events of bases and of cases arrive in no order."""
    covered = await consenting_persons(uow, case_id, recipient_id, purpose=purpose)
    refs = sorted(covered if person_refs is None else covered & set(person_refs))
    if not refs:
        return
    shown = {**facts, "person_refs": refs} if person_refs is not None else facts
    if "party_size" in shown:
        shown["party_size"] = len(refs)
    await tell(
        uow,
        case_id=case_id,
        recipient_id=recipient_id,
        payload_type=payload_type,
        facts=shown,
        purpose=purpose,
        person_refs=refs,
    )
