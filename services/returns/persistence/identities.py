"""Seals and opens who persons are: names, birth dates, indicators, numbers; every opening is audited."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.identity import with_transliteration
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.person_fact import person_fact
from services.returns.persistence.tables import CasePersonRow, TravelDocumentRow
from shared.database.unit_of_work import UnitOfWork
from shared.events.persons import PersonFact
from shared.protection.vault import Sealed


async def seal_identity(
    uow: UnitOfWork, person: CasePersonRow, identity: dict[str, Any], born_on: PartialDate | date | None
) -> None:
    """Seal names, with their transliteration, and the birth date, as far as it is known, under the person's key."""
    names = json.dumps(with_transliteration(identity), ensure_ascii=False).encode()
    items = [Sealed(person.id, "case_person", "identity", names)]
    if born_on is not None:
        items.append(Sealed(person.id, "case_person", "born_on", str(born_on).encode()))
    sealed = await uow.vault.seal_many(items)
    person.sealed_identity = sealed[0]
    person.sealed_born_on = sealed[1] if born_on is not None else None


async def seal_number(uow: UnitOfWork, document: TravelDocumentRow, number: str | None) -> None:
    """Seal the number of a travel document under its holder's key."""
    if number is not None:
        value = Sealed(document.person_id, "travel_document", "number", number.encode())
        document.sealed_number = await uow.vault.seal(value)


async def open_identities(
    uow: UnitOfWork, persons: Iterable[CasePersonRow], *, purpose: str
) -> dict[UUID, dict[str, Any]]:
    """Names by person id, audited; an erased person has an empty identity."""
    people = list(persons)
    items = [Sealed(person.id, "case_person", "identity", bytes(person.sealed_identity)) for person in people]
    opened = await uow.vault.open_many(items, purpose=purpose)
    return {person.id: json.loads(value) if value else {} for person, value in zip(people, opened, strict=True)}


async def open_numbers(uow: UnitOfWork, person_ids: Collection[UUID], *, purpose: str) -> dict[UUID, list[str]]:
    """Issuer and number of travel documents by person id, audited; only live documents with a number."""
    table = TravelDocumentRow
    live = (col(table.person_id).in_(person_ids), col(table.voided_on).is_(None), col(table.sealed_number).is_not(None))
    rows = list((await uow.session.execute(select(table).where(*live))).scalars())
    items = [Sealed(row.person_id, "travel_document", "number", bytes(row.sealed_number or b"")) for row in rows]
    found: dict[UUID, list[str]] = {}
    for row, value in zip(rows, await uow.vault.open_many(items, purpose=purpose), strict=True):
        if value:
            found.setdefault(row.person_id, []).append(f"{row.issuer}:{value.decode()}")
    return found


async def birth_dates(
    uow: UnitOfWork, persons: Iterable[CasePersonRow], *, purpose: str
) -> dict[UUID, PartialDate | None]:
    """Birth dates by person id, as far as they are known, audited; None when unknown or erased."""
    people = list(persons)
    known = [person for person in people if person.sealed_born_on is not None]
    items = [Sealed(person.id, "case_person", "born_on", bytes(person.sealed_born_on or b"")) for person in known]
    opened = await uow.vault.open_many(items, purpose=purpose) if items else []
    dates: dict[UUID, PartialDate | None] = {person.id: None for person in people}
    for person, value in zip(known, opened, strict=True):
        dates[person.id] = PartialDate.parse(value.decode()) if value else None
    return dates


async def person_facts(uow: UnitOfWork, persons: Iterable[CasePersonRow], *, on: date) -> list[PersonFact]:
    """What an event may say of these persons on a day."""
    people = list(persons)
    born = await birth_dates(uow, people, purpose="age-band")
    return [person_fact(person, born[person.id], on=on) for person in people]
