"""The read models: one row per case, person in a case, payment, survey, and thing between the sides of a partnership;
rebuilt from the log at any time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field

from shared.database.tables import NAMING_CONVENTION, StoredRow, add_kit_tables, utc_column


class ReportingTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base of this service's tables."""


class CaseFact(ReportingTable, table=True):
    """What is known of one case: codes and the day each stage was reached."""

    __tablename__ = "case_fact"

    case_id: UUID = Field(primary_key=True)
    case_kind: str | None = None
    programme_id: UUID | None = Field(default=None, index=True)
    partnership_id: UUID | None = Field(default=None, index=True)
    host: str | None = None
    destination: str | None = None
    split_from: UUID | None = None
    merged_into: UUID | None = None
    opened_on: date | None = Field(default=None, index=True)
    submitted_on: date | None = None
    screened_on: date | None = None
    eligibility_on: date | None = None
    approved_on: date | None = None
    refused_on: date | None = None
    funds_reserved_on: date | None = None
    pre_departure_on: date | None = None
    ready_on: date | None = None
    departed_on: date | None = None
    arrived_on: date | None = None
    handed_over_on: date | None = None
    closed_on: date | None = None
    withdrawn_on: date | None = None
    cancelled_on: date | None = None
    lapsed_on: date | None = None
    revoked_on: date | None = None
    departed_unassisted_on: date | None = None
    did_not_board_on: date | None = None
    return_failed_on: date | None = None
    closed_after_death_on: date | None = None
    plan_opened_on: date | None = None
    plan_activated_on: date | None = None
    first_grant_on: date | None = None


class PersonOfCase(ReportingTable, table=True):
    """One person in one case, as the latest fact of this case named them: a random reference and coarse codes.

    A row is written by the facts under its case's own key only, which come in order; so it does not matter in which
    order the facts of different cases arrive. Somebody who goes on in another file has a row there and none here.
    """

    __tablename__ = "person_of_case"

    case_id: UUID = Field(primary_key=True)
    person_ref: str = Field(primary_key=True, index=True)
    relation: str
    sex: int
    age_band: str
    citizenship: str
    unaccompanied: bool = False
    departed_on: date | None = Field(default=None, index=True)
    arrived_on: date | None = Field(default=None, index=True)
    destination: str | None = None
    return_failed_on: date | None = Field(default=None, index=True)
    deceased_on: date | None = Field(default=None, index=True)


class PersonLink(ReportingTable, table=True):
    """What people decided about two references, the lesser one first: one human being, or not; the last word holds."""

    __tablename__ = "person_link"

    first_ref: str = Field(primary_key=True)
    second_ref: str = Field(primary_key=True, index=True)
    same: bool
    decided_at: datetime = utc_column()


class PersonInCase(ReportingTable, table=True):
    """The place of persons before `person_of_case`: written by an older release while both run, read by nobody; a later
    release drops it."""

    __tablename__ = "person_in_case"

    person_ref: str = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    relation: str
    sex: int
    age_band: str
    citizenship: str
    unaccompanied: bool = False
    travelled: bool = False
    departed_on: date | None = Field(default=None, index=True)
    arrived_on: date | None = None
    destination: str | None = None


class DetentionReturns(ReportingTable, table=True):
    """How many persons of a programme left from detention in a month, as returns counted last; of no case."""

    __tablename__ = "detention_returns"

    programme_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    persons_count: int


class PaymentFact(ReportingTable, table=True):
    """One settled payment."""

    __tablename__ = "payment_fact"

    payment_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    line_id: str
    phase: str
    budget_id: UUID | None = None
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    paid_on: date = Field(index=True)
    reversed: bool = False


class SurveyFact(ReportingTable, table=True):
    """One scored survey; scores in millionths, so that no float is stored."""

    __tablename__ = "survey_fact"

    survey_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    person_ref: str
    wave: str
    model_version: str
    economic: int | None = None
    social: int | None = None
    psychosocial: int | None = None
    composite: int | None = None
    surveyed_on: date


class PartnershipFact(ReportingTable, table=True):
    """A partnership and its status, for the list on the dashboard."""

    __tablename__ = "partnership_fact"

    partnership_id: UUID = Field(primary_key=True)
    status: str
    signed_on: date | None = None
    parties: str = ""


class CommitmentFact(ReportingTable, table=True):
    """What one side owes the other, and the last word of each: the owner reports, the other side judges."""

    __tablename__ = "commitment_fact"

    commitment_id: UUID = Field(primary_key=True)
    partnership_id: UUID = Field(index=True)
    owner_side: str
    due_on: date
    agreed_on: date | None = None
    reported_on: date | None = None
    disputed_on: date | None = None
    settled_on: date | None = None
    outcome: str | None = None


class ComponentFact(ReportingTable, table=True):
    """A component of a partnership and its status."""

    __tablename__ = "component_fact"

    component_id: UUID = Field(primary_key=True)
    partnership_id: UUID = Field(index=True)
    component_type: str
    status: str
    since: date


class ActivityFact(ReportingTable, table=True):
    """Something done under a component; a corrected report replaces the earlier one."""

    __tablename__ = "activity_fact"

    activity_id: UUID = Field(primary_key=True)
    partnership_id: UUID = Field(index=True)
    component_type: str
    activity_type: str
    participants_count: int
    spent_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None


class RoundFact(ReportingTable, table=True):
    """A round of dialogue that was held."""

    __tablename__ = "round_fact"

    round_id: UUID = Field(primary_key=True)
    partnership_id: UUID = Field(index=True)
    round_level: str
    held_on: date


class DeliveryFact(ReportingTable, table=True):
    """One webhook delivery that its recipient accepted."""

    __tablename__ = "delivery_fact"

    delivery_id: UUID = Field(primary_key=True)
    case_id: UUID
    recipient_id: UUID
    payload_type: str


add_kit_tables(ReportingTable.metadata)
