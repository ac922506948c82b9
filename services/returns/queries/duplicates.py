"""Pairs of records as shown: evidence as codes and words, the other file only to whoever may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.access import may_read
from services.returns.persistence.duplicate_pairs import Side, decisions_of
from services.returns.persistence.duplicate_tables import DuplicateDecisionRow, DuplicateRow
from services.returns.persistence.duplicate_weights import duplicate_weights
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork

TOLD = {
    "name.same": "The names are the same",
    "name.sounds_same": "The names sound the same",
    "name.contained": "One record has more names than the other, and those in common agree",
    "name.close": "The names are spelt alike",
    "name.one_part": "One name agrees, another does not",
    "name.given_differs": "The family's name agrees, the given name does not",
    "name.family_differs": "The given name agrees, the family's name does not",
    "name.single": "One record has a single name, which the other has too",
    "name.whole_alike": "The names sound the same when read in one",
    "name.different": "The names are different",
    "rarity.rare": "Few people here have this name",
    "rarity.common": "Many people here have this name",
    "born.same_day": "The birth dates are the same",
    "born.same_first_of_january": "Both were born on the first of January of one year, which is often a guess",
    "born.day_and_month_swapped": "The birth dates agree when day and month are changed round",
    "born.agrees_as_far_as_known": "The birth dates agree in year and month",
    "born.agrees_in_the_year": "The years of birth agree",
    "born.one_part_differs": "The birth dates differ in one part",
    "born.year_near": "The years of birth are close",
    "born.unknown": "One birth date is not known",
    "born.different": "The birth dates are different",
    "sex.same": "The sex is the same",
    "sex.unknown": "One sex is not known",
    "sex.different": "The sex is different",
    "citizenship.shared": "They have a citizenship in common",
    "citizenship.unknown": "One citizenship is not known",
    "citizenship.different": "They have no citizenship in common",
    "phone.same": "They gave the same telephone number",
    "document.same": "They have the same travel document",
}


class EvidenceOut(BaseModel):
    """One thing that speaks for or against; no values of either record."""

    about: str = Field(description="What was compared: name, rarity, born, sex, citizenship, phone, document.")
    found: str = Field(description="How it came out, as a code.")
    weight: float = Field(description="Above zero it speaks for one person, below against (log2).")
    told: str = Field(description="The same in words.")


class OtherRecord(BaseModel):
    """The other record, as far as you may see its file."""

    in_your_scope: bool = Field(description="Otherwise the rest is null; ask the other office with `question`.")
    case_id: UUID | None
    file_reference: str | None
    person_ref: str | None
    state: str | None


class DecisionOut(BaseModel):
    """One decision; the last one holds."""

    outcome: str
    reason_code: str
    decided_role: str
    on: date


class DuplicateOut(BaseModel):
    """Two records that may be one person."""

    id: UUID
    version: int
    person_ref: str = Field(description="The person on the file you asked about.")
    likelihood: str = Field(description="likely or possible.")
    weight: float = Field(description="All evidence together; shown from 16, likely from 20 on.")
    evidence: list[EvidenceOut]
    other: OtherRecord
    outcome: str | None = Field(description="same, different, unsure; null while nobody has decided.")
    decisions: list[DecisionOut]


async def shown(uow: UnitOfWork, pairs: Sequence[tuple[DuplicateRow, Side, Side]]) -> list[DuplicateOut]:
    """Pairs from the reader's side."""
    decided = await decisions_of(uow, [row.id for row, _, _ in pairs])
    return [_shown(uow.actor, row, own, other, decided[row.id]) for row, own, other in pairs]


def _shown(
    actor: Principal, row: DuplicateRow, own: Side, other: Side, decided: Sequence[DuplicateDecisionRow]
) -> DuplicateOut:
    likely = row.weight >= duplicate_weights()["likely_from"]
    return DuplicateOut(
        id=row.id,
        version=row.version,
        person_ref=own.person.person_ref,
        likelihood="likely" if likely else "possible",
        weight=row.weight,
        evidence=[EvidenceOut(**entry, told=TOLD[f"{entry['about']}.{entry['found']}"]) for entry in row.evidence],
        other=_other(actor, other),
        outcome=row.outcome,
        decisions=[DecisionOut.model_validate(entry, from_attributes=True) for entry in decided],
    )


def _other(actor: Principal, other: Side) -> OtherRecord:
    seen = may_read(actor, other.case)
    return OtherRecord(
        in_your_scope=seen,
        case_id=other.case.id if seen else None,
        file_reference=other.case.file_reference if seen else None,
        person_ref=other.person.person_ref if seen else None,
        state=other.case.state if seen else None,
    )
