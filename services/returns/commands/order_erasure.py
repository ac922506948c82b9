"""Erase who a person is, once their case is over: our key is destroyed and every other service told to do the same."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.contracts.published import PersonErasureOrderedV1
from services.returns.domain.access import may_read
from services.returns.domain.case_view import State
from services.returns.persistence.cards import end_cards
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.documents import forget_documents
from services.returns.persistence.duplicate_search import forget_tokens
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

OVER = (State.CLOSED, State.WITHDRAWN, State.CANCELLED, State.REFUSED, State.INELIGIBLE)


class CaseNotOver(Conflict):
    """Somebody still needs to know who this is."""

    slug = "case-not-over"
    title = "A person's data can be erased when the case is over"


@dataclass(frozen=True, kw_only=True)
class OrderErasure:
    """Whose identity goes."""

    case_id: UUID
    person_ref: str


async def handle(command: OrderErasure, *, uow: UnitOfWork) -> ReturnCaseRow:
    """A second order changes nothing more. Raises NotFound, CaseNotOver."""
    file = await load_file(uow, command.case_id, may_read, lock=True)
    if file.case.state not in OVER:
        raise CaseNotOver
    person = file.person(command.person_ref)
    await uow.vault.destroy(person.id)
    await forget_documents(uow, person.id)
    await forget_tokens(uow, person)
    await end_cards(uow, person.id)
    touch(file.case, now=uow.now)
    uow.publish(PersonErasureOrderedV1(case_id=file.case.id, person_ref=person.person_ref))
    remember(uow, file.case, "erasure-ordered", before=file.case.state)
    return file.case
