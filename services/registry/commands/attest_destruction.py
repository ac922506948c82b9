"""A recipient says what it did with what it had been told, honestly: destroyed, never received, or kept by law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from services.registry.domain.destruction import Result, RetentionNotExplained, explained
from services.registry.persistence.disclosure_tables import AgencyCaseRow
from services.registry.persistence.duties import duty_is_told
from services.registry.persistence.webhook_tables import DestructionDutyRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotFound


class RetentionIncomplete(Invalid):
    """What is kept by law needs the article, the classes of data and until when; nothing else takes them."""

    slug = "retention-not-explained"
    title = "Say article, data classes and until when, exactly where something is kept by national law"


class NothingToAttest(Conflict):
    """This request has not ended, or has been attested already."""

    slug = "nothing-to-attest"
    title = "There is nothing to attest here now"


@dataclass(frozen=True, kw_only=True)
class AttestDestruction:
    """What became of the data."""

    agency_case_ref: str
    result: Result
    article: str | None = None
    data_classes: list[str] | None = None
    retained_until: date | None = None


async def attest(command: AttestDestruction, *, uow: UnitOfWork) -> DestructionDutyRow:
    """By the recipient itself, under its own reference. Raises NotFound, NothingToAttest, RetentionIncomplete."""
    known = await uow.session.get(AgencyCaseRow, command.agency_case_ref)
    own = (uow.actor.agency_id, uow.actor.partner_id, uow.actor.provider_id)
    if known is None or not known.told or str(known.recipient_id) not in own:
        raise NotFound
    said = {"article": command.article, "data_classes": command.data_classes, "retained_until": command.retained_until}
    try:
        explained(command.result, said)
    except RetentionNotExplained:
        raise RetentionIncomplete from None
    row = await _open_duty(uow, command.agency_case_ref)
    row.status, row.result, row.attested_at = "attested", command.result, uow.now
    row.article, row.data_classes = command.article, sorted(command.data_classes or [])
    row.retained_until = command.retained_until
    touch(row, now=uow.now)
    uow.record("destruction.attested", subject=row.case_id, result=command.result)
    if command.result == "retained_under_national_law":
        uow.notify("destruction.retained-by-law", role="protection_officer", scope="*", subject=row.case_id)
    return row


async def _open_duty(uow: UnitOfWork, reference: str) -> DestructionDutyRow:
    statement = (
        select(DestructionDutyRow)
        .where(col(DestructionDutyRow.agency_case_ref) == reference, col(DestructionDutyRow.status) != "attested")
        .where(duty_is_told(uow.now))
        .order_by(col(DestructionDutyRow.destroy_by))
        .with_for_update(key_share=True)
    )
    row = await uow.session.scalar(statement)
    if row is None:
        raise NothingToAttest
    found: DestructionDutyRow = row
    return found
