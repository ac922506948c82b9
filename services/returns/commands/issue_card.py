"""Give one person a card of their own, when they want one and sit alone with the counsellor; an earlier one ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.returns.domain.access import in_office
from services.returns.persistence.card_tables import ReturnCardRow
from services.returns.persistence.cards import PURPOSE, end_cards
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.secret_codes import code_digest, new_code
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class CardNotWanted(Conflict):
    """A card is asked for by the person, alone; nobody gets one because somebody else thinks so."""

    slug = "card-not-wanted"
    title = "A card is given to somebody who wants it and is alone with you"


@dataclass(frozen=True, kw_only=True)
class IssueCard:
    """For whom, in which language, and that they asked for it alone."""

    case_id: UUID
    person_ref: str
    language: str
    asked_for_it: bool
    seen_alone: bool


@dataclass(frozen=True)
class IssuedCard:
    """The card and its two codes, which are not kept."""

    row: ReturnCardRow
    code: str | None = None
    second_code: str | None = None

    @property
    def id(self) -> UUID:
        """The card's."""
        return self.row.id


async def handle(command: IssueCard, *, uow: UnitOfWork) -> IssuedCard:
    """Raises NotFound, CardNotWanted."""
    file = await load_file(uow, command.case_id, in_office, lock=True)
    person = file.person(command.person_ref)
    if not (command.asked_for_it and command.seen_alone):
        raise CardNotWanted
    await end_cards(uow, person.id)
    code, second, today = new_code(), new_code(), uow.now.date()
    row = ReturnCardRow(
        person_id=person.id,
        code_digest=code_digest(code, purpose=PURPOSE),
        second_digest=code_digest(second, purpose=PURPOSE),
        language=command.language,
        issued_by=uow.actor.subject,
        issued_on=today,
        expires_on=today + timedelta(days=reference("return-card-v2")["valid_days"]),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    remember(uow, file.case, "card-issued", before=file.case.state, on=today, person_ref=person.person_ref)
    return IssuedCard(row, code, second)
