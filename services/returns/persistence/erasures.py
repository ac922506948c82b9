"""Reads what an erasure waits for and what stays, keeps who asked, and removes what no key covers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, delete, select

from services.returns.domain.access import may_read
from services.returns.domain.case_view import State
from services.returns.domain.erasure import Situation, Waiting, windows_of
from services.returns.persistence.benefits import help_from
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.counselling import destroy_note
from services.returns.persistence.counselling_tables import CounsellingContactRow
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.eligibility_tables import rules_on
from services.returns.persistence.erasure_tables import ErasureHoldRow, ErasureRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.import_tables import CaseloadImportRow, ImportedPersonRow
from services.returns.persistence.imports import destroy_file
from services.returns.persistence.tables import CasePersonRow, HistoryRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def file_of_person(uow: UnitOfWork, case_id: UUID, person_ref: str) -> tuple[CaseFile, CasePersonRow]:
    """The file and the person, locked; from a merged file the one they went on in. Raises NotFound."""
    file = await load_file(uow, case_id, may_read, lock=True)
    if file.case.state == State.MERGED:
        now_on = await uow.session.scalar(
            select(col(CasePersonRow.case_id)).where(col(CasePersonRow.person_ref) == person_ref)
        )
        if now_on is None:
            raise NotFound
        file = await load_file(uow, now_on, may_read, lock=True)
    return file, file.person(person_ref)


async def erasure_of(uow: UnitOfWork, person_id: UUID) -> ErasureRow | None:
    """The person's erasure, if it was asked for."""
    return await uow.session.scalar(select(ErasureRow).where(col(ErasureRow.person_id) == person_id))


async def waiting_erasures(uow: UnitOfWork) -> list[UUID]:
    """Persons who wait to be erased, the longest first."""
    row = ErasureRow
    statement = select(col(row.person_id)).where(col(row.status) == "waiting").order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def holds_of(uow: UnitOfWork, person_id: UUID) -> list[ErasureHoldRow]:
    """Everything that ever held this erasure up, oldest first."""
    row = ErasureHoldRow
    statement = select(row).where(col(row.person_id) == person_id).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def hold_of(uow: UnitOfWork, person_id: UUID, hold_id: UUID) -> ErasureHoldRow:
    """One hold of this person. Raises NotFound."""
    found = await uow.session.get(ErasureHoldRow, hold_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


async def holds_to_look_at(uow: UnitOfWork) -> list[tuple[ErasureHoldRow, ReturnCaseRow]]:
    """Holds whose day has come and of which nobody was reminded, with the files they are about."""
    row, today = ErasureHoldRow, uow.now.date()
    statement = (
        select(row, ReturnCaseRow)
        .join(CasePersonRow, col(CasePersonRow.id) == col(row.person_id))
        .join(ReturnCaseRow, col(ReturnCaseRow.id) == col(CasePersonRow.case_id))
        .where(col(row.lifted_on).is_(None), col(row.reminded_on).is_(None), col(row.look_again_on) <= today)
    )
    return [(hold, case) for hold, case in (await uow.session.execute(statement.with_for_update(of=row))).all()]


async def situation_of(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, *, waived: bool) -> Situation:
    """The person and their file as the rules of erasure see them today."""
    case, today = file.case, uow.now.date()
    remedy = latest(file.facts, "remedy")
    live = [hold for hold in await holds_of(uow, person.id) if hold.lifted_on is None]
    helped = await help_from(uow, case, person)
    rules = await rules_on(uow, case.programme_id, today)
    return Situation(
        state=State(case.state),
        in_state_since=await _since(uow, case),
        today=today,
        holds=tuple(Waiting(ground=hold.ground, until=hold.look_again_on) for hold in live),
        remedy_pending=remedy is not None and remedy.value == "pending",
        review_waived=waived,
        granted=case.total_minor is not None,
        last_payment_on=max((payment.on for payment in helped.payments), default=None) if helped else None,
        helped_on=helped.on if helped else None,
        helped_as_minor=helped.as_minor if helped else False,
        windows=windows_of(rules.entries, rules.source) if rules else (),
        recipients_until=await _recipients_until(uow, person),
    )


async def _since(uow: UnitOfWork, case: ReturnCaseRow) -> date:
    """The day the file came into its state, by its history."""
    row = HistoryRow
    came = select(row).where(col(row.case_id) == case.id, col(row.state_after) == case.state)
    changed = came.where(col(row.state_before) != case.state).order_by(col(row.id).desc()).limit(1)
    found = await uow.session.scalar(changed)
    return (found.on or found.at.date()) if found else case.opened_on


async def _recipients_until(uow: UnitOfWork, person: CasePersonRow) -> date | None:
    """The last day by which somebody outside who read of the person is to destroy it."""
    row = DisclosureRow
    read = (col(row.person_refs).contains([person.person_ref]), col(row.read_count) > 0)
    found: date | None = await uow.session.scalar(select(func.max(col(row.destroy_by))).where(*read))
    return found


async def forget_origin(uow: UnitOfWork, file: CaseFile, others_erased: bool) -> None:
    """The file a person came in by goes at once. The hashes of their numbers in the other program and the notes of
    talks are of nobody in particular: they go with the last person of the case."""
    row = ImportedPersonRow
    came_in = select(col(row.import_id)).where(col(row.case_id) == file.id)
    imports = select(CaseloadImportRow).where(
        col(CaseloadImportRow.id).in_(came_in), col(CaseloadImportRow.destroyed_on).is_(None)
    )
    for one in (await uow.session.execute(imports.with_for_update())).scalars():
        await destroy_file(uow, one)
    if not others_erased:
        return
    await uow.session.execute(delete(row).where(col(row.case_id) == file.id))
    talks = select(CounsellingContactRow).where(
        col(CounsellingContactRow.case_id) == file.id, col(CounsellingContactRow.destroyed_on).is_(None)
    )
    for talk in (await uow.session.execute(talks.with_for_update())).scalars():
        await destroy_note(uow, talk)
