"""Parts of bodies that several resources share."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.reintegration.contracts.published import ReasonGroup
from shared.money import Money


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Dated(Body):
    """A fact that happened on a day."""

    on: date | None = Field(default=None, description="Day of the fact; default today, never in the future.")


class DatedWithReason(Dated):
    """A fact with its coarse reason."""

    reason_group: ReasonGroup = Field(description="Whose doing it was; fine reasons stay in the file.")


def _positive(value: Money) -> Money:
    if not 0 < value.amount_minor <= 10**12:
        raise ValueError("must be a positive amount")
    return value


PositiveMoney = Annotated[Money, AfterValidator(_positive)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
PersonRef = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["pr_0a1b2c"])]
EvidenceRef = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._/-]{1,64}$",
        description="Number of the invoice, receipt or document that shows it; never a name.",
        examples=["INV-2026-0017"],
    ),
]
