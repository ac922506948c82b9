"""Announce a document of a person: what it is; its content is sent next. Or take a wrong one away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.domain.access import may_work
from services.returns.domain.documents import DELETED, STANDINGS, readers
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.document_tables import DocumentRow
from services.returns.persistence.documents import document_of, forget_content, seal_name
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound


class DocumentGone(Conflict):
    """It was taken away before."""

    slug = "document-gone"
    title = "This document was taken away before"


@dataclass(frozen=True, kw_only=True)
class AddDocument:
    """Of whom, of which kind; what it is called is sealed."""

    case_id: UUID
    person_ref: str
    kind: str
    name: str | None = None
    issued_on: date | None = None


async def handle(command: AddDocument, *, uow: UnitOfWork) -> DocumentRow:
    """Raises NotFound, PersonErased."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    person = file.person(command.person_ref)
    row = DocumentRow(
        case_id=file.id,
        person_id=person.id,
        kind=command.kind,
        issued_on=command.issued_on,
        added_by=uow.actor.subject,
        added_role=uow.acting_role,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_name(uow, row, command.name)
    uow.session.add(row)
    remember(uow, file.case, "document-added", before=file.case.state, on=uow.now.date(), person_ref=person.person_ref)
    return row


async def remove(document_id: UUID, *, reason: str, uow: UnitOfWork) -> DocumentRow:
    """The entry stays and says why; the content is removed from the store by and by. Raises NotFound, DocumentGone."""
    file = await load_file(uow, (await document_of(uow, document_id)).case_id, may_work, lock=True)
    row = await document_of(uow, document_id, lock=True)
    if uow.acting_role not in readers(row.kind) and row.added_by != uow.actor.subject:
        raise NotFound
    uow.match(row.version)
    if STANDINGS[row.status] in (DELETED, STANDINGS["erased"]):
        raise DocumentGone
    row.status, row.deleted_on, row.reason_code = DELETED.name, uow.now.date(), reason
    forget_content(row)
    touch(row, now=uow.now)
    ref = file.ref_of(row.person_id)
    remember(uow, file.case, "document-removed", before=file.case.state, on=row.deleted_on, person_ref=ref)
    return row
