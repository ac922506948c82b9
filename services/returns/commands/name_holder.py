"""Name one holder of parental responsibility for a child, with how it is known; each is asked for themself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.returns.commands.resting import look_again
from services.returns.domain.access import may_work
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.child_tables import ParentalHolderRow
from services.returns.persistence.children import seal_contact
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class NotAChild(Conflict):
    """Parental responsibility is recorded for minors; an adult decides alone."""

    slug = "not-a-child"
    title = "This person is an adult, who decides alone"


class HolderNotPossible(Conflict):
    """A holder who is on the file is one of its adults, and is named once for each child."""

    slug = "holder-not-possible"
    title = "Name another adult of the file as a holder, once for each child"


@dataclass(frozen=True, kw_only=True)
class NameHolder:
    """Who, how it is known, and who on the file it is; contact data of others is sealed."""

    case_id: UUID
    child_ref: str
    relation: str
    established_by: str
    holder_ref: str | None = None
    contact: dict[str, Any] = field(default_factory=dict)


async def handle(command: NameHolder, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, NotAChild, HolderNotPossible. A ready case goes back until the holder has agreed."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    child = minor(file, command.child_ref)
    holder = file.person(command.holder_ref) if command.holder_ref else None
    if holder is not None and not _possible(file, child, holder):
        raise HolderNotPossible
    row = ParentalHolderRow(
        person_id=child.id,
        relation=command.relation,
        established_by=command.established_by,
        adult_id=holder.id if holder else None,
        named_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    if command.contact:
        await seal_contact(uow, row, command.contact)
    uow.session.add(row)
    file.children.holders.append(row)
    touch(file.case, now=uow.now)
    on, ref = uow.now.date(), child.person_ref
    remember(uow, file.case, "holder-named", before=file.case.state, on=on, person_ref=ref, about=command.relation)
    look_again(uow, file, on=on)
    return file.case


def minor(file: CaseFile, person_ref: str) -> CasePersonRow:
    """The child with this reference; raises NotFound, NotAChild."""
    person = file.person(person_ref)
    if person.adult:
        raise NotAChild
    return person


def _possible(file: CaseFile, child: CasePersonRow, holder: CasePersonRow) -> bool:
    named = {row.adult_id for row in file.children.holders_of(child.id)}
    return holder.adult and holder.id not in named
