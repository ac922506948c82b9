"""Loads packages with what decides about them, and puts together exactly what a recipient may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.disclosure import PackageView
from services.returns.domain.disclosure_basis import STATE_KINDS
from services.returns.persistence.cases import CaseFile, birth_dates, open_identities
from services.returns.persistence.disclosure_bases import what_is_missing
from services.returns.persistence.disclosure_tables import ClauseRow, DisclosureAnswerRow, DisclosureRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.tables import CasePersonRow, RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.vault import Sealed


async def get_disclosure(uow: UnitOfWork, disclosure_id: UUID, *, case_id: UUID | None = None) -> DisclosureRow:
    """The package, locked; raises NotFound."""
    statement = select(DisclosureRow).where(col(DisclosureRow.id) == disclosure_id)
    if case_id is not None:
        statement = statement.where(col(DisclosureRow.case_id) == case_id)
    row: DisclosureRow | None = await uow.session.scalar(statement.with_for_update(key_share=True))
    if row is None:
        raise NotFound
    return row


async def disclosures_of(uow: UnitOfWork, case_id: UUID) -> list[DisclosureRow]:
    """All packages of a case, oldest first."""
    statement = select(DisclosureRow).where(col(DisclosureRow.case_id) == case_id).order_by(col(DisclosureRow.id))
    return list((await uow.session.execute(statement)).scalars())


async def open_packages(uow: UnitOfWork, case_id: UUID) -> list[DisclosureRow]:
    """Packages of a case that are prepared or approved, oldest first, locked."""
    row = DisclosureRow
    statement = select(row).where(col(row.case_id) == case_id, col(row.status).in_(("prepared", "approved")))
    ordered = statement.order_by(col(row.id)).with_for_update(key_share=True)
    return list((await uow.session.execute(ordered)).scalars())


async def package_view(
    uow: UnitOfWork,
    file: CaseFile,
    row: DisclosureRow,
    *,
    check_days: int,
    people: Sequence[CasePersonRow] | None = None,
) -> PackageView:
    """The package as the rules see it now: all of it, or as far as it is about these persons."""
    today = uow.now.date()
    people = covered(file, row) if people is None else people
    clause = await uow.session.get(ClauseRow, row.clause_id) if row.clause_id else None
    recipient = await uow.session.get(RecipientRow, row.recipient_id)
    return PackageView(
        recipient_kind=row.recipient_kind,
        recipient_suspended=recipient is not None and recipient.suspended,
        purpose=row.purpose,
        basis_type=row.basis_type,
        basis_missing=await what_is_missing(uow, file, row, today),
        clause_named=row.clause_id is not None,
        clause_in_force=clause is not None and _carries(clause, file, row, people, recipient, today),
        fields=tuple(row.fields),
        state=file.case.state,
        frozen=file.case.frozen_on is not None,
        persons=tuple(person.person_ref for person in people),
        persons_without_consent=tuple(
            person.person_ref for person in people if not consents_to(file, person, row, today)
        ),
        endangerment_checked_on=row.endangerment_checked_on,
        endangerment_check_days=check_days,
        expires_on=row.expires_on,
        today=today,
        not_their_choice=_not_chosen(people, recipient),
        **_claims(file),
    )


def _not_chosen(people: Sequence[CasePersonRow], recipient: RecipientRow | None) -> tuple[str, ...]:
    """Persons whose chosen citizenship is another one; whoever has only one has chosen it."""
    country = recipient.country if recipient else None
    return tuple(person.person_ref for person in people if chosen_citizenship(person) != country)


def chosen_citizenship(person: CasePersonRow) -> str | None:
    """The one citizenship whose consulate may be asked; None while the person has several and chose none."""
    chosen = [entry["code"] for entry in person.citizenships if entry.get("chosen")]
    known = chosen or [entry["code"] for entry in person.citizenships]
    return str(known[0]) if len(known) == 1 else None


def _claims(file: CaseFile) -> dict[str, Any]:
    """Where a claim for protection stands; a pending remedy counts as an open claim."""
    standing, remedy = latest(file.facts, "claim_standing"), latest(file.facts, "remedy")
    pending = remedy is not None and remedy.value == "pending"
    known = standing.value if standing else None
    moved = [fact.on for fact in (standing, remedy) if fact is not None and fact.value in ("open", "pending")]
    return {
        "claim_standing": "open" if pending and known != "recognised" else known,
        "claim_moved_on": max(moved, default=None),
        "asks_themself": latest(file.facts, "asks_consulate_themself") is not None,
    }


def covered(file: CaseFile, row: DisclosureRow) -> list[CasePersonRow]:
    """The persons of the package who are still on this file."""
    return [person for person in file.persons if person.person_ref in row.person_refs]


def readable(file: CaseFile, row: DisclosureRow, on: date) -> list[CasePersonRow]:
    """Those of the package who may be named on a day: still travelling, and their consent is live. What ends for one
    person does not end for the others."""
    travelling = [person for person in covered(file, row) if person.travel_status != "NOT_TRAVELLING"]
    return [person for person in travelling if consents_to(file, person, row, on)]


def consents_to(file: CaseFile, person: CasePersonRow, row: DisclosureRow, on: date) -> bool:
    """An adult's own live consent for this recipient and purpose; for a child, one of each living adult of the file. A
    consent ends with the life of whoever gave it."""
    if person.deceased_on is not None:
        return False
    adults = [adult for adult in file.travelling if adult.adult and adult.deceased_on is None]
    givers = [person] if person.adult else adults
    return bool(givers) and all(_has_consent(file, giver, row, on) for giver in givers)


def _has_consent(file: CaseFile, giver: CasePersonRow, row: DisclosureRow, on: date) -> bool:
    return any(
        consent.person_id == giver.id
        and consent.withdrawn_on is None
        and (consent.valid_until is None or consent.valid_until >= on)
        and str(row.recipient_id) in consent.recipients
        and row.purpose in consent.purposes
        for consent in file.consents
    )


def _carries(
    clause: ClauseRow,
    file: CaseFile,
    row: DisclosureRow,
    people: Sequence[CasePersonRow],
    recipient: RecipientRow | None,
    on: date,
) -> bool:
    """Whether the clause is a data clause in force, of the partnership of the case, for this recipient and these
    persons. What it does not name it does not limit, but for nationals of other countries, whom it has to name."""
    if not clause.data_clause or not holds(clause, on):
        return False
    if file.case.partnership_id is not None and clause.partnership_id != file.case.partnership_id:
        return False
    if clause.recipient_kinds and row.recipient_kind not in clause.recipient_kinds:
        return False
    if clause.competent_authorities and str(row.recipient_id) not in clause.competent_authorities:
        return False
    country = recipient.country if recipient is not None and row.recipient_kind in STATE_KINDS else None
    own = all(country in [entry["code"] for entry in person.citizenships] for person in people)
    return country is None or own or clause.third_country_nationals is not False


def holds(clause: ClauseRow, on: date) -> bool:
    """Whether the clause is in force on a day."""
    return clause.valid_from <= on and (clause.valid_to is None or clause.valid_to >= on)


async def package_content(
    uow: UnitOfWork, people: Sequence[CasePersonRow], row: DisclosureRow, *, purpose: str
) -> list[dict[str, Any]]:
    """Exactly what the recipient sees of these persons: one entry each, only the listed fields; audited."""
    identities = await open_identities(uow, people, purpose=purpose)
    born = await birth_dates(uow, people, purpose=purpose) if "born_on" in row.fields else {}
    content: list[dict[str, Any]] = []
    for person in people:
        known: dict[str, Any] = {**identities[person.id], "sex": person.sex}
        known["citizenships"] = [entry["code"] for entry in person.citizenships]
        day = born.get(person.id)
        known["born_on"] = str(day) if day else None
        content.append({"person_ref": person.person_ref, **{name: known.get(name) for name in row.fields}})
    return content


async def answers_to(uow: UnitOfWork, row: DisclosureRow) -> list[tuple[DisclosureAnswerRow, dict[str, Any]]]:
    """What a recipient answered, oldest first, with its values; audited. Empty values for whoever was erased."""
    answer = DisclosureAnswerRow
    statement = select(answer).where(col(answer.disclosure_id) == row.id).order_by(col(answer.id))
    found = list((await uow.session.execute(statement)).scalars())
    sealed = [each for each in found if each.sealed_values is not None]
    items = [Sealed(each.person_id, "disclosure_answer", "values", bytes(each.sealed_values or b"")) for each in sealed]
    opened = await uow.vault.open_many(items, purpose="disclosure-answers")
    values = {each.id: json.loads(value) if value else {} for each, value in zip(sealed, opened, strict=True)}
    return [(each, values.get(each.id, {})) for each in found]


async def answered_about(uow: UnitOfWork, row: DisclosureRow) -> set[UUID]:
    """The persons about whom the recipient has answered."""
    await uow.session.flush()
    statement = select(DisclosureAnswerRow.person_id).where(col(DisclosureAnswerRow.disclosure_id) == row.id)
    return set((await uow.session.execute(statement)).scalars())


async def keep_answer(
    uow: UnitOfWork, row: DisclosureRow, person: CasePersonRow, *, outcome: str, values: dict[str, Any]
) -> DisclosureAnswerRow:
    """An answer about one person, its values sealed under that person's key."""
    answer = DisclosureAnswerRow(
        disclosure_id=row.id, person_id=person.id, outcome=outcome, created_at=uow.now, updated_at=uow.now
    )
    if values:
        content = json.dumps(values, ensure_ascii=False).encode()
        answer.sealed_values = await uow.vault.seal(Sealed(person.id, "disclosure_answer", "values", content))
    uow.session.add(answer)
    return answer
