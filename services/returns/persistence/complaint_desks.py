"""Which authority keeps a complaint, and whose working days count: from the files of the house, not from code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from services.returns.persistence.cards import card_by_code, person_and_case
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.tables import ReturnCaseRow
from services.returns.settings import ReturnsSettings
from shared.database.unit_of_work import UnitOfWork

RULES = "complaints-v2"


@dataclass(frozen=True)
class Desk:
    """Whose officers, and in which country."""

    authority_id: str
    host: str


async def desk_for(uow: UnitOfWork, settings: ReturnsSettings, *, office_id: str | None) -> Desk:
    """The authority that decides on the newest file of the office named; without one what the deployment says, else
    that of the newest file of the house, else the desk of the dated table. No complaint is refused for want of one.
    """
    case = ReturnCaseRow
    newest = select(col(case.authority_id), col(case.host)).order_by(col(case.id).desc()).limit(1)
    if office_id is not None:
        found = (await uow.session.execute(newest.where(col(case.office_id) == office_id))).first()
        if found is not None:
            return Desk(*found)
    if settings.complaints_authority_id is not None:
        return Desk(
            settings.complaints_authority_id, settings.complaints_host or reference(RULES)["first_desk"]["host"]
        )
    found = (await uow.session.execute(newest)).first()
    return Desk(*found) if found is not None else Desk(**reference(RULES)["first_desk"])


async def desk_of_card(uow: UnitOfWork, code: str) -> Desk:
    """Whose officers keep a complaint from this card: those of the authority of the file. Raises NotFound."""
    card, _ = await card_by_code(uow, code)
    _, case = await person_and_case(uow, card.person_id)
    return Desk(case.authority_id, case.host)
