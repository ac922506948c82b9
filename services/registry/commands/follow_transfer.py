"""A plan went to another partner: the one before hears the neutral stop, the new one of people who named it only."""

from __future__ import annotations

from sqlmodel import col, update

from services.registry.commands.end_request import end_request
from services.registry.commands.tell_recipient import consenting_persons, tell
from services.registry.contracts.consumed import PlanTransferredSeen
from services.registry.domain.request_end import REINTEGRATION, rests
from services.registry.persistence.disclosure_tables import KnownCaseRow, KnownConsentRow
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PlanTransferredSeen, *, uow: UnitOfWork) -> None:
    """What named the partner before does not count for this case any more: should the plan ever go back to it, people
    are asked again."""
    theirs = (
        col(KnownConsentRow.case_id) == seen.case_id,
        col(KnownConsentRow.recipient_id) == seen.from_partner_id,
    )
    await uow.session.execute(update(KnownConsentRow).where(*theirs).values(withdrawn=True))
    await end_request(seen.case_id, seen.from_partner_id, uow=uow)
    case = await uow.session.get(KnownCaseRow, seen.case_id, populate_existing=True)
    covered = sorted(await consenting_persons(uow, seen.case_id, seen.partner_id, purpose=REINTEGRATION))
    if case is None or not case.approved or rests(case, REINTEGRATION) or not covered:
        return
    await tell(
        uow,
        case_id=seen.case_id,
        recipient_id=seen.partner_id,
        payload_type="assignment.offered",
        facts={"person_refs": covered},
        purpose=REINTEGRATION,
        person_refs=covered,
    )
