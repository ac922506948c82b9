"""A contact becomes a case only when the person wishes so: the office notes which file it opened for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.domain.access import in_office
from services.returns.persistence.cases import load_file
from services.returns.persistence.counselling import load_contact
from services.returns.persistence.counselling_tables import CounsellingContactRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class WishNotStated(Invalid):
    """Nobody's talk is put into a file unless they want that."""

    slug = "wish-not-stated"
    title = "A contact becomes a case only on the person's own wish"


class ContactHasItsCase(Conflict):
    """A contact leads to one file at most."""

    slug = "contact-has-its-case"
    title = "This contact belongs to a file already"


@dataclass(frozen=True, kw_only=True)
class FollowContact:
    """Which file, and that the person asked for it."""

    contact_id: UUID
    case_id: UUID
    on_their_wish: bool


async def handle(command: FollowContact, *, uow: UnitOfWork) -> CounsellingContactRow:
    """Raises NotFound, WishNotStated, ContactHasItsCase. The note stays with the office; the file learns nothing."""
    row = await load_contact(uow, command.contact_id)
    uow.match(row.version)
    file = await load_file(uow, command.case_id, in_office)
    if not command.on_their_wish:
        raise WishNotStated
    if row.case_id not in (None, file.id):
        raise ContactHasItsCase
    row.case_id = file.id
    touch(row, now=uow.now)
    uow.record("counselling.contact-followed", subject=row.id)
    return row
