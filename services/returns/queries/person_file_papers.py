"""What else is held about one person, for their access request: papers, screening, escorts, searches, incidents.

A printed file is found by whoever shares a room. What may put its reader in danger (that somebody was trafficked or
beaten, and what happened on the way) is in it only when a protection officer takes it out, who hands it over alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.returns.domain.documents import readers
from services.returns.domain.safeguards import PROTECTION
from services.returns.persistence.aftermath import incidents_of, open_accounts, rungs_of, searches_of
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.documents import documents_of, open_names
from services.returns.persistence.safeguards import kinds_of
from services.returns.persistence.tables import CasePersonRow
from shared.database.unit_of_work import UnitOfWork

Section = list[dict[str, Any]]
PURPOSE = "access-request"
PAPER = ("kind", "status", "issued_on", "received_at", "deleted_on")
ESCORT = ("kind", "qualification", "hand_over_to", "status", "requested_on", "confirmed_on", "handed_over_on")
INCIDENT = ("kind", "occurred_on", "heard_from", "status", "outcome", "closed_on")
SEARCH = ("opened_on", "closed_on", "outcome")


async def papers_of(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> dict[str, Section]:
    """Sections of the person's own, in the order of reading."""
    return {
        "documents": await _documents(uow, file, person),
        "screening": await _screening(uow, file, person),
        "escorts": [_some(row, ESCORT) for row in file.escorts if row.person_id == person.id],
        "searches": await _searches(uow, file, person),
        "incidents": await _incidents(uow, file, person),
        "complaints": [],
    }


def _some(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


async def _documents(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> Section:
    """Papers of the person, as far as whoever takes the file out reads their kind."""
    roles = uow.actor.roles
    mine = [row for row in await documents_of(uow, file.id) if row.person_id == person.id]
    seen = [row for row in mine if roles & set(readers(row.kind))]
    names = await open_names(uow, seen)
    return [{"name": names.get(row.id), **_some(row, PAPER)} for row in seen]


async def _screening(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> Section:
    """That the person was looked for on other files, and what they were found to need, as far as whoever takes the
    file out may know it; the page says who tells the rest."""
    found: Section = []
    if person.duplicates_searched_at is not None:
        found.append({"need": "looked_for", "on": person.duplicates_searched_at.date(), "outcome": None})
    mine = [row for row in file.safeguards if row.person_id == person.id]
    kinds = await kinds_of(uow, mine, purpose=PURPOSE)
    told = [(row, kinds[row.id]) for row in mine if row.id in kinds]
    return found + [
        {"need": kind.indicator, "on": row.opened_on, "outcome": row.outcome}
        for row, kind in told
        if any(uow.actor.has(role) for role in (PROTECTION, *kind.settled_by))
    ]


async def _searches(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> Section:
    """When the person was not seen to arrive: who was asked, and what came of it."""
    mine = [row for row in await searches_of(uow, file.id) if row.person_id == person.id]
    steps = await rungs_of(uow, [row.id for row in mine]) if mine else []
    return [
        {
            **_some(row, SEARCH),
            "asked": [
                f"{step.on.isoformat()} {step.contact}: {step.result}" for step in steps if step.search_id == row.id
            ],
        }
        for row in mine
    ]


async def _incidents(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> Section:
    if not uow.actor.has(PROTECTION):
        return []
    mine = [row for row in await incidents_of(uow, file.id) if row.person_id == person.id]
    accounts = await open_accounts(uow, mine)
    return [{**_some(row, INCIDENT), "account": accounts.get(row.id)} for row in mine]
