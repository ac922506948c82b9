"""A plan has a partner, or another one: that hears of people who named it only, the one before the neutral stop.

People are asked whether they agree to the new partner before and after the plan moves: it hears of them once they do.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, update

from services.registry.commands.end_request import end_request
from services.registry.commands.tell_recipient import consenting_persons, tell
from services.registry.contracts.consumed import PlanAssignedSeen, PlanTransferredSeen
from services.registry.domain.request_end import REINTEGRATION, rests
from services.registry.persistence.disclosure_tables import KnownCaseRow, KnownConsentRow
from services.registry.persistence.waiting_facts import keep_waiting, waits_no_more
from services.registry.persistence.waiting_tables import WaitingFactRow
from shared.database.unit_of_work import UnitOfWork

OFFERED = "assignment.offered"


async def handle(seen: PlanTransferredSeen, *, uow: UnitOfWork) -> None:
    """What named the partner before does not count for this case any more: should the plan ever go back to it, people
    are asked again."""
    theirs = (
        col(KnownConsentRow.case_id) == seen.case_id,
        col(KnownConsentRow.recipient_id) == seen.from_partner_id,
    )
    await uow.session.execute(update(KnownConsentRow).where(*theirs).values(withdrawn=True))
    await end_request(seen.case_id, seen.from_partner_id, uow=uow)
    await offer(seen, uow=uow)


async def try_again(row: WaitingFactRow, *, uow: UnitOfWork) -> None:
    """Somebody may have agreed to the new partner by now."""
    await offer(PlanAssignedSeen.model_validate(row.fact), uow=uow)


async def plan_ended(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Nobody takes it over any more."""
    await waits_no_more(uow, OFFERED, case_id)


async def offer(seen: PlanAssignedSeen, *, uow: UnitOfWork) -> None:
    """To its first partner, or the next one; until somebody agrees to exactly this partner it waits."""
    case = await uow.session.get(KnownCaseRow, seen.case_id, populate_existing=True)
    released = case is not None and case.approved and not rests(case, REINTEGRATION)
    covered = sorted(await consenting_persons(uow, seen.case_id, seen.partner_id, purpose=REINTEGRATION))
    if not released or not covered:
        lacking = ["consent_missing" if released else "not_released"]
        whom = {"case_id": seen.case_id, "recipient_id": seen.partner_id}
        await keep_waiting(uow, OFFERED, seen.case_id, **whom, fact=seen.model_dump(mode="json"), lacking=lacking)
        return
    await waits_no_more(uow, OFFERED, seen.case_id)
    await tell(
        uow,
        case_id=seen.case_id,
        recipient_id=seen.partner_id,
        payload_type=OFFERED,
        facts={"person_refs": covered},
        purpose=REINTEGRATION,
        person_refs=covered,
    )
