"""What a recipient and the host owe each other now, over all cases the recipient was told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from services.registry.domain.agreement import PUBLISHED, Validity, clock_of
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.domain.mutual_clocks import (
    ANSWERED,
    CLAUSE,
    DESTRUCTION,
    OUR_END,
    OUR_REQUESTS,
    THEIR_CONCLUSIONS,
    THEIR_QUESTIONS,
    Owed,
    Turn,
    open_turn,
)
from services.registry.persistence.disclosure_tables import AgencyMessageRow, DeliveryRow, KnownDisclosureRow
from services.registry.persistence.duties import duty_is_told
from services.registry.persistence.tables import AgreementRow, PartnershipRow, RecipientRow
from services.registry.persistence.webhook_tables import DestructionDutyRow
from shared.database.unit_of_work import UnitOfWork

ASKING = OUR_REQUESTS | OUR_END
SAYING = THEIR_QUESTIONS | THEIR_CONCLUSIONS
COUNTING = ("received", "applied")


async def mutual_clocks(uow: UnitOfWork, recipient: RecipientRow) -> tuple[list[Owed], list[Owed]]:
    """What they owe us and what we owe them, most urgent first."""
    threads = await _threads(uow, recipient.id)
    agreements = await _agreements(uow, recipient.country)
    they, we = await _destruction(uow, recipient.id), []
    for reference, turns in threads.items():
        theirs, ours = open_turn(turns)
        if theirs is not None:
            they.append(_owed(reference, theirs, theirs.due))
        if ours is not None:
            clock = clock_of(agreements, CLAUSE, ours.at.date())
            we.append(_owed(reference, ours, clock.answer_by if clock else None))
    return _urgent_first(they), _urgent_first(we)


def _owed(reference: str, turn: Turn, due: date | None) -> Owed:
    return Owed(agency_case_ref=reference, what=turn.what, since=turn.at.date(), due=due)


def _urgent_first(owed: Sequence[Owed]) -> list[Owed]:
    return sorted(owed, key=lambda entry: (entry.due is None, entry.due or date.max, entry.since))


async def _threads(uow: UnitOfWork, recipient_id: UUID) -> dict[str, list[Turn]]:
    told = select(DeliveryRow).where(
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.payload_type).in_(ASKING),
        col(DeliveryRow.sequence).is_not(None),
        (col(DeliveryRow.payload_type) != ENDED) | (col(DeliveryRow.person_refs) == []),
    )
    said = select(AgencyMessageRow).where(
        col(AgencyMessageRow.sender_id) == recipient_id,
        col(AgencyMessageRow.message_type).in_(SAYING),
        col(AgencyMessageRow.status).in_(COUNTING),
    )
    answered = await _answered(uow, recipient_id)
    found: dict[str, list[Turn]] = defaultdict(list)
    for row in (await uow.session.execute(told)).scalars():
        due = row.facts.get("answer_by")
        turn = Turn(
            at=row.occurred_at,
            what=row.payload_type,
            due=date.fromisoformat(due) if due else None,
            package=row.disclosure_id,
        )
        found[row.agency_case_ref or ""].append(turn)
        if row.disclosure_id in answered:
            at = answered[row.disclosure_id]
            found[row.agency_case_ref or ""].append(Turn(at=at, what=ANSWERED, package=row.disclosure_id))
    for message in (await uow.session.execute(said)).scalars():
        found[message.agency_case_ref or ""].append(Turn(at=message.created_at, what=message.message_type))
    return found


async def _answered(uow: UnitOfWork, recipient_id: UUID) -> dict[UUID | None, datetime]:
    """When packages were answered where they are read."""
    statement = select(KnownDisclosureRow.disclosure_id, KnownDisclosureRow.answered_at).where(
        col(KnownDisclosureRow.recipient_id) == recipient_id, col(KnownDisclosureRow.answered_at).is_not(None)
    )
    return {package: at for package, at in (await uow.session.execute(statement)).all() if at is not None}


async def _destruction(uow: UnitOfWork, recipient_id: UUID) -> list[Owed]:
    statement = select(DestructionDutyRow).where(
        col(DestructionDutyRow.recipient_id) == recipient_id,
        col(DestructionDutyRow.status) != "attested",
        duty_is_told(uow.now),
    )
    return [
        Owed(agency_case_ref=row.agency_case_ref, what=DESTRUCTION, since=row.created_at.date(), due=row.destroy_by)
        for row in (await uow.session.execute(statement)).scalars()
    ]


async def _agreements(uow: UnitOfWork, country: str) -> list[Validity]:
    """Every published agreement of a partnership in which this country is a party."""
    statement = (
        select(AgreementRow)
        .join(PartnershipRow, col(PartnershipRow.id) == col(AgreementRow.partnership_id))
        .where(col(PartnershipRow.parties).contains([{"code": country}]), col(AgreementRow.status) == PUBLISHED)
    )
    rows = (await uow.session.execute(statement)).scalars()
    return [(row.valid_from, row.valid_to, row.clauses) for row in rows]
