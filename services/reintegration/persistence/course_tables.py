"""The tables of the courses a plan can take after the arrival; same registry as tables.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable, amount_column
from shared.database.tables import Row, json_column, sealed


class PlanRuleRow(ReintegrationTable, Row, table=True):
    """What one programme says from a day on; a later version replaces, never changes one."""

    __tablename__ = "plan_rule"

    programme_id: UUID = Field(index=True)
    valid_from: date
    contact_after_days: list[int] = json_column(default_factory=list)
    support_window_days: int
    family_continues_after_death: bool
    source: str


class ContactAttemptRow(ReintegrationTable, Row, table=True):
    """Somebody tried to reach the family and did not."""

    __tablename__ = "contact_attempt"

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    way: str
    tried_on: date
    recorded_by: str


class KnownConsentRow(ReintegrationTable, table=True):
    """A consent that names an organisation; a narrow copy fed by events."""

    __tablename__ = "known_consent"

    consent_id: UUID = Field(primary_key=True)
    recipient_id: UUID = Field(primary_key=True, index=True)
    person_ref: str = Field(index=True)
    purposes: list[str] = json_column(default_factory=list)
    valid_until: date | None = None
    withdrawn: bool = False


class KnownBasisRow(ReintegrationTable, table=True):
    """A legal basis of one programme for one organisation and purpose; a narrow copy fed by events, no words of it."""

    __tablename__ = "known_basis"

    basis_id: UUID = Field(primary_key=True)
    programme_id: UUID
    recipient_id: UUID = Field(index=True)
    purpose: str
    only_case_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    ended_on: date | None = None


class PartnerTransferRow(ReintegrationTable, Row, table=True):
    """All plans of a programme go from one partner to another; its progress is that of their transfers."""

    __tablename__ = "partner_transfer"
    __table_args__ = (
        UniqueConstraint("programme_id", "from_partner_id", "to_partner_id"),
        CheckConstraint("from_partner_id <> to_partner_id", name="two_partners"),
    )

    programme_id: UUID
    from_partner_id: UUID = Field(index=True)
    to_partner_id: UUID = Field(index=True)
    reason_code: str
    requested_by: str
    requested_on: date


class PlanTransferRow(ReintegrationTable, Row, table=True):
    """One plan goes to another partner: offered, accepted by the receiver, handed over with a receipt."""

    __tablename__ = "plan_transfer"
    __table_args__ = (
        CheckConstraint("from_partner_id <> to_partner_id", name="two_partners"),
        Index(
            "uq_plan_transfer_open",
            "plan_id",
            unique=True,
            postgresql_where=text("state IN ('OFFERED', 'ACCEPTED')"),
        ),
    )

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    case_id: UUID = Field(index=True)
    partner_transfer_id: UUID | None = Field(default=None, foreign_key="partner_transfer.id", index=True)
    from_partner_id: UUID = Field(index=True)
    to_partner_id: UUID = Field(index=True)
    state: str
    reason_code: str
    obstacle: str | None = None
    persons_count: int
    open_measures: int
    offered_by: str
    offered_on: date
    answered_by: str | None = None
    answered_on: date | None = None
    receipt_by: str | None = None
    receipt_by_office: bool = False
    receipt_evidence_ref: str | None = None
    completed_on: date | None = None


class SuccessorPayeeRow(ReintegrationTable, Row, table=True):
    """Who is paid in the place of somebody who died or went away; two people see to it, and the database insists."""

    __tablename__ = "successor_payee"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by", name="decider_is_not_proposer"),
        CheckConstraint("(kind = 'family_member') = (person_ref IS NOT NULL)", name="family_is_named_by_reference"),
        Index(
            "uq_successor_payee_live",
            "plan_id",
            "of_person_ref",
            unique=True,
            postgresql_where=text("state IN ('PROPOSED', 'CONFIRMED')"),
        ),
    )

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    case_id: UUID = Field(index=True)
    of_person_ref: str
    kind: str
    person_ref: str | None = None
    details_person_id: UUID | None = None
    details_sealed: bytes | None = sealed(nullable=True)
    evidence_ref: str
    state: str
    proposed_by: str
    proposed_on: date
    decided_by: str | None = None
    decided_on: date | None = None
    revoked_by: str | None = None
    revoked_on: date | None = None


class PlanLeavingRow(ReintegrationTable, Row, table=True):
    """People left a plan, with what stopped because of it; another person can correct it, and the database insists."""

    __tablename__ = "plan_leaving"
    __table_args__ = (CheckConstraint("corrected_by <> recorded_by", name="corrector_is_not_recorder"),)

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    case_id: UUID = Field(index=True)
    person_refs: list[str] = json_column(default_factory=list)
    reason: str
    left_on: date
    recorded_by: str
    plan_ended: bool = False
    released_lines: dict[str, int] = json_column(default_factory=dict)
    stopped_payments: list[str] = json_column(default_factory=list)
    asked_back_payments: list[str] = json_column(default_factory=list)
    ended_measures: dict[str, str] = json_column(default_factory=dict)
    corrected_by: str | None = None
    corrected_on: date | None = None
    correction_code: str | None = None


class RecoveryRow(ReintegrationTable, Row, table=True):
    """Money asked back from somebody after a hearing: opened by one person, decided by another; never by a machine."""

    __tablename__ = "recovery"
    __table_args__ = (
        CheckConstraint("decided_by <> opened_by", name="decider_is_not_opener"),
        CheckConstraint("amount_minor > 0 AND recovered_minor >= 0", name="amounts_not_negative"),
        CheckConstraint("recovered_minor <= amount_minor", name="not_more_than_owed"),
        Index(
            "uq_recovery_live",
            "plan_id",
            "person_ref",
            unique=True,
            postgresql_where=text("state IN ('OPENED', 'HEARD', 'DECIDED')"),
        ),
    )

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    case_id: UUID = Field(index=True)
    person_ref: str
    amount_minor: int = amount_column()
    currency: str
    recovered_minor: int = amount_column()
    state: str
    opened_by: str
    opened_on: date
    heard_on: date | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    instalment_minor: int | None = Field(default=None, sa_type=BigInteger)
    first_due_on: date | None = None
    reason_code: str
    waiver_code: str | None = None
    reasons_person_id: UUID | None = None
    reasons_sealed: bytes | None = sealed(nullable=True)
    ended_on: date | None = None
