"""Two files of one family become one: everything kept of the persons comes over, the empty file stays readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.approve_disclosure import recall
from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.commands.tell_of_age import tell_again
from services.returns.contracts.published_families import CaseMergedV1
from services.returns.domain.access import may_work
from services.returns.domain.families import PROTECTIVE, SAME, Joining, merge_missing
from services.returns.domain.transitions import open_transitions
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.disclosures import disclosures_of
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.following import follow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, TransitionRefused


class MergedWithItself(Invalid):
    """Two different files are needed."""

    slug = "merged-with-itself"
    title = "A file cannot be joined with itself"


@dataclass(frozen=True, kw_only=True)
class MergeCases:
    """The file that goes on, the one that joins it, and what those who led the other one are to the main applicant."""

    case_id: UUID
    joining_case_id: UUID
    relations: Mapping[str, str] = field(default_factory=dict)
    reason_code: str = "one_family"
    on: date | None = None


async def handle(command: MergeCases, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The file that goes on. Raises NotFound, MergedWithItself, TransitionRefused naming all that stands against it."""
    if command.case_id == command.joining_case_id:
        raise MergedWithItself
    files = {}
    for case_id in sorted((command.case_id, command.joining_case_id)):  # always in this order: no two merges block
        files[case_id] = await load_file(uow, case_id, may_work, lock=True)
    kept, joining = files[command.case_id], files[command.joining_case_id]
    uow.match(kept.case.version)
    on = fact_day(uow, command.on)
    _refuse(kept, joining, on)
    people = list(joining.persons)
    facts = await person_facts(uow, people, on=on)
    for package in await disclosures_of(uow, joining.id):
        await recall(joining.id, package.id, uow=uow)
    await _come_over(uow, kept, joining, command.relations)
    before = advance(uow, joining, "merge_into_another", on=on, reason=command.reason_code)
    joining.case.stage_before_end, joining.case.ended_on = before.value, on
    for key in (kept.id, joining.id):
        fact = {"case_id": kept.id, "merged_case_id": joining.id, "on": on, "persons": facts}
        uow.publish(CaseMergedV1(**fact, published_under=key))
    for person in people:
        tell_again(uow, kept.case, person)
    remember(uow, kept.case, "merged", before=kept.case.state, on=on, reason=command.reason_code)
    return kept.case


def _refuse(kept: CaseFile, joining: CaseFile, on: date) -> None:
    differing = tuple(name for name in SAME if getattr(kept.case, name) != getattr(joining.case, name))
    view = view_of(kept, on=on)
    missing = merge_missing(Joining(kept=view, joining=view_of(joining, on=on), differing=differing))
    if missing:
        raise TransitionRefused(
            transition="join the files",
            state=kept.case.state,
            missing=missing,
            open_transitions=open_transitions(view),
        )


async def _come_over(uow: UnitOfWork, kept: CaseFile, joining: CaseFile, relations: Mapping[str, str]) -> None:
    people = list(joining.persons)
    protects = _protecting(kept, joining)
    await follow(uow, [person.id for person in people], kept.id)
    for fact in joining.facts:
        fact.case_id = kept.id
    _relate(kept, people, relations)
    for person in people:
        person.case_id = kept.id
        touch(person, now=uow.now)
    _one_file(kept.case, joining.case)
    kept.persons, joining.persons = [*kept.persons, *people], []
    kept.facts, joining.facts = sorted([*kept.facts, *joining.facts], key=lambda fact: fact.id), []
    for fact in protects:
        _keep_protecting(uow, kept, fact)
    touch(kept.case, now=uow.now)


def _relate(kept: CaseFile, people: Sequence[CasePersonRow], relations: Mapping[str, str]) -> None:
    """One person leads the common file; the others are what was said, else another relative."""
    led = any(person.relation == "main_applicant" for person in kept.travelling)
    for person in people:
        if person.person_ref in relations:
            person.relation = relations[person.person_ref]
        elif led and person.relation == "main_applicant":
            person.relation = "other_relative"


def _one_file(kept: ReturnCaseRow, joining: ReturnCaseRow) -> None:
    """What was done for both is done; the earlier end of a departure period holds for everybody."""
    if joining.screened_on is None:
        kept.screened_on = None
    kept.security_checked = kept.security_checked and joining.security_checked
    periods = [day for day in (kept.depart_by, joining.depart_by) if day is not None]
    kept.depart_by = min(periods, default=None)


def _protecting(kept: CaseFile, joining: CaseFile) -> list[CaseFactRow]:
    found = []
    for kind, values in PROTECTIVE.items():
        held = [fact for file in (kept, joining) if (fact := latest(file.facts, kind)) and fact.value in values]
        found += held[:1]
    return found


def _keep_protecting(uow: UnitOfWork, kept: CaseFile, fact: CaseFactRow) -> None:
    last = latest(kept.facts, fact.kind)
    if last is not None and last.value in PROTECTIVE[fact.kind]:
        return
    again = CaseFactRow(**fact.model_dump(exclude={"id", "case_id", "version"}), case_id=kept.id)
    uow.session.add(again)
    kept.facts.append(again)
