"""Record the screening and search for other files; what is seen later is noted at any time before the journey."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.commands.note_vulnerability import Vulnerability, open_safeguards
from services.returns.commands.record_fact import FactOfAnotherDesk
from services.returns.commands.search_duplicates import search
from services.returns.commands.settle_safeguard import settle
from services.returns.contracts.published import CaseScreenedV1
from services.returns.domain.access import may_work
from services.returns.domain.facts import FACT_KINDS
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.safeguard_tables import SafeguardRow
from services.returns.persistence.safeguards import kinds_of
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid


class SafeguardNotOpened(Invalid):
    """A safeguard that is said to be in place is one that the indicators open."""

    slug = "safeguard-not-opened"
    title = "This safeguard belongs to none of the indicators"


@dataclass(frozen=True, kw_only=True)
class ScreenedPerson:
    """What was found for one person; indicator codes are sealed."""

    person_ref: str
    indicators: list[str] = field(default_factory=list)
    safeguards: list[str] = field(default_factory=list)
    due_on: date | None = None
    multiple: bool = False
    best_interests_decided: bool = False


@dataclass(frozen=True, kw_only=True)
class ScreenCase:
    """A screening of everybody on the file."""

    case_id: UUID
    persons: list[ScreenedPerson]
    security_checked: bool
    on: date | None = None


async def handle(command: ScreenCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused, FactOfAnotherDesk: the panel's decision is the panel's to record.
    IndicatorNotKnown, DueDateNeeded, SafeguardNotOpened. The event carries counts only."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    opened: list[SafeguardRow] = []
    for found in command.persons:
        person = file.person(found.person_ref)
        opened += await _safeguards(uow, file, person, found, on=on)
        if found.best_interests_decided and not person.best_interests_decided:
            raise FactOfAnotherDesk(roles=list(FACT_KINDS["best_interests_decision"].roles))
    answered = {found.person_ref for found in command.persons}
    advance(uow, file, "screen", on=on)
    if answered >= {person.person_ref for person in file.travelling}:
        file.case.screened_on = on
    await search(uow, file)
    file.case.duplicates_checked = True
    file.case.security_checked = command.security_checked
    uow.publish(
        CaseScreenedV1(
            case_id=file.case.id,
            on=on,
            safeguards_count=len(opened),
            vulnerable_count=sum(1 for person in file.travelling if person.vulnerable),
        )
    )
    return file.case


async def _safeguards(
    uow: UnitOfWork, file: CaseFile, person: CasePersonRow, found: ScreenedPerson, *, on: date
) -> list[SafeguardRow]:
    """What the indicators open; what the screener names as in place already is settled if that is theirs to say."""
    values = {name: getattr(found, name) for name in ("person_ref", "indicators", "due_on", "multiple")}
    opened = await open_safeguards(uow, file, person, Vulnerability(**values), on=on)
    kinds = await kinds_of(uow, opened, purpose="safeguards")
    by_name = {kinds[row.id].safeguard: row for row in opened}
    if set(found.safeguards) - set(by_name):
        raise SafeguardNotOpened
    for name in found.safeguards:
        settle(uow, by_name[name], kinds[by_name[name].id], "in_place", on=on)
    return opened
