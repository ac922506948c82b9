"""The facts reintegration publishes; every one is keyed by the return case."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.reintegration.contracts import examples
from shared.events.contract import EventContract
from shared.money import Money

ReasonGroup = Literal["applicant", "authority", "third_party", "circumstances"]


class Line(BaseModel):
    """One assistance line, frozen at the decision; in a release the amount is what was given back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: UUID
    phase: str = Field(description="pre_departure, travel, departure_cash, post_arrival, post_return or community.")
    code: str
    amount_minor: int
    currency: str
    rule: str
    person_ref: str | None = None


class _Case(EventContract):
    case_id: UUID


class FundsReserved(_Case):
    """Exactly the frozen lines are set aside."""

    event_type: ClassVar[str] = "reintegration.funds.reserved.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": examples.CASE,
        "reservation_id": examples.PLAN,
        "budget_id": examples.BUDGET,
        "lines": [examples.ONE_LINE],
        "total": examples.TOTAL,
    }
    reservation_id: UUID
    budget_id: UUID
    lines: list[Line]
    total: Money
    on_top: bool = Field(default=False, description="Lines that came on top of a grant already reserved.")
    answers_grant: bool = Field(
        default=True,
        description="False: set aside beside what the case asked for, so that nobody waits for it: a loss that the "
        "programme bears, or an invoice that came after its money was given back.",
    )


class FundsRefused(_Case):
    """No budget of the programme has the money."""

    event_type: ClassVar[str] = "reintegration.funds.refused.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": examples.CASE,
        "budget_id": None,
        "total": examples.TOTAL,
        "reason_group": "circumstances",
    }
    budget_id: UUID | None
    total: Money
    reason_group: ReasonGroup
    on_top: bool = Field(default=False, description="Only what came on top is refused; the reservation stands.")


class FundsReleased(_Case):
    """Money set aside is free again: of the whole case, or only of persons who left it."""

    event_type: ClassVar[str] = "reintegration.funds.released.v1"
    example: ClassVar[dict[str, Any]] = {**FundsReserved.example, "reason_group": "applicant"}
    reservation_id: UUID
    budget_id: UUID
    lines: list[Line]
    total: Money
    partial: bool = Field(default=False, description="The reservation of the others goes on.")
    reason_group: ReasonGroup


class PlanOpened(_Case):
    """The reintegration file of an approved case was opened."""

    event_type: ClassVar[str] = "reintegration.plan.opened.v1"
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "persons_count": 4,
    }
    plan_id: UUID
    persons_count: int


class _Plan(_Case):
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "on": "2026-03-02",
    }
    plan_id: UUID
    on: date


class PlanSubmitted(_Plan):
    """A plan was submitted."""

    event_type: ClassVar[str] = "reintegration.plan.submitted.v1"


class PlanApproved(_Plan):
    """A plan was approved."""

    event_type: ClassVar[str] = "reintegration.plan.approved.v1"


class PlanActivated(_Plan):
    """A plan is approved and its people have arrived."""

    event_type: ClassVar[str] = "reintegration.plan.activated.v1"


class _Measure(_Case):
    example: ClassVar[dict[str, Any]] = {
        "measure_id": examples.MEASURE,
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "category": "business_start_up",
        "level": "individual",
        "on": "2026-03-02",
    }
    measure_id: UUID
    plan_id: UUID
    category: str
    level: str
    on: date


class MeasureStarted(_Measure):
    """A measure began."""

    event_type: ClassVar[str] = "reintegration.measure.started.v1"


class MeasureDelivered(_Measure):
    """A measure was delivered."""

    event_type: ClassVar[str] = "reintegration.measure.delivered.v1"


class MeasureVerified(_Measure):
    """Somebody else confirmed the delivery."""

    event_type: ClassVar[str] = "reintegration.measure.verified.v1"


class _Payment(_Case):
    example: ClassVar[dict[str, Any]] = {
        "payment_id": examples.PAYMENT,
        "case_id": examples.CASE,
        "line_id": examples.LINE,
        "phase": "departure_cash",
        "on": "2026-03-02",
        **examples.TOTAL,
    }
    payment_id: UUID
    line_id: UUID
    phase: str
    amount_minor: int
    currency: str
    on: date


class PaymentRequested(_Payment):
    """A payment was asked for."""

    event_type: ClassVar[str] = "reintegration.payment.requested.v1"


class PaymentAuthorised(_Payment):
    """The third person said: pay it."""

    event_type: ClassVar[str] = "reintegration.payment.authorised.v1"


class PaymentSettled(_Payment):
    """The money reached its payee."""

    event_type: ClassVar[str] = "reintegration.payment.settled.v1"
    example: ClassVar[dict[str, Any]] = {**_Payment.example, "budget_id": examples.BUDGET}
    budget_id: UUID


class PaymentFailed(_Payment):
    """A payment will not be made: refused on the way, sent back by the bank, or stopped with the case."""

    event_type: ClassVar[str] = "reintegration.payment.failed.v1"
    example: ClassVar[dict[str, Any]] = {**_Payment.example, "reason_group": "third_party", "retry_by": "2026-03-12"}
    reason_group: ReasonGroup
    retry_by: date | None = Field(default=None, description="It came back and is to be tried again until that day.")


class PaymentReversed(_Payment):
    """Money that was paid came back."""

    event_type: ClassVar[str] = "reintegration.payment.reversed.v1"


class SurveyCompleted(_Case):
    """A survey was scored; scores are decimals between 0 and 1 with six places, null where too little was
    answered.
    """

    event_type: ClassVar[str] = "reintegration.survey.completed.v1"
    example: ClassVar[dict[str, Any]] = examples.SURVEY_SCORED
    survey_id: UUID
    person_ref: str
    wave: str
    model_version: str
    scores: dict[str, str | None]
    completeness: dict[str, str]
    on: date


class PersonErased(_Case):
    """This service's key of a person is destroyed."""

    event_type: ClassVar[str] = "reintegration.person.erased.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": examples.CASE, "person_ref": "pr_0a1b2c"}
    person_ref: str


PUBLISHED = (
    FundsReserved,
    FundsRefused,
    FundsReleased,
    PlanOpened,
    PlanSubmitted,
    PlanApproved,
    PlanActivated,
    MeasureStarted,
    MeasureDelivered,
    MeasureVerified,
    PaymentRequested,
    PaymentAuthorised,
    PaymentSettled,
    PaymentFailed,
    PaymentReversed,
    SurveyCompleted,
    PersonErased,
)
