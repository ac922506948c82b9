"""Takes rows of a caseload file in, a batch in a unit: a good row is one file or one more person, by the same commands
as through the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.returns.commands import add_person, open_case
from services.returns.domain.caseload_rows import ReadRow, Wrong, read_row
from services.returns.persistence.import_tables import CaseloadImportRow, ImportedPersonRow, ImportedRowRow
from services.returns.persistence.imports import already_imported, outcome_of, row_key
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import WayhomeError
from shared.ids import new_id

GOOD = ("opened", "joined", "known", "good")
REFUSALS: tuple[type[WayhomeError], ...] = (
    open_case.ProgrammeNotKnownYet,
    open_case.ProgrammeTakesNoCases,
    add_person.PersonsAreSettled,
)
"""What the commands may say before they have written anything."""


@dataclass
class Caseload:
    """A file that was read: rows by their place, and where each external id stands first."""

    rows: Sequence[tuple[int, dict[str, str]]]
    first: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, cells in self.rows:
            self.first.setdefault(cells.get("external_id", "").strip(), number)


@dataclass
class Batch:
    """What one unit of work does: rows of an import, who of them came in before, and what became of each so far."""

    row: CaseloadImportRow
    caseload: Caseload
    keys: dict[str, bytes] = field(default_factory=dict)
    known: dict[bytes, UUID] = field(default_factory=dict)
    done: dict[int, ImportedRowRow] = field(default_factory=dict)


async def handle(row: CaseloadImportRow, caseload: Caseload, *, size: int, uow: UnitOfWork) -> None:
    """The next rows of a locked import; counted in the same commit, so that a kill loses and repeats nothing."""
    batch = Batch(row, caseload)
    piece = caseload.rows[row.rows_done : row.rows_done + size]
    read = [(number, read_row(cells, today=uow.now.date())) for number, cells in piece]
    await _look_up(batch, [entry for _, entry in read], uow)
    for number, entry in read:
        outcome, case_id, wrong = await _take(batch, number, entry, uow)
        batch.done[number] = ImportedRowRow(
            import_id=row.id, row_number=number, outcome=outcome, case_id=case_id, wrong=[vars(one) for one in wrong]
        )
    uow.session.add_all(batch.done.values())
    _count(batch, uow)


async def refuse_next(row: CaseloadImportRow, caseload: Caseload, code: str, *, uow: UnitOfWork) -> None:
    """Report the next row as one that could not be taken in, and go on behind it."""
    batch = Batch(row, caseload)
    number, _ = caseload.rows[row.rows_done]
    wrong = [vars(Wrong("external_id", code))]
    batch.done[number] = ImportedRowRow(import_id=row.id, row_number=number, outcome="bad", wrong=wrong)
    uow.session.add_all(batch.done.values())
    _count(batch, uow)


async def _look_up(batch: Batch, entries: Sequence[ReadRow], uow: UnitOfWork) -> None:
    names = {name for entry in entries for name in (entry.external_id, entry.joins) if name}
    for name in sorted(names):
        batch.keys[name] = await row_key(uow, batch.row, name)
    batch.known = await already_imported(uow, batch.row.office_id, list(batch.keys.values()))


async def _take(batch: Batch, number: int, entry: ReadRow, uow: UnitOfWork) -> tuple[str, UUID | None, Sequence[Wrong]]:
    """What becomes of one row: an outcome, the case, and what is wrong."""
    if entry.external_id and batch.caseload.first[entry.external_id] != number:
        return "bad", None, [*entry.wrong, Wrong("external_id", "repeated")]
    if entry.wrong:
        return "bad", None, entry.wrong
    key = batch.keys[entry.external_id]
    if key in batch.known:
        return "known", batch.known[key], ()
    try:
        return await (_join(batch, entry, uow) if entry.joins else _open(batch, entry, uow))
    except REFUSALS as refusal:
        column = "joins" if entry.joins else "destination"
        return "bad", None, [Wrong(column, refusal.slug)]


async def _open(batch: Batch, entry: ReadRow, uow: UnitOfWork) -> tuple[str, UUID | None, Sequence[Wrong]]:
    row = batch.row
    given: dict[str, Any] = {"case_kind": "avrr", "destination_basis": "citizenship", **entry.case}
    command = open_case.OpenCase(
        programme_id=row.programme_id,
        office_id=row.office_id,
        authority_id=row.authority_id,
        persons=[add_person.NewPerson(**entry.person)],
        **given,
    )
    if row.dry_run:
        await open_case.admitting(command, uow=uow)
        return "good", None, ()
    file = await open_case.handle(command, uow=uow)
    _remember(batch, entry, file.id, uow)
    return "opened", file.id, ()


async def _join(batch: Batch, entry: ReadRow, uow: UnitOfWork) -> tuple[str, UUID | None, Sequence[Wrong]]:
    joins = entry.joins or ""
    case_id = batch.known.get(batch.keys[joins])
    if case_id is None and not (batch.row.dry_run and await _good_above(batch, joins, uow)):
        return "bad", None, [Wrong("joins", "joins-unknown")]
    if case_id is None or batch.row.dry_run:
        return "good", case_id, ()
    await uow.flush()  # persons of a file opened in this unit stand before the one who joins
    await add_person.handle(add_person.AddPerson(case_id=case_id, person=add_person.NewPerson(**entry.person)), uow=uow)
    _remember(batch, entry, case_id, uow)
    return "joined", case_id, ()


async def _good_above(batch: Batch, external_id: str, uow: UnitOfWork) -> bool:
    """Whether a dry run found a good row with this number further up."""
    number = batch.caseload.first.get(external_id)
    if number is None:
        return False
    done = batch.done.get(number)
    return (done.outcome if done else await outcome_of(uow, batch.row.id, number)) in GOOD


def _remember(batch: Batch, entry: ReadRow, case_id: UUID, uow: UnitOfWork) -> None:
    key = batch.keys[entry.external_id]
    batch.known[key] = case_id
    uow.session.add(
        ImportedPersonRow(
            id=new_id(), office_id=batch.row.office_id, row_key=key, case_id=case_id, import_id=batch.row.id
        )
    )


def _count(batch: Batch, uow: UnitOfWork) -> None:
    row, outcomes = batch.row, [done.outcome for done in batch.done.values()]
    row.rows_done += len(outcomes)
    row.rows_opened += outcomes.count("opened")
    row.rows_joined += outcomes.count("joined")
    row.rows_known += outcomes.count("known")
    row.rows_good += outcomes.count("good")
    row.rows_bad += outcomes.count("bad")
    row.status = "running"
    row.started_at = row.started_at or uow.now
    if row.rows_done == len(batch.caseload.rows):
        row.status, row.finished_at = "finished", uow.now
        facts = {"rows_bad": row.rows_bad, "dry_run": row.dry_run}
        uow.notify("import.finished", role="caseworker", scope=row.office_id, subject=row.id, **facts)
        uow.record("import.finished", subject=row.id, **facts)
    touch(row, now=uow.now)
