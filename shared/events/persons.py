"""The closed list of facts about a person that an event may carry."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AGE_BANDS: tuple[tuple[int, AgeBand], ...] = (
    (5, "0-4"),
    (14, "5-13"),
    (16, "14-15"),
    (18, "16-17"),
    (25, "18-24"),
    (35, "25-34"),
    (65, "35-64"),
)
AgeBand = Literal["0-4", "5-13", "14-15", "16-17", "18-24", "25-34", "35-64", "65+", "unknown"]
Sex = Literal[0, 1, 2, 9]
Relation = Literal["main_applicant", "partner", "child", "parent", "sibling", "other_relative", "ward"]


def completed_years(born_on: date, day: date) -> int:
    """Age in completed years on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def age_band_on(born_on: date | None, day: date) -> AgeBand:
    """The age band on a day; bands add up to those of Eurostat and of IOM."""
    if born_on is None:
        return "unknown"
    age = completed_years(born_on, day)
    for below, band in AGE_BANDS:
        if age < below:
            return band
    return "65+"


class PersonFact(BaseModel):
    """One person as an event may name them: a random reference and coarse codes, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_ref: str = Field(description="Random reference, stable over splits; not the internal id.")
    relation: Relation
    sex: Sex = Field(description="ISO/IEC 5218.")
    age_band: AgeBand = Field(description="Band on the day of the fact.")
    citizenship: str = Field(description="Reporting citizenship, ISO 3166-1 alpha-3, XXA stateless, XXX unknown.")
    unaccompanied: bool = False
