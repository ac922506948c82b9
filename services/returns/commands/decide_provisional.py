"""An officer decides about a person nobody could complete in time: more time, or off the file; with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.commands.split_case import lead
from services.returns.contracts.published import CaseCancelledV1, PersonRemovedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Travel
from services.returns.domain.guards import no_child_alone, no_dependant_alone
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, Missing, TransitionRefused

Outcome = Literal["extended", "expired"]


class ExtensionWithoutDay(Invalid):
    """More time ends on a day to come."""

    slug = "extension-without-day"
    title = "Say until when, a day in the future"


@dataclass(frozen=True, kw_only=True)
class DecideProvisional:
    """Who, what and why."""

    case_id: UUID
    person_ref: str
    outcome: Outcome
    reason_code: str
    until: date | None = None


async def handle(command: DecideProvisional, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, ExtensionWithoutDay, TransitionRefused (not provisional, not over, own file, somebody alone)."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person, on = file.person(command.person_ref), fact_day(uow, None)
    _refuse(file, _missing(uow, file, person, command.outcome))
    if command.outcome == "extended":
        if command.until is None or command.until <= on:
            raise ExtensionWithoutDay
        person.provisional_until, person.provisional_overdue_on = command.until, None
    touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    action, ref = f"provisional-{command.outcome}", person.person_ref
    remember(uow, file.case, action, before=file.case.state, on=on, reason=command.reason_code, person_ref=ref)
    if command.outcome == "expired":
        _take_off(file, person, command.reason_code, on=on, uow=uow)
    return file.case


def _missing(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, outcome: Outcome) -> list[Missing]:
    missing = []
    if not person.provisional or person not in file.travelling:
        missing.append(Missing("provisional", "This person is not provisional on this file."))
    if outcome == "expired" and person.provisional_overdue_on is None:
        missing.append(Missing("period", "The time to complete this person is not over."))
    if outcome == "expired" and uow.actor.subject == file.case.author:
        missing.append(Missing("four-eyes", "Whoever opened this file cannot take a person off it."))
    return missing


def _take_off(file: CaseFile, person: CasePersonRow, reason: str, *, on: date, uow: UnitOfWork) -> None:
    """The person travels no more on this file; when nobody is left it is closed, by this officer."""
    person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, "identity_not_completed"
    uow.publish(PersonRemovedV1(case_id=file.case.id, person_ref=person.person_ref))
    if file.travelling:
        view = view_of(file, on=on)
        _refuse(file, [*no_child_alone(view), *no_dependant_alone(view)])
        lead(file.travelling)
        return
    before = advance(uow, file, "close_incomplete", on=on, reason=reason)
    file.case.ended_on = on
    fact = {"case_id": file.case.id, "on": on, "reason_group": "circumstances", "stage_before": before.value}
    uow.publish(CaseCancelledV1(**fact))


def _refuse(file: CaseFile, missing: list[Missing]) -> None:
    if missing:
        raise TransitionRefused(transition="decide about a provisional person", state=file.case.state, missing=missing)
