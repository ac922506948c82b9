"""The tables of payments, plans, measures and surveys; same registry as tables.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable, amount_column
from shared.database.tables import Row, json_column, sealed


class PaymentRow(ReintegrationTable, Row, table=True):
    """One payment from a line; three different people handle it, and the database insists."""

    __tablename__ = "payment"
    __table_args__ = (
        ForeignKeyConstraint(["budget_id", "currency"], ["budget.id", "budget.currency"]),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("certified_by <> requested_by", name="certifier_is_not_requester"),
        CheckConstraint("authorised_by <> requested_by", name="authoriser_is_not_requester"),
        CheckConstraint("authorised_by <> certified_by", name="authoriser_is_not_certifier"),
        CheckConstraint(
            "state IN ('REQUESTED', 'FAILED', 'CANCELLED') OR certified_by IS NOT NULL",
            name="certified_first",
        ),
        CheckConstraint(
            "state IN ('REQUESTED', 'CERTIFIED', 'FAILED', 'CANCELLED') OR authorised_by IS NOT NULL",
            name="authorised_first",
        ),
        Index(
            "uq_payment_live_evidence",
            "line_id",
            "evidence_ref",
            unique=True,
            postgresql_where=text("state NOT IN ('FAILED', 'CANCELLED', 'REVERSED')"),
        ),
    )

    case_id: UUID = Field(index=True)
    line_id: UUID = Field(foreign_key="assistance_line.id", index=True)
    budget_id: UUID
    phase: str
    amount_minor: int = amount_column()
    currency: str
    payee_kind: str
    payee_person_id: UUID | None = None
    payee_sealed: bytes | None = sealed(nullable=True)
    evidence_ref: str
    state: str
    requested_by: str
    certified_by: str | None = None
    authorised_by: str | None = None
    instructed_by: str | None = None
    settled_by: str | None = None
    requested_on: date
    certified_on: date | None = None
    authorised_on: date | None = None
    instructed_on: date | None = None
    settled_on: date | None = None
    failed_on: date | None = None
    reversed_on: date | None = None
    return_due_since: date | None = None
    reason_group: str | None = None
    reason_code: str | None = None
    retry_by: date | None = Field(default=None, index=True)
    retry_missed_on: date | None = None
    repeats_payment_id: UUID | None = Field(default=None, foreign_key="payment.id", index=True)
    measure_id: UUID | None = Field(default=None, foreign_key="measure.id", index=True)
    held_since: date | None = None
    held_for_provider_id: UUID | None = Field(default=None, index=True)
    loss_line_id: UUID | None = Field(default=None, foreign_key="assistance_line.id")


class PayeeChangeRow(ReintegrationTable, Row, table=True):
    """Other payee data for a payment that came back; two people see to it, and the database insists."""

    __tablename__ = "payee_change"
    __table_args__ = (CheckConstraint("decided_by <> proposed_by", name="decider_is_not_proposer"),)

    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    case_id: UUID = Field(index=True)
    reason_code: str
    payee_person_id: UUID | None = None
    payee_sealed: bytes = sealed()
    state: str
    proposed_by: str
    decided_by: str | None = None
    proposed_on: date
    decided_on: date | None = None


class PlanRow(ReintegrationTable, Row, table=True):
    """The reintegration plan of a case; the file is opened when the case is approved."""

    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("approved_by <> author", name="approver_is_not_author"),)

    case_id: UUID = Field(unique=True)
    persons_count: int
    state: str
    partner_id: UUID | None = Field(default=None, index=True)
    assigned_on: date | None = None
    author: str | None = None
    validated_by: str | None = None
    approved_by: str | None = None
    submitted_on: date | None = None
    approved_on: date | None = None
    arrived_on: date | None = None
    due_on: date | None = None
    activated_on: date | None = None
    first_contact_on: date | None = None
    contact_from: date | None = None
    contact_due_on: date | None = Field(default=None, index=True)
    contact_rungs_told: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    dormant_since: date | None = None
    revivable_until: date | None = None
    ended_on: date | None = None
    reason_group: str | None = None
    summary_person_id: UUID | None = None
    summary_sealed: bytes | None = sealed(nullable=True)


class MeasureRow(ReintegrationTable, Row, table=True):
    """One piece of support inside a plan."""

    __tablename__ = "measure"
    __table_args__ = (CheckConstraint("verified_by <> delivered_by", name="verifier_is_not_deliverer"),)

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    case_id: UUID = Field(index=True)
    category: str
    level: str
    provider_id: UUID | None = Field(default=None, index=True)
    line_id: UUID | None = Field(default=None, foreign_key="assistance_line.id")
    person_ref: str | None = None
    state: str
    evidence_ref: str | None = None
    delivered_by: str | None = None
    verified_by: str | None = None
    started_on: date | None = None
    delivered_on: date | None = None
    verified_on: date | None = None
    cancelled_on: date | None = None
    held_since: date | None = None
    replace_by: date | None = Field(default=None, index=True)
    replacement_missed_on: date | None = None
    former_provider_ids: list[str] | None = json_column(nullable=True)
    price_minor: int | None = Field(default=None, sa_type=BigInteger)
    price_currency: str | None = None
    quoted_minor: int | None = Field(default=None, sa_type=BigInteger)
    quoted_on: date | None = None


class SurveyRow(ReintegrationTable, Row, table=True):
    """One survey of one person: raw answers sealed, scores in millionths by a named model."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("person_ref", "wave"),)

    case_id: UUID = Field(index=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    person_ref: str
    person_id: UUID = Field(foreign_key="beneficiary.id")
    wave: str
    model_version: str
    model_digest: str
    answers_sealed: bytes = sealed()
    economic: int | None = None
    social: int | None = None
    psychosocial: int | None = None
    composite: int | None = None
    completeness: dict[str, str] = json_column(default_factory=dict)
    referral_advised: bool = False
    surveyed_on: date
