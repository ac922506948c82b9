"""Lapse and revocation: one officer proposes with reasons, another confirms; no timer ever does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.commands.record_fact import keep
from services.returns.contracts.published import ReasonGroup
from services.returns.contracts.published_endings import CaseLapsedV1, CaseRevokedV1
from services.returns.domain.access import may_work
from services.returns.domain.facts import FACT_KINDS
from services.returns.domain.transitions import BY_NAME, missing_for, open_transitions, starts_here
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.fact_views import proposal
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import TransitionRefused

Ending = Literal["lapse", "revoke"]
PROPOSED = {"lapse": "lapse_proposed", "revoke": "revocation_proposed"}


@dataclass(frozen=True, kw_only=True)
class EndByTwo:
    """A step of it: proposed by one officer, confirmed by another."""

    case_id: UUID
    ending: Ending
    step: Literal["proposed", "confirmed"]
    heard_on: date | None = None
    told_in_writing_on: date | None = None
    reason_code: str = "not_stated"
    reason_group: ReasonGroup = "authority"
    on: date | None = None


async def handle(command: EndByTwo, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused naming what is missing: hearing, reasons, second person, whose delay."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    for kind, day in (("hearing", command.heard_on), ("told_in_writing", command.told_in_writing_on)):
        if day is not None:
            keep(uow, file, FACT_KINDS[kind], None, None, on=fact_day(uow, day))
    if command.step == "proposed":
        _propose(uow, file, command.ending, on=on)
    else:
        _confirm(uow, file, command, on=on)
    return file.case


def _propose(uow: UnitOfWork, file: CaseFile, ending: Ending, *, on: date) -> None:
    view = view_of(file, on=on, proposed=True, second_person=True)
    row = BY_NAME[ending]
    if missing := missing_for(view, row):
        raise TransitionRefused(
            transition=row.label, state=view.state, missing=missing, open_transitions=open_transitions(view)
        )
    if not starts_here(view, row):
        advance(uow, file, ending, on=on, view=view)  # which refuses and says from where it starts
    keep(uow, file, FACT_KINDS[PROPOSED[ending]], None, None, on=on)
    uow.notify(f"{ending}.proposed", role="case_officer", scope=file.case.authority_id, subject=file.case.id)


def _confirm(uow: UnitOfWork, file: CaseFile, command: EndByTwo, *, on: date) -> None:
    case = file.case
    eyes = proposal(file.facts, PROPOSED[command.ending], acting=uow.actor.subject)
    before = advance(uow, file, command.ending, on=on, reason=command.reason_code, view=view_of(file, on=on, **eyes))
    case.ended_on, case.stage_before_end, case.decided_by = on, before.value, uow.actor.subject
    fact = {"case_id": case.id, "on": on, "reason_group": command.reason_group, "stage_before": before.value}
    uow.publish(CaseLapsedV1(**fact) if command.ending == "lapse" else CaseRevokedV1(**fact))
    uow.notify(f"case.{command.ending}d", role="caseworker", scope=case.office_id, subject=case.id)
