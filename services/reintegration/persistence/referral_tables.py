"""The tables of referrals, and the narrow copy of what providers offer; same registry as tables.py."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable
from shared.database.tables import Row, json_column, sealed, utc_column


class ProviderServiceRow(ReintegrationTable, table=True):
    """A service of a provider as registry told last."""

    __tablename__ = "provider_service"

    service_id: UUID = Field(primary_key=True)
    provider_id: UUID = Field(index=True)
    category: str
    country: str
    free: int
    diligence_until: date | None = None
    ends_on: date | None = None


class ReferralRow(ReintegrationTable, Row, table=True):
    """One referral of persons to one service of one provider."""

    __tablename__ = "referral"

    case_id: UUID = Field(index=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    measure_id: UUID | None = Field(default=None, foreign_key="measure.id", index=True)
    provider_id: UUID = Field(index=True)
    service_id: UUID
    category: str
    person_refs: list[str] = json_column(default_factory=list)
    state: str
    block_reasons: list[str] | None = json_column(nullable=True)
    waits_for: list[str] | None = json_column(nullable=True)
    waiting_since: date | None = None
    reason_code: str | None = None
    made_by: str
    answered_by: str | None = None
    answer_message_id: UUID | None = None
    receipt_digest: bytes | None = None
    signed_receipt: str | None = None
    made_on: date
    answer_by: date = Field(index=True)
    placed_on: date | None = None
    answered_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    unanswered_told_on: date | None = None
    unreachable_on: date | None = None


class ReferralReportRow(ReintegrationTable, table=True):
    """What a provider said of help under a referral, and what stood before, so that it can take its word back."""

    __tablename__ = "referral_report"

    message_id: UUID = Field(primary_key=True)
    referral_id: UUID = Field(primary_key=True, foreign_key="referral.id")
    message_type: str
    reported_on: date
    state_before: str
    state_after: str
    measure_before: str | None = None
    measure_after: str | None = None
    taken_back: bool = False


class ReceiptKeyRow(ReintegrationTable, Row, table=True):
    """A key that receipts are signed with; one signs, those before it are kept to check what they signed."""

    __tablename__ = "receipt_key"

    sealed_key: bytes = sealed()
    public_key: str
    retired_at: datetime | None = utc_column(nullable=True)
