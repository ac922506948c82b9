"""How a case comes to rest and goes on: by an officer's step, or at once when a child or a holder is against it."""

from __future__ import annotations

from datetime import date

from services.returns.commands.moving import advance, include_again, recheck, view_of
from services.returns.contracts.published import CaseResumedV1, CaseSuspendedV1, ReasonGroup
from services.returns.contracts.published_disclosure import CaseDisclosureFrozenV1
from services.returns.domain.case_view import State
from services.returns.domain.transition import OPEN
from services.returns.domain.voluntariness import nobody_disagrees
from services.returns.persistence.cases import CaseFile, remember
from shared.database.unit_of_work import UnitOfWork

PROTECTION = frozenset({"new_protection_claim", "protection", "endangered", "trafficking", "violence"})
"""Reasons that freeze every disclosure at once; what is told of them is the same for all."""
CONFLICT = "child_view_conflict"


def rest(uow: UnitOfWork, file: CaseFile, before: State, *, reason: str, group: ReasonGroup, on: date) -> None:
    """The case rests; a reason of protection freezes every disclosure, and nothing says why."""
    case = file.case
    case.suspended_from, case.suspended_on = before.value, on
    case.suspended_by, case.suspension_reason = uow.actor.subject, reason
    group = "circumstances" if reason in PROTECTION else group
    uow.publish(CaseSuspendedV1(case_id=case.id, on=on, reason_group=group))
    if reason in PROTECTION and case.frozen_on is None:
        case.frozen_on = on
        uow.publish(CaseDisclosureFrozenV1(case_id=case.id, on=on))
        remember(uow, case, "disclosures-frozen", before=case.state, on=on)


def wake(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    """The case goes on; a freeze stays until a protection officer releases it."""
    case = file.case
    if case.suspended_from == State.READY.value:
        include_again(file)
    case.suspended_from = case.suspended_on = case.suspended_by = case.suspension_reason = None
    uow.publish(CaseResumedV1(case_id=case.id, on=on))


def look_again(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    """After something about a person was recorded: rest while a child or a holder is against it, else check gates."""
    against = bool(nobody_disagrees(view_of(file, on=on)))
    if against and file.case.state in OPEN and file.case.state != State.DRAFT:
        before = advance(uow, file, "suspend", on=on, reason=CONFLICT, follows_from_the_facts=True)
        rest(uow, file, before, reason=CONFLICT, group="circumstances", on=on)
        uow.notify("case.child-view-conflict", role="caseworker", scope=file.case.office_id, subject=file.case.id)
        uow.notify("case.child-view-conflict", role="case_officer", scope=file.case.authority_id, subject=file.case.id)
    else:
        recheck(uow, file, on=on)
