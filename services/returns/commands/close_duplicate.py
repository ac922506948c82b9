"""A second file of the same people is closed; the other one goes on, and what both were granted is reconciled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.approve_disclosure import recall
from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.contracts.published import CaseCancelledV1
from services.returns.contracts.published_families import CaseMergedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State, Travel, told
from services.returns.domain.transition import OPEN
from services.returns.domain.transitions import open_transitions
from services.returns.domain.voluntariness import not_frozen
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.disclosures import disclosures_of
from services.returns.persistence.duplicate_pairs import Side, pairs_of
from services.returns.persistence.duplicates import LIVE, SAME
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

REASON = "same_person_on_another_file"
GOES_ON = (*LIVE, State.ARRIVED.value, State.HANDED_OVER.value)
"""States of a file that goes on with these people, or has brought them home."""


@dataclass(frozen=True, kw_only=True)
class CloseDuplicate:
    """The file that is one too many."""

    case_id: UUID
    reason_code: str = "duplicate"
    on: date | None = None


async def handle(command: CloseDuplicate, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Its money is free again, whoever was told hears the neutral stop, nothing is recovered. Raises NotFound,
    TransitionRefused naming who is not known to be on another file."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    goes_on = await _goes_on(uow, file, on)
    for package in await disclosures_of(uow, file.id):
        await recall(file.id, package.id, uow=uow)
    for person in file.travelling:
        person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, REASON
        touch(person, now=uow.now)
    before = advance(uow, file, "close_duplicate", on=on, reason=command.reason_code)
    file.case.stage_before_end, file.case.ended_on = before.value, on
    stage = told(before).value
    fact = {"case_id": file.id, "on": on, "reason_group": "circumstances", "stage_before": stage}
    uow.publish(CaseCancelledV1(**fact))
    for key in (goes_on.id, file.id):
        joined = {"case_id": goes_on.id, "merged_case_id": file.id, "on": on, "persons": []}
        uow.publish(CaseMergedV1(**joined, published_under=key))
    remember(uow, goes_on, "duplicate-closed", before=goes_on.state, on=on, reason=command.reason_code)
    return file.case


async def _goes_on(uow: UnitOfWork, file: CaseFile, on: date) -> ReturnCaseRow:
    """The file on which everybody of this one is too, as the same person; the oldest if there are several."""
    pairs = await pairs_of(uow, [person.id for person in file.travelling])
    same = [(own, other) for row, own, other in pairs if row.outcome == SAME and other.case.id != file.id]
    found = {person.id: _files(same, person.id) for person in file.travelling}
    common = set.intersection(*(set(cases) for cases in found.values())) if found else set()
    view = view_of(file, on=on)
    open_now = file.case.state in (*OPEN, State.SUSPENDED)
    missing = [] if open_now else [Missing("state", "Only a file that is not over and has not departed is closed so.")]
    missing += [
        Missing("same-person", f"It is not decided that this person is on another file that goes on ({ref}).")
        for ref in sorted(person.person_ref for person in file.travelling if not found[person.id])
    ]
    if not missing and not common:
        missing.append(Missing("several-files", "The people of this file are on several others: split it first."))
    missing += not_frozen(view)
    if missing:
        raise TransitionRefused(
            transition="close as a duplicate",
            state=file.case.state,
            missing=missing,
            open_transitions=open_transitions(view),
        )
    cases = {case.id: case for cases in found.values() for case in cases.values()}
    return cases[min(common)]


def _files(same: Sequence[tuple[Side, Side]], person_id: UUID) -> dict[UUID, ReturnCaseRow]:
    theirs = [other for own, other in same if own.person.id == person_id]
    return {
        other.case.id: other.case
        for other in theirs
        if other.case.state in GOES_ON and other.person.travel_status != Travel.NOT_TRAVELLING.value
    }
