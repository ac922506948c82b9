"""What the host side still has to do for a departure and after it: item by item, with owner and day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, Field

from services.returns.persistence.aftermath import host_entries
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.fact_views import latest
from shared.database.unit_of_work import UnitOfWork

CHECKLIST = "host-checklist-v1"


class HostItem(BaseModel):
    """One item."""

    item: str = Field(description="Code of the item.")
    told: str
    owner: str = Field(description="Role that does it.")
    person_ref: str | None
    status: str = Field(description="waits (for the departure), open, overdue, done, not_needed.")
    due_on: date | None
    on: date | None
    evidence: str | None


async def host_checklist(uow: UnitOfWork, file: CaseFile, *, on: date) -> list[HostItem]:
    """Overdue ones first, then by the day they are due."""
    newest = {(row.item, row.person_id): row for row in await host_entries(uow, file.id)}
    shown: list[HostItem] = []
    for entry, person_id in _asked(file):
        row = newest.get((entry["item"], person_id))
        due = _due(file, entry)
        status = row.status if row and row.status != "open" else _open(due, on)
        known = {name: entry[name] for name in ("item", "told", "owner")}
        done = {"on": row.on if row else None, "evidence": row.evidence if row else None}
        shown.append(HostItem(**known, **done, person_ref=file.ref_of(person_id), status=status, due_on=due))
    order = ("overdue", "open", "waits", "done", "not_needed")
    return sorted(shown, key=lambda item: (order.index(item.status), item.due_on or date.max))


def _asked(file: CaseFile) -> Iterator[tuple[dict[str, Any], Any]]:
    detention = latest(file.facts, "detention")
    standing = detention.value if detention is not None else None
    for entry in reference(CHECKLIST)["items"]:
        if entry.get("only") not in (None, standing):
            continue
        people = [person.id for person in file.travelling] if entry["per"] == "person" else [None]
        for person_id in people:
            yield entry, person_id


def _due(file: CaseFile, entry: dict[str, Any]) -> date | None:
    day: date | None = getattr(file.case, entry["counts_from"])
    return day + timedelta(days=entry["days"]) if day else None


def _open(due: date | None, on: date) -> str:
    if due is None:
        return "waits"
    return "overdue" if due < on else "open"
