"""Finds a person by any spelling of the name among the files in the caller's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import false, or_

from services.returns.domain.duplicate_keys import describe
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.duplicate_search import look_for
from services.returns.persistence.tables import ReturnCaseRow
from services.returns.queries.cases import scopes_of
from services.returns.queries.duplicates import TOLD, EvidenceOut
from shared.database.unit_of_work import UnitOfWork

LEAST_LIKELY = 10.0
"""A search by hand shows more than is asked to be decided: whoever searches looks at the result themself."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom somebody looks for."""

    identity: dict[str, Any] = field(default_factory=dict)
    born: PartialDate | None = None
    sex: int = 0


class FoundPerson(BaseModel):
    """A person on one of your files; names are on the file itself."""

    case_id: UUID
    file_reference: str
    state: str
    person_ref: str
    weight: float = Field(description="All evidence together; the likeliest come first.")
    evidence: list[EvidenceOut]


async def persons_like(uow: UnitOfWork, wanted: Wanted) -> list[FoundPerson]:
    """The likeliest first; nobody outside the scope is opened, and what was asked is kept nowhere."""
    person = describe(wanted.identity, born=wanted.born, sex=wanted.sex)
    found = []
    own = or_(false(), *(scope.where for scope in scopes_of(uow.actor)))
    for each in await look_for(uow, person, within=own, from_weight=LEAST_LIKELY):
        case = await uow.session.get(ReturnCaseRow, each.person.case_id)
        if case is None:
            continue
        evidence = [
            EvidenceOut(about=e.about, found=e.found, weight=e.weight, told=TOLD[f"{e.about}.{e.found}"])
            for e in each.comparison.evidence
        ]
        found.append(
            FoundPerson(
                case_id=case.id,
                file_reference=case.file_reference,
                state=case.state,
                person_ref=each.person.person_ref,
                weight=round(each.comparison.weight, 1),
                evidence=evidence,
            )
        )
    return found
