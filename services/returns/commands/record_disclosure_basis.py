"""Record, approve or end the legal basis on which a recipient is told something; a consent is never that basis.

Source: domain-rules.md 2: every disclosure needs a recorded legal basis and, beside it, the person's live consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.commands.prepare_disclosure import ClauseNotKnownYet, RecipientNotKnownYet
from services.returns.commands.record_processing_basis import PeriodTurnedRound
from services.returns.contracts.published_bases import DisclosureBasisApprovedV1, DisclosureBasisEndedV1
from services.returns.domain.disclosure_basis import SINGLE_CASE, STATE_KINDS, not_for_authorities
from services.returns.persistence.disclosure_bases import basis_of
from services.returns.persistence.disclosure_basis_tables import DisclosureBasisRow
from services.returns.persistence.disclosure_tables import ClauseRow
from services.returns.persistence.programmes import find_programme, find_recipient
from services.returns.persistence.tables import RecipientRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class ConsentIsNoBasis(Invalid):
    """Article 49(1)(a)-(c) of the GDPR is not open to authorities (Art. 49(3)); consent stands beside a basis."""

    slug = "consent-is-no-basis"
    title = "Consent and contracts with the person are no legal basis of an authority; consent is asked for beside it"


class SingleCaseNeeded(Invalid):
    """A derogation names its one case; every other basis names none."""

    slug = "single-case-needed"
    title = "A derogation is recorded for one case of the programme, and nothing else is"


class ClauseNeeded(Invalid):
    """A binding instrument rests on a clause: no clause, no disclosure."""

    slug = "clause-needed"
    title = "A binding instrument names the clause that allows it"


class BasisNotForRecipient(Invalid):
    """An authority is nobody's processor."""

    slug = "basis-not-for-recipient"
    title = "This kind of basis is not open to this kind of recipient"


class BasisNeedsAnother(Conflict):
    """Whoever recorded a basis does not approve it."""

    slug = "basis-needs-another"
    title = "Another person must approve this legal basis"


class BasisIsOver(Conflict):
    """An ended basis stays ended; record a new one."""

    slug = "basis-is-over"
    title = "This legal basis has ended; record a new one"


@dataclass(frozen=True, kw_only=True)
class RecordDisclosureBasis:
    """For whom, for which purpose, of which kind, where it stands, from when to when, where that was looked up."""

    programme_id: UUID
    recipient_id: UUID
    purpose: str
    basis_type: str
    instrument: str
    article: str
    source: str
    valid_from: date
    valid_to: date | None = None
    clause_id: UUID | None = None
    case_id: UUID | None = None


async def handle(command: RecordDisclosureBasis, *, uow: UnitOfWork) -> DisclosureBasisRow:
    """Nothing rests on it before somebody else approves it. Raises ProgrammeNotKnownYet, for a programme of somebody
    else too, RecipientNotKnownYet, ClauseNotKnownYet, PeriodTurnedRound, ConsentIsNoBasis, SingleCaseNeeded,
    ClauseNeeded, BasisNotForRecipient."""
    await _programme(uow, command.programme_id)
    recipient = await find_recipient(uow.session, command.recipient_id)
    if recipient is None:
        raise RecipientNotKnownYet
    if command.valid_to is not None and command.valid_to < command.valid_from:
        raise PeriodTurnedRound
    await _refuse(uow, command, recipient)
    row = DisclosureBasisRow(**command.__dict__, recorded_by=uow.actor.subject, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    uow.record("disclosure-basis.recorded", subject=row.id)
    return row


async def approve(programme_id: UUID, basis_id: UUID, *, uow: UnitOfWork) -> DisclosureBasisRow:
    """By another person; from now on packages may rest on it. A second approval changes nothing. Raises NotFound,
    ProgrammeNotKnownYet, BasisNeedsAnother, BasisIsOver."""
    await _programme(uow, programme_id)
    row = await basis_of(uow, programme_id, basis_id)
    if row.ended_on is not None:
        raise BasisIsOver
    if row.approved_on is not None:
        return row
    if row.recorded_by == uow.actor.subject:
        raise BasisNeedsAnother
    row.approved_by, row.approved_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.publish(
        DisclosureBasisApprovedV1(
            basis_id=row.id,
            programme_id=row.programme_id,
            recipient_id=row.recipient_id,
            purpose=row.purpose,
            basis=row.basis_type,
            only_case_id=row.case_id,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
    )
    uow.record("disclosure-basis.approved", subject=row.id)
    return row


async def end(
    programme_id: UUID, basis_id: UUID, *, reason_code: str, on: date | None = None, uow: UnitOfWork
) -> DisclosureBasisRow:
    """At once and by one: nothing that rests on it is read or sent from this moment. A second end changes nothing.
    Raises NotFound, ProgrammeNotKnownYet, DateInTheFuture."""
    await _programme(uow, programme_id)
    row = await basis_of(uow, programme_id, basis_id)
    if row.ended_on is not None:
        return row
    row.ended_on, row.ended_by, row.end_reason = fact_day(uow, on), uow.actor.subject, reason_code
    touch(row, now=uow.now)
    if row.approved_on is not None:
        fact = {"basis_id": row.id, "programme_id": row.programme_id, "recipient_id": row.recipient_id}
        uow.publish(DisclosureBasisEndedV1(**fact, purpose=row.purpose, on=row.ended_on))
    uow.record("disclosure-basis.ended", subject=row.id)
    return row


async def _programme(uow: UnitOfWork, programme_id: UUID) -> None:
    foreign = str(programme_id) not in uow.actor.programmes
    if foreign or await find_programme(uow.session, programme_id) is None:
        raise ProgrammeNotKnownYet


async def _refuse(uow: UnitOfWork, command: RecordDisclosureBasis, recipient: RecipientRow) -> None:
    if not_for_authorities(command.basis_type, command.instrument, command.article):
        raise ConsentIsNoBasis
    if command.basis_type == "processing_contract" and recipient.kind in STATE_KINDS:
        raise BasisNotForRecipient
    if command.basis_type == "binding_instrument" and command.clause_id is None:
        raise ClauseNeeded
    if command.clause_id is not None and await uow.session.get(ClauseRow, command.clause_id) is None:
        raise ClauseNotKnownYet
    case = await uow.session.get(ReturnCaseRow, command.case_id) if command.case_id else None
    foreign = case is None or case.programme_id != command.programme_id
    if (command.basis_type in SINGLE_CASE and foreign) or (
        command.basis_type not in SINGLE_CASE and command.case_id is not None
    ):
        raise SingleCaseNeeded
