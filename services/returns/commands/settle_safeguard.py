"""Say that a safeguard is in place, was declined, or is not needed; or open it again. Only named roles may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.commands.record_fact import FactOfAnotherDesk
from services.returns.domain.access import may_work
from services.returns.domain.safeguards import PROTECTION, Outcome, Safeguard
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.safeguard_tables import SafeguardRow
from services.returns.persistence.safeguards import kinds_of
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound


class SafeguardTooEarly(Conflict):
    """Some safeguards take time that the person was promised; only the person may do without it."""

    slug = "safeguard-too-early"
    title = "The time this safeguard promises is not over yet"


class SafeguardCannotBeDeclined(Conflict):
    """Some safeguards are not for the person to give up."""

    slug = "safeguard-cannot-be-declined"
    title = "This safeguard cannot be declined"


@dataclass(frozen=True, kw_only=True)
class SettleSafeguard:
    """Which one and what became of it; no outcome opens it again."""

    case_id: UUID
    safeguard_id: UUID
    outcome: Outcome | None
    on: date | None = None


async def handle(command: SettleSafeguard, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, FactOfAnotherDesk, SafeguardTooEarly, SafeguardCannotBeDeclined. What is open again takes a
    ready case back."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    row = next((row for row in file.safeguards if row.id == command.safeguard_id), None)
    if row is None:
        raise NotFound
    kind = (await kinds_of(uow, [row], purpose="safeguards")).get(row.id)
    if kind is None:
        raise NotFound
    on = fact_day(uow, command.on)
    if command.outcome is None:
        row.outcome = row.settled_on = row.settled_by = row.settled_role = None
        touch(row, now=uow.now)
    else:
        settle(uow, row, kind, command.outcome, on=on)
    _remember(uow, file, row, on=on)
    recheck(uow, file, on=on)
    return file.case


def settle(uow: UnitOfWork, row: SafeguardRow, kind: Safeguard, outcome: Outcome, *, on: date) -> None:
    """Close one safeguard. Raises FactOfAnotherDesk, SafeguardTooEarly, SafeguardCannotBeDeclined."""
    roles = (PROTECTION,) if outcome == "not_needed" else (*kind.settled_by, PROTECTION)
    if uow.acting_role not in roles:
        raise FactOfAnotherDesk(roles=list(dict.fromkeys(roles)))
    if outcome == "declined_by_person" and not kind.may_decline:
        raise SafeguardCannotBeDeclined
    if outcome == "in_place" and on < row.opened_on + timedelta(days=kind.earliest_days):
        raise SafeguardTooEarly
    row.outcome, row.settled_on = outcome, on
    row.settled_by, row.settled_role = uow.actor.subject, uow.acting_role
    touch(row, now=uow.now)


def _remember(uow: UnitOfWork, file: CaseFile, row: SafeguardRow, *, on: date) -> None:
    touch(file.case, now=uow.now)
    ref = next(person.person_ref for person in file.persons if person.id == row.person_id)
    action = "safeguard-settled" if row.outcome else "safeguard-reopened"
    remember(uow, file.case, action, before=file.case.state, on=on, person_ref=ref)
