"""What time alone brings about: consents and packages run out, attestations fall overdue, answers are forgotten."""

from __future__ import annotations

from sqlmodel import col, select

from services.registry.commands import end_expired
from services.registry.commands.judge_endpoints import OWN_ROLE
from services.registry.domain.webhook_schedule import ANSWER_KEPT
from services.registry.persistence.attempts import purge_answers
from services.registry.persistence.tables import RecipientRow
from services.registry.persistence.webhook_tables import DestructionDutyRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Job, Runtime

HOUR, DAY = 3_600.0, 86_400.0
MOST_AT_ONCE = 500


async def mark_overdue(*, uow: UnitOfWork) -> int:
    """Attestations that did not come in time: protection officers and the recipient are told; how many."""
    statement = (
        select(DestructionDutyRow)
        .where(col(DestructionDutyRow.status) == "open", col(DestructionDutyRow.destroy_by) < uow.now.date())
        .order_by(col(DestructionDutyRow.id))
        .limit(MOST_AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = list((await uow.session.execute(statement)).scalars())
    for row in rows:
        row.status = "overdue"
        touch(row, now=uow.now)
        uow.notify("destruction.overdue", role="protection_officer", scope="*", subject=row.case_id)
        owner = await uow.session.get(RecipientRow, row.recipient_id)
        if owner is not None:
            scope, subject = str(owner.id), row.agency_case_ref
            uow.notify("destruction.overdue", role=OWN_ROLE[owner.category], scope=scope, subject=subject)
    return len(rows)


async def _mark_overdue(runtime: Runtime) -> None:
    async with runtime.units.begin(actor=Principal.system("mark-overdue-attestations")) as uow:
        await mark_overdue(uow=uow)


async def _purge(runtime: Runtime) -> None:
    async with runtime.units.begin(actor=Principal.system("purge-webhook-answers")) as uow:
        await purge_answers(uow, uow.now - ANSWER_KEPT)


JOBS = (
    *end_expired.JOBS,
    Job(name="mark-overdue-attestations", every_seconds=HOUR, run=_mark_overdue),
    Job(name="purge-webhook-answers", every_seconds=HOUR, run=_purge),
)
