"""A recipient reads its package, gives a receipt, or answers: decided anew at that moment, audited, told to nobody
with values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.commands.answer_travel_document_request import apply_to_requests
from services.returns.contracts.published_disclosure import DisclosureAnsweredV1, DisclosureMadeV1
from services.returns.domain.disclosure import obstacles
from services.returns.domain.travel_document_request import ANSWERS
from services.returns.persistence.cases import CaseFile, load_file, remember, seal_number
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import (
    answered_about,
    get_disclosure,
    keep_answer,
    package_content,
    package_view,
    readable,
)
from services.returns.persistence.encryption_keys import EncryptionKey, NoKeyLeft, encryption_key
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow, TravelDocumentRow
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Gone, NotFound


class DisclosureEnded(Gone):
    """Recalled, expired, consent withdrawn, frozen or closed: always the same answer."""

    slug = "disclosure-ended"
    title = "This request has ended; no further action is needed"


class EncryptionKeyNeeded(Conflict):
    """The recipient's key was retired. Its packages are encrypted or not given, so that whoever has only its token
    cannot have them in clear by retiring the key."""

    slug = "encryption-key-needed"
    title = "Your encryption key is no longer in use; have a new one entered"


def _is_recipient(actor: Principal, row: DisclosureRow) -> bool:
    return str(row.recipient_id) in (actor.agency_id, actor.partner_id)


@dataclass(frozen=True)
class Readable:
    """A package that may be read now, and whom it may name: each person's own consent decides."""

    file: CaseFile
    row: DisclosureRow
    people: list[CasePersonRow]

    @property
    def refs(self) -> list[str]:
        """The persons it may name."""
        return [person.person_ref for person in self.people]


async def _readable(uow: UnitOfWork, disclosure_id: UUID, *, check_days: int) -> Readable:
    """The package, if the caller is its recipient and it may be read now. Raises NotFound, DisclosureEnded."""
    row = await get_disclosure(uow, disclosure_id)
    if not _is_recipient(uow.actor, row) or row.status == "prepared":
        raise NotFound
    case = await uow.session.scalar(select(ReturnCaseRow).where(col(ReturnCaseRow.id) == row.case_id))
    if case is None:
        raise NotFound
    file = await load_file(uow, row.case_id, lambda _actor, _case: True)
    people = readable(file, row, uow.now.date())
    if row.status == "recalled" or obstacles(await package_view(uow, file, row, check_days=check_days, people=people)):
        raise DisclosureEnded
    return Readable(file, row, people)


async def must_be_readable(uow: UnitOfWork, disclosure_id: UUID, *, check_days: int) -> None:
    """Nothing of an answer is opened before this is decided. Raises NotFound, DisclosureEnded."""
    await _readable(uow, disclosure_id, check_days=check_days)


@dataclass(frozen=True)
class Opened:
    """A package with its values, and the key that it is encrypted to before it leaves, if the recipient has one."""

    row: DisclosureRow
    persons: list[dict[str, Any]]
    key: EncryptionKey | None


async def read(uow: UnitOfWork, disclosure_id: UUID, *, check_days: int) -> Opened:
    """What the recipient may see. Raises NotFound, DisclosureEnded, EncryptionKeyNeeded."""
    package = await _readable(uow, disclosure_id, check_days=check_days)
    row = package.row
    try:
        key = await encryption_key(uow, row.recipient_id)
    except NoKeyLeft:
        raise EncryptionKeyNeeded from None
    content = await package_content(uow, package.people, row, purpose=f"disclosure:{row.purpose}")
    row.read_count += 1
    uow.publish(
        DisclosureMadeV1(
            disclosure_id=row.id,
            case_id=row.case_id,
            recipient_id=row.recipient_id,
            data_classes=sorted(row.fields),
            person_refs=package.refs,
        )
    )
    encrypted = key is not None
    uow.record("disclosure.read", subject=row.id, recipient_id=str(row.recipient_id), encrypted=encrypted)
    return Opened(row, content, key)


async def receipt(uow: UnitOfWork, disclosure_id: UUID, *, check_days: int) -> DisclosureRow:
    """The recipient confirms that it has the package. Raises NotFound, DisclosureEnded."""
    package = await _readable(uow, disclosure_id, check_days=check_days)
    row = package.row
    if row.receipt_on is None:
        row.receipt_on = uow.now.date()
        await apply_to_requests(
            uow, package.file, row.recipient_id, "acknowledge", on=row.receipt_on, person_refs=package.refs
        )
    touch(row, now=uow.now)
    uow.record("disclosure.receipt", subject=row.id)
    return row


async def answer(
    uow: UnitOfWork, disclosure_id: UUID, answers: list[dict[str, Any]], *, check_days: int
) -> DisclosureRow:
    """Answers with personal values come in here, sealed at once; a document steers readiness. Raises NotFound,
    DisclosureEnded."""
    package = await _readable(uow, disclosure_id, check_days=check_days)
    file, row = package.file, package.row
    known = {person.person_ref: person for person in package.people}
    for entry in answers:
        person = known.get(entry["person_ref"])
        if person is None:
            raise NotFound
        values = {name: entry[name] for name in ("document_number", "corrected_identity") if entry.get(name)}
        await keep_answer(uow, row, person, outcome=entry["outcome"], values=values)
        moved = await apply_to_requests(
            uow, file, row.recipient_id, ANSWERS[entry["outcome"]], on=uow.now.date(), person_refs=[person.person_ref]
        )
        if entry["outcome"] == "document_issued" and entry.get("valid_until"):
            await _keep_document(uow, person, entry, moved)
    touch(row, now=uow.now)
    remember(uow, file.case, "disclosure-answered", before=file.case.state)
    if {person.id for person in known.values()} <= await answered_about(uow, row):
        fact = {"disclosure_id": row.id, "case_id": row.case_id, "recipient_id": row.recipient_id}
        uow.publish(DisclosureAnsweredV1(**fact, on=uow.now.date()))
    uow.notify("disclosure.answered", role="caseworker", scope=file.case.office_id, subject=file.case.id)
    return row


async def _keep_document(
    uow: UnitOfWork, person: CasePersonRow, entry: dict[str, Any], moved: list[TravelDocumentRequestRow]
) -> None:
    document = TravelDocumentRow(
        person_id=person.id,
        kind=entry.get("document_kind") or "laissez_passer",
        issuer=entry["issuer"],
        valid_until=entry["valid_until"],
        request_id=moved[0].id if moved else None,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_number(uow, document, entry.get("document_number"))
    uow.session.add(document)
