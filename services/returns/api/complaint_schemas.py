"""What goes in and out of the complaint resources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.returns.api.schemas import Body, Language, Short

Words = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Step = Literal["acknowledge", "investigate", "resolve", "reject", "reopen", "close"]
Kind = Literal[
    "service",
    "delay",
    "amount",
    "decision",
    "information",
    "data_protection",
    "other",
    "conduct",
    "discrimination",
    "pressure_to_return",
    "fraud",
    "sexual_exploitation",
]


class ComplaintIn(Body):
    """A complaint; no name is asked for, and it has no effect on any case."""

    kind: Kind = Field(description="The last five are reports about somebody's behaviour.", examples=["delay"])
    account: Words = Field(description="What happened, in your own language; sealed.", examples=["Nobody called."])
    language: Language = Field(default="en", description="Language to be answered in, BCP 47.")
    about_office: Short | None = Field(
        default=None, description="The office it is about, if known; a report of misconduct never reaches that office."
    )
    contact: Short | None = Field(default=None, description="Only if you want to be contacted; sealed.")


class ReceiptOut(BaseModel):
    """The receipt; the code is shown this once."""

    receipt_code: str | None = Field(
        description="The only way to the answer; write it down. Null when the request is repeated.",
        examples=["7KQ2-M0F4-8XYZ-1A2B-3C4D"],
    )
    acknowledge_by: datetime
    answer_by: date


class ComplaintStatusOut(BaseModel):
    """How far it is, for whoever has the code."""

    status: str
    received_on: date
    acknowledge_by: datetime
    answer_by: date
    late: bool = Field(description="A day that was promised has passed.")
    answer: str | None


class ComplaintOut(BaseModel):
    """A complaint in the queue."""

    id: UUID
    version: int
    kind: str
    misconduct: bool
    status: str
    language: str
    channel: str
    office_id: str | None
    received_on: date
    acknowledge_by: datetime
    answer_by: date
    acknowledged_at: datetime | None
    answered_on: date | None
    closed_on: date | None
    late: bool
    open_steps: list[str]
    account: str | None = Field(default=None, description="Only on GET of one complaint; audited.")
    contact: str | None = None
    answer: str | None = None


class StepIn(Body):
    """A step; `resolve` and `reject` carry the answer."""

    step: Step
    answer: Words | None = Field(default=None, description="In the language of whoever complained.")


class RestrictionIn(Body):
    """Whom it must be kept from; restrictions are only ever added."""

    concerned: Short | None = Field(default=None, description="Subject of the colleague it is about.")
    misconduct: bool = Field(default=False, description="It is a report about somebody's behaviour.")
    about_office: Short | None = Field(default=None, description="The office it is about, where that was not said.")
