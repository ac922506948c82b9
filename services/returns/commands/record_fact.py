"""Record a coded fact on a case: counselling, doubts, views, safeguards; what it shakes is checked again at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.recorded import recorded
from services.returns.commands.resting import look_again
from services.returns.contracts.published_families import PersonCameOfAgeV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.facts import FACT_KINDS, FactKind
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest, may_confirm_again
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class FactIncomplete(Invalid):
    """A kind that is about a person names one, and a coded value is one of its list."""

    slug = "fact-incomplete"
    title = "This fact needs a person of the file, or a value from its list"


class FactOfAnotherDesk(Conflict):
    """Some facts are recorded by certain roles only; `roles` names them."""

    slug = "fact-of-another-desk"
    title = "Another role records this kind of fact"


class ConfirmedTooEarly(Conflict):
    """A second confirmation counts after the hours the programme demands."""

    slug = "confirmed-too-early"
    title = "The second confirmation must lie at least a day after the counselling"


class NotHeardAlone(Conflict):
    """An adult is counselled alone; an interpreter is nobody close or powerful."""

    slug = "not-heard-alone"
    title = "This adult must be counselled alone"


ACTED_ON_BY: Mapping[str, tuple[str, ...]] = {
    "capacity_doubt": ("medical_officer",),
    "carer_withdrew": ("best_interests_panel", "caseworker"),
    "age_disputed": ("best_interests_panel",),
}


@dataclass(frozen=True, kw_only=True)
class RecordFact:
    """One fact."""

    case_id: UUID
    kind: str
    value: str | None = None
    person_ref: str | None = None
    valid_until: date | None = None
    on: date | None = None


async def handle(command: RecordFact, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, FactOfAnotherDesk, FactIncomplete, ConfirmedTooEarly, NotHeardAlone."""
    kind = FACT_KINDS[command.kind]
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    if uow.acting_role not in kind.roles:
        raise FactOfAnotherDesk(roles=list(kind.roles))
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    person = file.person(command.person_ref) if command.person_ref else None
    _complete(command, kind, person)
    if kind.name == "second_confirmation":
        first = latest(file.facts, "independent_counselling")
        if not may_confirm_again(first, hours=file.rules.second_confirmation_hours, now=uow.now):
            raise ConfirmedTooEarly
    keep(uow, file, kind, command.value, person, on=on).valid_until = command.valid_until
    if person is not None and (kind.name, command.value) == ("age_determined", "adult"):
        uow.publish(PersonCameOfAgeV1(case_id=file.case.id, person_ref=person.person_ref, on=on))
    _tell_who_must_act(uow, file, kind.name)
    look_again(uow, file, on=on)
    return file.case


def keep(
    uow: UnitOfWork, file: CaseFile, kind: FactKind, value: str | None, person: CasePersonRow | None, *, on: date
) -> CaseFactRow:
    """Keep a fact and remember it; a sealed one leaves no name of its kind in the history."""
    row = CaseFactRow(
        case_id=file.case.id,
        person_id=person.id if person else None,
        kind=kind.name,
        value=value,
        on=on,
        **recorded(uow),
    )
    uow.session.add(row)
    file.facts.append(row)
    _consequences(kind.name, value, person)
    touch(file.case, now=uow.now)
    action, about = _as_remembered(kind)
    ref = person.person_ref if person else None
    remember(uow, file.case, action, before=file.case.state, on=on, person_ref=ref, about=about)
    return row


def _as_remembered(kind: FactKind) -> tuple[str, str | None]:
    """What the history says; of some kinds not even the name."""
    if kind.sealed_until_departure:
        return "paper-sealed", None
    return ("protection-step", None) if kind.protection_only else ("fact-recorded", kind.name)


def _tell_who_must_act(uow: UnitOfWork, file: CaseFile, kind: str) -> None:
    """Whoever has to settle what was recorded; the child is not told at the gate."""
    for role in ACTED_ON_BY.get(kind, ()):
        for scope in (file.case.office_id, file.case.authority_id):
            uow.notify(f"fact.{kind.replace('_', '-')}", role=role, scope=scope, subject=file.id)


def _complete(command: RecordFact, kind: FactKind, person: CasePersonRow | None) -> None:
    if kind.of_person != (person is not None) or kind.lasts != (command.valid_until is not None):
        raise FactIncomplete
    if (command.value not in kind.values) if kind.values else (command.value is not None):
        raise FactIncomplete
    if person is not None and kind.name == "independent_counselling" and not person.adult:
        raise NotHeardAlone


def _consequences(kind: str, value: str | None, person: CasePersonRow | None) -> None:
    """What a fact changes in what was recorded before."""
    if person is None:
        return
    if kind == "carer_withdrew":
        person.best_interests_decided = False
    if kind == "best_interests_decision":
        person.best_interests_decided = value == "return_in_best_interests"
    if kind == "age_disputed":
        person.adult = False
    if kind == "age_determined":
        person.adult = value == "adult"
