"""Prepare a package of personal data for one named recipient; nothing leaves yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.domain.access import may_work
from services.returns.domain.disclosure import FIELDS
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.disclosure_tables import ClauseRow, DisclosureRow
from services.returns.persistence.programmes import find_recipient
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, NotKnownYet


class RecipientNotKnownYet(NotKnownYet):
    """The recipient's enrolment has not arrived here."""

    slug = "recipient-not-known-yet"
    title = "This recipient is not known here yet"


class ClauseNotKnownYet(NotKnownYet):
    """The clause has not arrived here."""

    slug = "clause-not-known-yet"
    title = "This clause is not known here yet"


class FieldNotOnTheList(Invalid):
    """The purpose does not allow a field."""

    slug = "field-not-on-the-list"
    title = "A field may not be disclosed for this purpose"


@dataclass(frozen=True, kw_only=True)
class PrepareDisclosure:
    """For whom, why, on which basis, what, until when."""

    case_id: UUID
    recipient_id: UUID
    purpose: str
    basis_type: str
    basis_instrument: str
    basis_article: str | None
    clause_id: UUID | None
    fields: list[str]
    person_refs: list[str]
    answer_by: date
    destroy_by: date
    days: int


async def handle(command: PrepareDisclosure, *, uow: UnitOfWork) -> DisclosureRow:
    """Raises NotFound, RecipientNotKnownYet (for providers too: they get referrals, no packages), ClauseNotKnownYet,
    FieldNotOnTheList."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    recipient = await find_recipient(uow.session, command.recipient_id)
    if recipient is None or recipient.is_provider:
        raise RecipientNotKnownYet
    if command.clause_id is not None and await uow.session.get(ClauseRow, command.clause_id) is None:
        raise ClauseNotKnownYet
    refused = sorted(set(command.fields) - set(FIELDS[command.purpose]))
    if refused:
        raise FieldNotOnTheList(allowed=list(FIELDS[command.purpose]))
    persons = [file.person(ref) for ref in dict.fromkeys(command.person_refs)]
    row = DisclosureRow(
        case_id=file.case.id,
        recipient_id=command.recipient_id,
        recipient_kind=recipient.kind,
        purpose=command.purpose,
        basis_type=command.basis_type,
        basis_instrument=command.basis_instrument,
        basis_article=command.basis_article,
        clause_id=command.clause_id,
        fields=list(dict.fromkeys(command.fields)),
        person_refs=[person.person_ref for person in persons],
        prepared_by=uow.actor.subject,
        answer_by=command.answer_by,
        destroy_by=command.destroy_by,
        expires_on=fact_day(uow, None) + timedelta(days=command.days),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    remember(uow, file.case, "disclosure-prepared", before=file.case.state)
    return row
