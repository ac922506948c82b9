"""Recorded facts of a case, as far as the reader may see them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.returns.domain.access import in_office
from services.returns.domain.case_view import State
from services.returns.domain.facts import FACT_KINDS
from services.returns.persistence.cases import CaseFile
from shared.auth.principal import Principal

AFTER_DEPARTURE = (State.DEPARTED, State.ARRIVED, State.HANDED_OVER, State.CLOSED)


class RecordedFact(BaseModel):
    """One recorded fact."""

    id: UUID
    kind: str
    told: str
    value: str | None
    effect: str | None
    person_ref: str | None
    on: date
    recorded_at: datetime
    recorded_role: str
    voided_on: date | None
    void_reason: str | None


def recorded_facts(file: CaseFile, actor: Principal) -> list[RecordedFact]:
    """In order; what is sealed until the departure only for the office that keeps the file."""
    refs = {person.id: person.person_ref for person in file.persons}
    gone = file.case.state in AFTER_DEPARTURE
    shown = []
    for row in file.facts:
        kind = FACT_KINDS[row.kind]
        if kind.sealed_until_departure and not gone and not in_office(actor, file.case):
            continue
        if kind.protection_only and not actor.has("protection_officer"):
            continue
        known = row.model_dump(include=set(RecordedFact.model_fields))
        effect = _effect(file.case.state) if kind.sealed_until_departure else None
        ref = refs.get(row.person_id) if row.person_id else None
        shown.append(RecordedFact(**known, told=kind.told, effect=effect, person_ref=ref, recorded_at=row.created_at))
    return shown


def _effect(state: str) -> str:
    """A conditional declaration takes effect on departure, and is void once there will be none."""
    if state in AFTER_DEPARTURE:
        return "in_effect"
    over = (
        State.WITHDRAWN,
        State.CANCELLED,
        State.RETURN_FAILED,
        State.STATUS_GRANTED,
        State.REVOKED,
        State.LAPSED,
        State.REFUSED,
        State.INELIGIBLE,
        State.DEPARTED_UNASSISTED,
    )
    return "void" if state in over else "sealed"
