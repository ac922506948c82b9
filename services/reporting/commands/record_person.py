"""Who is no longer on a case, who has died, and which references are one human being."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.reporting.contracts.consumed_persons import PersonDeceasedSeen, PersonLinkedSeen, PersonRemovedSeen
from services.reporting.persistence.facts import forget_person
from services.reporting.persistence.tables import PersonLink, PersonOfCase
from shared.database.unit_of_work import UnitOfWork


async def removed(seen: PersonRemovedSeen, *, uow: UnitOfWork) -> None:
    """Taken off the file before anybody travelled: never counted."""
    await forget_person(uow, seen.case_id, seen.person_ref)


async def deceased(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """Record the day; the dead are an outcome of their own and never a withdrawal."""
    own = (col(PersonOfCase.case_id) == seen.case_id) & (col(PersonOfCase.person_ref) == seen.person_ref)
    await uow.session.execute(update(PersonOfCase).where(own).values(deceased_on=seen.on))


async def linked(seen: PersonLinkedSeen, *, uow: UnitOfWork) -> None:
    """Keep the last decision about a pair; either case may have told it, so the instant says which is the last."""
    first, second = sorted((seen.person_ref, seen.other_person_ref))
    new = insert(PersonLink).values(first_ref=first, second_ref=second, same=seen.same, decided_at=seen.occurred_at)
    last = {"same": new.excluded.same, "decided_at": new.excluded.decided_at}
    key, later = ["first_ref", "second_ref"], col(PersonLink.decided_at) < new.excluded.decided_at
    await uow.session.execute(new.on_conflict_do_update(index_elements=key, set_=last, where=later))
