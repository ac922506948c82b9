"""Take a complaint or a report of misconduct from whoever brings it; the receipt code is the only way back to it."""

from __future__ import annotations

from dataclasses import dataclass

from services.returns.contracts.published_contacts import ComplaintReceivedV1
from services.returns.domain.complaints import MISCONDUCT
from services.returns.persistence.complaint_clocks import ANSWER, acknowledgement_of, start_clock
from services.returns.persistence.complaint_desks import Desk
from services.returns.persistence.complaint_tables import ComplaintRow
from services.returns.persistence.complaints import PURPOSE, seal_text
from services.returns.persistence.secret_codes import code_digest, new_code
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ReceiveComplaint:
    """What was said, and about which office if that was said; no name is asked for."""

    desk: Desk
    kind: str
    account: str
    language: str
    channel: str
    about_office: str | None = None
    contact: str | None = None


async def handle(command: ReceiveComplaint, *, uow: UnitOfWork) -> tuple[ComplaintRow, str]:
    """The complaint and its receipt code, which is not kept."""
    code = new_code()
    row = ComplaintRow(
        code_digest=code_digest(code, purpose=PURPOSE),
        authority_id=command.desk.authority_id,
        host=command.desk.host,
        office_id=command.about_office,
        kind=command.kind,
        misconduct=command.kind in MISCONDUCT,
        language=command.language,
        channel=command.channel,
        received_on=uow.now.date(),
        acknowledge_by=uow.now,
        answer_by=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.vault.enrol(row.id)
    await seal_text(uow, row, "account", command.account)
    await seal_text(uow, row, "contact", command.contact)
    uow.session.add(row)
    await uow.flush()  # the complaint stands before its clocks
    taken_up, answered = (start_clock(uow, row, clock) for clock in (acknowledgement_of(row.kind), ANSWER))
    row.acknowledge_by, row.answer_by = taken_up.ends_at, answered.due_on
    row.due_at = min(taken_up.ends_at, answered.ends_at)
    uow.publish(ComplaintReceivedV1(complaint_id=row.id, on=row.received_on, answer_by=row.answer_by))
    uow.notify("complaint.received", role="complaints_officer", scope=row.authority_id, subject=row.id)
    uow.record("complaint.received", subject=row.id)
    return row, code
