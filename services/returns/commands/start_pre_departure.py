"""Start preparing the journey: the money is reserved and the partner named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import CasePreDepartureStartedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.programmes import find_recipient
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotKnownYet


class PartnerNotKnownYet(NotKnownYet):
    """The partner's enrolment has not arrived here."""

    slug = "partner-not-known-yet"
    title = "This partner is not known here yet"


@dataclass(frozen=True, kw_only=True)
class StartPreDeparture:
    """Which partner, or that none is needed."""

    case_id: UUID
    partner_id: UUID | None = None
    no_partner_needed: bool = False
    handover_needed: bool = False
    on: date | None = None


async def handle(command: StartPreDeparture, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, PartnerNotKnownYet, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    if command.partner_id is not None:
        recipient = await find_recipient(uow.session, command.partner_id)
        if recipient is None or not recipient.is_partner:
            raise PartnerNotKnownYet
    on = fact_day(uow, command.on)
    file.case.partner_id = command.partner_id
    file.case.no_partner_needed = command.no_partner_needed
    file.case.handover_needed = command.handover_needed
    advance(uow, file, "start_pre_departure", on=on)
    uow.publish(CasePreDepartureStartedV1(case_id=file.case.id, on=on))
    return file.case
