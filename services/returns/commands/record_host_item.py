"""Record what became of one item of the host-side checklist; an earlier entry stays readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.commands.recorded import recorded
from services.returns.domain.access import may_work
from services.returns.persistence.aftermath_tables import HostChecklistEntryRow
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid

CHECKLIST = "host-checklist-v1"


class ItemNotOnTheList(Invalid):
    """The list is data; `items` names what is on it, and whether it is asked of each person."""

    slug = "item-not-on-the-list"
    title = "This item is not on the host-side checklist, or needs another answer to whom it is about"


@dataclass(frozen=True, kw_only=True)
class RecordHostItem:
    """Which item, of whom, and what became of it."""

    case_id: UUID
    item: str
    status: str
    person_ref: str | None = None
    evidence: str | None = None
    on: date | None = None


async def handle(command: RecordHostItem, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, ItemNotOnTheList."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    items = {entry["item"]: entry["per"] for entry in reference(CHECKLIST)["items"]}
    if (items.get(command.item) == "person") != (command.person_ref is not None) or command.item not in items:
        raise ItemNotOnTheList(items=items)
    person = file.person(command.person_ref) if command.person_ref else None
    on = fact_day(uow, command.on)
    row = HostChecklistEntryRow(
        case_id=file.id,
        person_id=person.id if person else None,
        item=command.item,
        status=command.status,
        on=on,
        evidence=command.evidence,
        **recorded(uow),
    )
    uow.session.add(row)
    file.host_entries.append(row)
    ref = person.person_ref if person else None
    remember(uow, file.case, "host-item", before=file.case.state, on=on, person_ref=ref, about=command.item)
    recheck(uow, file, on=uow.now.date())
    return file.case
