"""Opens everything that is sealed about one person, for that person's own access request; audited."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from services.returns.persistence.cases import CaseFile, birth_dates, open_identities
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.disclosure_tables import DisclosureAnswerRow, DisclosureRow
from services.returns.persistence.tables import CasePersonRow, DeclarationRow, TravelDocumentRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import TooManyRequests
from shared.protection.vault import Sealed

PURPOSE = "access-request"
EXPORTED = "person.file-exported"
MADE_LATELY = text("SELECT count(*) FROM audit WHERE action = :action AND actor = :actor AND at > :since")


class TooManyFiles(TooManyRequests):
    """One caller takes out more files than access requests explain."""

    slug = "too-many-files"
    title = "You took out many files within an hour; wait, or let a colleague do it"
    retry_after_seconds = 3_600


async def count_file(uow: UnitOfWork, person: CasePersonRow) -> None:
    """Note in the audit whose file was taken out; raises TooManyFiles."""
    values = {"action": EXPORTED, "actor": uow.actor.subject, "since": uow.now - timedelta(hours=1)}
    made = await uow.session.scalar(MADE_LATELY, values)
    if (made or 0) >= reference("access-requests-v1")["most_files_per_caller_and_hour"]:
        raise TooManyFiles
    uow.record(EXPORTED, subject=person.case_id, person_id=str(person.id))


async def identity_of(uow: UnitOfWork, person: CasePersonRow) -> dict[str, Any]:
    """Names and birth date; empty once erased."""
    names = (await open_identities(uow, [person], purpose=PURPOSE))[person.id]
    born = (await birth_dates(uow, [person], purpose=PURPOSE))[person.id]
    return {**names, "born_on": str(born) if born else None}


async def numbers_of(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> list[tuple[TravelDocumentRow, str]]:
    """The person's travel documents with their numbers."""
    papers = [row for row in file.documents if row.person_id == person.id]
    items = [Sealed(person.id, "travel_document", "number", bytes(row.sealed_number or b"")) for row in papers]
    numbered = [item for item in items if item.value]
    opened = iter(await uow.vault.open_many(numbered, purpose=PURPOSE))
    return [
        (row, (next(opened) or b"").decode() if item.value else "") for row, item in zip(papers, items, strict=True)
    ]


async def answers_about(uow: UnitOfWork, person: CasePersonRow) -> list[tuple[DisclosureAnswerRow, dict[str, Any]]]:
    """What recipients answered about the person, with the sealed values."""
    table = DisclosureAnswerRow
    statement = select(table).where(col(table.person_id) == person.id).order_by(col(table.id))
    rows = list((await uow.session.execute(statement)).scalars())
    found = []
    for row in rows:
        value = None
        if row.sealed_values is not None:
            sealed = Sealed(person.id, "disclosure_answer", "values", bytes(row.sealed_values))
            value = await uow.vault.open(sealed, purpose=PURPOSE)
        found.append((row, json.loads(value) if value else {}))
    return found


async def declarations_of(uow: UnitOfWork, person: CasePersonRow) -> list[DeclarationRow]:
    """The person's own declarations, oldest first."""
    statement = select(DeclarationRow).where(col(DeclarationRow.person_id) == person.id)
    return list((await uow.session.execute(statement.order_by(col(DeclarationRow.id)))).scalars())


async def packages_about(uow: UnitOfWork, person: CasePersonRow) -> list[DisclosureRow]:
    """Packages that held the person, whichever file they were on then."""
    table = DisclosureRow
    statement = select(table).where(col(table.person_refs).contains([person.person_ref])).order_by(col(table.id))
    return list((await uow.session.execute(statement)).scalars())
