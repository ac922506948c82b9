"""Referrals and the copy of providers' services."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.contracts.consumed_referrals import ProviderServiceSeen
from services.reintegration.domain.referral import OPEN, REFUSED, ReferralState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import Policy, require_case
from services.reintegration.persistence.referral_tables import ProviderServiceRow, ReferralReportRow, ReferralRow
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

AT_ONCE = 500


async def keep_service(uow: UnitOfWork, seen: ProviderServiceSeen) -> None:
    """What registry says of a service; the newest word counts."""
    values = seen.model_dump(include=set(ProviderServiceRow.model_fields))
    statement = insert(ProviderServiceRow).values(**values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["service_id"], set_=values))


async def find_service(uow: UnitOfWork, service_id: UUID) -> ProviderServiceRow | None:
    """A service, if registry told of it."""
    where = col(ProviderServiceRow.service_id) == service_id
    return await fresh.one(uow, select(ProviderServiceRow).where(where))


async def find_referral(uow: UnitOfWork, referral_id: UUID, policy: Policy, *, lock: bool = False) -> ReferralRow:
    """A referral in the actor's scope; raises NotFound."""
    statement = select(ReferralRow).where(col(ReferralRow.id) == referral_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    await require_case(uow, row.case_id, policy)
    return row


async def lock_referral(uow: UnitOfWork, referral_id: UUID) -> ReferralRow | None:
    """A referral of which another service tells, locked."""
    statement = select(ReferralRow).where(col(ReferralRow.id) == referral_id).with_for_update(key_share=True)
    return await fresh.one(uow, statement)


async def lock_open_referrals(uow: UnitOfWork, case_id: UUID, *, provider_id: UUID | None = None) -> list[ReferralRow]:
    """The referrals of a case that hold a place, locked."""
    statement = select(ReferralRow).where(col(ReferralRow.case_id) == case_id, col(ReferralRow.state).in_(OPEN))
    if provider_id is not None:
        statement = statement.where(col(ReferralRow.provider_id) == provider_id)
    return list(await fresh.every(uow, statement.order_by(col(ReferralRow.id)).with_for_update(key_share=True)))


async def referrals_to(uow: UnitOfWork, case_id: UUID, provider_id: UUID) -> list[ReferralRow]:
    """Every referral of a case to this provider, the oldest first."""
    where = (col(ReferralRow.case_id) == case_id, col(ReferralRow.provider_id) == provider_id)
    return list(await fresh.every(uow, select(ReferralRow).where(*where).order_by(col(ReferralRow.id))))


async def lock_with_measure(uow: UnitOfWork, seen: ReferralRow) -> tuple[ReferralRow, MeasureRow | None]:
    """A referral and the measure it is for, if its provider is still to deliver that: locked, measures first, as
    everywhere."""
    measure = None
    if seen.measure_id is not None:
        mine = (col(MeasureRow.id) == seen.measure_id, col(MeasureRow.provider_id) == seen.provider_id)
        measure = await fresh.one(uow, select(MeasureRow).where(*mine).with_for_update(key_share=True))
    row = await lock_referral(uow, seen.id)
    return row or seen, measure


async def reports_of(uow: UnitOfWork, message_id: UUID) -> list[tuple[ReferralReportRow, ReferralRow]]:
    """What a message reported, each with its referral."""
    statement = (
        select(ReferralReportRow, ReferralRow)
        .join(ReferralRow, col(ReferralRow.id) == col(ReferralReportRow.referral_id))
        .where(col(ReferralReportRow.message_id) == message_id)
        .order_by(col(ReferralRow.id))
    )
    return [(report, row) for report, row in (await uow.session.execute(statement)).all()]


async def is_refused(uow: UnitOfWork, measure: MeasureRow) -> bool:
    """Whether the provider of a measure took nobody, or the person does not want to go there, and no referral to it is
    open or was carried out."""
    where = (col(ReferralRow.measure_id) == measure.id, col(ReferralRow.provider_id) == measure.provider_id)
    states = list(await fresh.every(uow, select(col(ReferralRow.state)).where(*where)))
    return bool(set(states) & REFUSED) and not set(states) & {*OPEN, ReferralState.COMPLETED}


async def answered_with(uow: UnitOfWork, message_id: UUID) -> ReferralRow | None:
    """The referral that a message answered, locked."""
    statement = select(ReferralRow).where(col(ReferralRow.answer_message_id) == message_id)
    return await fresh.one(uow, statement.with_for_update(key_share=True))


async def unanswered(uow: UnitOfWork, today: date) -> list[UUID]:
    """Ids of those whose answer is late and of which nobody was told."""
    where = (col(ReferralRow.answer_by) < today, col(ReferralRow.unanswered_told_on).is_(None))
    waiting = (col(ReferralRow.state) == ReferralState.MADE.value, col(ReferralRow.placed_on).is_not(None))
    statement = select(col(ReferralRow.id)).where(*where, *waiting)
    return list(await fresh.every(uow, statement.order_by(col(ReferralRow.id)).limit(AT_ONCE)))
