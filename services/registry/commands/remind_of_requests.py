"""The timer that reminds a recipient once of a package it has not answered, some days before the day to answer by."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists
from sqlmodel import col, select

from services.registry.commands.tell_recipient import tell
from services.registry.domain.mutual_clocks import THEIR_CONCLUSIONS, THEIR_QUESTIONS
from services.registry.persistence.disclosure_tables import (
    AgencyCaseRow,
    AgencyMessageRow,
    DeliveryRow,
    KnownDisclosureRow,
)
from services.registry.settings import RegistrySettings
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "remind-of-requests"
AT_ONCE = 200


async def run(runtime: Runtime) -> None:
    """Until nobody is left to be reminded today."""
    days, done = runtime.own_settings(RegistrySettings).request_reminder_days, AT_ONCE
    while done == AT_ONCE:
        async with runtime.units.begin(actor=Principal.system(JOB)) as uow:
            done = await remind(uow, days)


async def remind(uow: UnitOfWork, days: int) -> int:
    """One batch; how many packages were looked at. Checked again, like everything, before it leaves."""
    rows = await _unanswered(uow, days)
    for row in rows:
        row.reminded_on = uow.now.date()
        await tell(
            uow,
            case_id=row.case_id,
            recipient_id=row.recipient_id,
            payload_type="request.reminder",
            facts={"answer_by": row.answer_by.isoformat(), "person_refs": row.person_refs},
            purpose=row.purpose,
            disclosure_id=row.disclosure_id,
            person_refs=row.person_refs,
        )
    return len(rows)


async def _unanswered(uow: UnitOfWork, days: int) -> list[KnownDisclosureRow]:
    """Of packages that the recipient was told of: neither answered where they are read nor by a message since."""
    today, package = uow.now.date(), col(KnownDisclosureRow.disclosure_id)
    told = exists().where(
        col(DeliveryRow.recipient_id) == col(KnownDisclosureRow.recipient_id),
        col(DeliveryRow.case_id) == col(KnownDisclosureRow.case_id),
        col(DeliveryRow.disclosure_id) == package,
        col(DeliveryRow.sequence).is_not(None),
        ~exists().where(
            col(AgencyMessageRow.case_id) == col(DeliveryRow.case_id),
            col(AgencyMessageRow.sender_id) == col(DeliveryRow.recipient_id),
            col(AgencyMessageRow.message_type).in_(THEIR_CONCLUSIONS | THEIR_QUESTIONS),
            col(AgencyMessageRow.status).in_(("received", "applied")),
            col(AgencyMessageRow.created_at) >= col(DeliveryRow.occurred_at),
        ),
    )
    open_case = exists().where(
        col(AgencyCaseRow.recipient_id) == col(KnownDisclosureRow.recipient_id),
        col(AgencyCaseRow.case_id) == col(KnownDisclosureRow.case_id),
        col(AgencyCaseRow.ended_on).is_(None),
    )
    statement = (
        select(KnownDisclosureRow)
        .where(col(KnownDisclosureRow.answer_by).between(today, today + timedelta(days=days)))
        .where(col(KnownDisclosureRow.reminded_on).is_(None), col(KnownDisclosureRow.answered_at).is_(None))
        .where(~col(KnownDisclosureRow.recalled), col(KnownDisclosureRow.expires_on) >= today, told, open_case)
        .order_by(package)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list((await uow.session.execute(statement)).scalars())
