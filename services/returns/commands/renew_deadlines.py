"""Bring the clocks of a case in step with the case: what began runs, what is done ends, what waits on others rests.

Runs at the end of every unit that changed a case, in the same commit, and again when a clock has something to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.domain.access import OFFICE_ROLES
from services.returns.domain.clock_facts import ClockFacts, RequestView
from services.returns.domain.clock_starts import STARTS, pause_reason
from services.returns.domain.clocks import ClockKind, Running, Start, begun_on, due, next_look, paused, period_of
from services.returns.persistence.agency_messages import not_looked_at
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.clock_kinds import Kinds, ProgrammePeriod, kind_of, kinds_on, programme_periods
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.deadlines import (
    clock_facts,
    places_of,
    requests_of,
    running_deadlines,
)
from services.returns.persistence.tables import HistoryRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

OPENED = "opened"
AUTHORITY_ROLES = frozenset({"case_officer"})
SHARED_ROLES = frozenset({"travel_officer", "medical_officer", "protection_officer", "best_interests_panel"})
"""Roles that may belong to an office or to the authority."""


@dataclass(frozen=True)
class Clocks:
    """The clocks of one case: what they look at, and the rows that run now."""

    case: ReturnCaseRow
    facts: ClockFacts
    rules: Mapping[str, ProgrammePeriod]
    kinds: Kinds
    rows: list[CaseDeadlineRow]


async def at_the_end(uow: UnitOfWork) -> None:
    """Renew the clocks of every case whose history this unit has added to; opening one begins them by itself."""
    lines = uow.appended(str(HistoryRow.__tablename__))
    for case_id in dict.fromkeys(line["case_id"] for line in lines if line["action"] != OPENED):
        await handle(case_id, uow=uow)


def begin(case: ReturnCaseRow, periods: Mapping[str, ProgrammePeriod], *, uow: UnitOfWork) -> list[CaseDeadlineRow]:
    """The clocks of a case that is about to be opened, not yet added to the session; the case is marked for lists."""
    return _renewed(uow, CaseFile(case, [], [], []), (), [], periods).rows


async def handle(case_id: UUID, *, uow: UnitOfWork) -> Clocks:
    """Doing it again changes nothing. Raises NotFound."""
    await uow.flush()
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    before = await running_deadlines(uow, [case_id])
    periods = await programme_periods(uow, file.case.programme_id, uow.now.date())
    unseen = await not_looked_at(uow, case_id)
    clocks = _renewed(uow, file, await requests_of(uow, file.case), before, periods, unseen)
    uow.session.add_all(clocks.rows)
    running = {row.id for row in clocks.rows}
    for row in before:
        row.ended_on = None if row.id in running else clocks.facts.today
    return clocks


def _renewed(
    uow: UnitOfWork,
    file: CaseFile,
    requests: tuple[RequestView, ...],
    before: Sequence[CaseDeadlineRow],
    periods: Mapping[str, ProgrammePeriod],
    unseen: Mapping[str, date] | None = None,
) -> Clocks:
    today = uow.now.date()
    facts = clock_facts(file, requests, on=today, unseen=unseen)
    clocks = Clocks(file.case, facts, periods, kinds_on(today), [])
    known = {(row.clock, row.subject): row for row in before}
    for kind in clocks.kinds.values():
        for start in STARTS[kind.starts](clocks.facts):
            row = _kept(uow, clocks, kind, start, known.get((kind.code, start.subject)))
            clocks.rows.extend([row] if row is not None else [])
    show(clocks)
    return clocks


def show(clocks: Clocks) -> None:
    """Put onto the case what lists are ordered by, and when somebody has to look again."""
    case, resting = clocks.case, [row for row in clocks.rows if row.paused_since is None]
    kinds = {row.id: clocks.kinds[row.clock] for row in resting}
    case.office_due_on = min((row.due_on for row in resting if at_office(kinds[row.id])), default=None)
    case.authority_due_on = min((row.due_on for row in resting if at_authority(kinds[row.id])), default=None)
    looks = (_look(row, kinds[row.id]) for row in resting)
    case.next_look_on = min((day for day in looks if day is not None), default=None)


def at_office(kind: ClockKind) -> bool:
    """Whether somebody of the office that keeps the file has to act."""
    return bool(set(kind.acts) & set(OFFICE_ROLES))


def at_authority(kind: ClockKind) -> bool:
    """Whether somebody of the deciding authority has to act."""
    return bool(set(kind.acts) & (AUTHORITY_ROLES | SHARED_ROLES))


def _look(row: CaseDeadlineRow, kind: ClockKind) -> date | None:
    missed = row.missed_on is not None
    running = remembered(row)
    return next_look(kind, running, row.due_on, reminded=row.reminded_percent, missed=missed, told=row.escalated)


def remembered(row: CaseDeadlineRow) -> Running:
    """The row as the rules see it."""
    return Running(**{name: getattr(row, name) for name in Running.__dataclass_fields__})


def _kept(
    uow: UnitOfWork, clocks: Clocks, kind: ClockKind, start: Start, row: CaseDeadlineRow | None
) -> CaseDeadlineRow | None:
    """The row of a clock that runs; a running one keeps the rules it was started with. None: nothing sets a day yet."""
    if row is not None:
        kind = kind_of(kind.code, row.rules_version) or kind
    facts, places = clocks.facts, places_of(clocks.case, kind.calendars)
    running = _running(clocks, kind, start, row)
    reason = pause_reason(kind.pauses_while, facts, start.subject)
    running = paused(kind, running, reason, today=facts.today, places=places)
    found = due(kind, start, running, travel_on=facts.case.travel_on, places=places)
    if found is None:
        return None
    values = {**running.__dict__, "base_on": found.base_on, "due_on": found.on}
    values |= {"latest_on": start.latest_on, "silence_counts": start.silence_counts}
    if row is None:
        return _new(uow, clocks, kind, start, values)
    for name, value in values.items():
        setattr(row, name, value)
    if row.due_on >= facts.today:
        row.missed_on, row.escalated = None, 0
    return row


def _running(clocks: Clocks, kind: ClockKind, start: Start, row: CaseDeadlineRow | None) -> Running:
    facts, rule = clocks.facts, clocks.rules.get(kind.code)
    programme_days = rule.days if rule is not None else None
    days = start.days if start.days is not None or row is None else row.days
    if days is None:
        days = period_of(kind, start, vulnerable=facts.vulnerable, programme_days=programme_days)
    began = begun_on(kind, start, days, travel_on=facts.case.travel_on)
    if row is None:
        return Running(started_on=began or facts.today, days=days)
    return replace(remembered(row), started_on=began or row.started_on, days=days)


def _new(uow: UnitOfWork, clocks: Clocks, kind: ClockKind, start: Start, values: dict[str, Any]) -> CaseDeadlineRow:
    rule = clocks.rules.get(kind.code)
    source = start.source or (rule.source if rule is not None and start.days is None else kind.source)
    return CaseDeadlineRow(
        case_id=clocks.case.id,
        clock=kind.code,
        subject=start.subject,
        rules_version=kind.version,
        source=source,
        owes=kind.owes,
        created_at=uow.now,
        updated_at=uow.now,
        **values,
    )
