"""The tables of money and cases; plans, measures, payments and surveys are in support_tables.py on the same
registry.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field

from shared.database.tables import NAMING_CONVENTION, Row, StoredRow, add_kit_tables, json_column, utc_column
from shared.ids import new_id
from shared.inbox.places import PersonPlace, Places


class ReintegrationTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base of this service's tables."""


def amount_column() -> int:
    """Minor units of a currency."""
    column: int = Field(default=0, sa_type=BigInteger, nullable=False)
    return column


def not_below_zero(*columns: str) -> tuple[CheckConstraint, ...]:
    """The database refuses a negative balance, whatever the code believes."""
    return tuple(CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns)


BALANCES = ("available_minor", "reserved_minor", "committed_minor", "paid_minor")


class CaseFileRow(ReintegrationTable, table=True):
    """What this service knows of a return case; a narrow copy fed by events."""

    __tablename__ = "case_file"

    case_id: UUID = Field(primary_key=True)
    office_id: str | None = Field(default=None, index=True)
    programme_id: UUID | None = Field(default=None, index=True)
    partnership_id: UUID | None = None
    destination: str | None = None
    standing: str = "open"
    reason_group: str | None = None
    approved_on: date | None = None
    departed_on: date | None = None
    arrived_on: date | None = None
    ended_on: date | None = None
    closed_on: date | None = None


class BeneficiaryRow(ReintegrationTable, table=True):
    """One person behind a random reference; the id is this service's own and names the key that seals for
    them.
    """

    __tablename__ = "beneficiary"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_ref: str = Field(unique=True)
    case_id: UUID = Field(index=True)
    relation: str
    age_band: str
    travelled: bool | None = None
    deceased_on: date | None = None
    left_plan_on: date | None = None
    left_plan_reason: str | None = None
    erased_at: datetime | None = utc_column(nullable=True)


class PersonPlaceRow(ReintegrationTable, PersonPlace, table=True):
    """Whether a person is on a case."""

    __tablename__ = "person_place"


PLACES = Places(PersonPlaceRow)


class SuspendedOrganisationRow(ReintegrationTable, table=True):
    """A partner or provider that gets nothing new to do, as registry tells; gone when it is enrolled again."""

    __tablename__ = "suspended_organisation"

    organisation_id: UUID = Field(primary_key=True)
    since: date


class PartnerRow(ReintegrationTable, table=True):
    """A reintegration partner as registry enrolled it."""

    __tablename__ = "partner"

    partner_id: UUID = Field(primary_key=True)
    kind: str
    countries: list[str] = json_column(default_factory=list)


class BudgetRow(ReintegrationTable, Row, table=True):
    """What a grant gives for a component in a year, and what has become of it."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint("grant_code", "component", "year", "currency"),
        UniqueConstraint("id", "currency"),
        *not_below_zero("appropriated_minor", *BALANCES),
        CheckConstraint(f"appropriated_minor = {' + '.join(BALANCES)}", name="accounts_sum_to_zero"),
    )

    grant_code: str
    component: str
    year: int
    currency: str
    appropriated_minor: int = amount_column()
    available_minor: int = amount_column()
    reserved_minor: int = amount_column()
    committed_minor: int = amount_column()
    paid_minor: int = amount_column()


class BudgetProgrammeRow(ReintegrationTable, table=True):
    """Which programmes a budget funds."""

    __tablename__ = "budget_programme"

    budget_id: UUID = Field(primary_key=True, foreign_key="budget.id")
    programme_id: UUID = Field(primary_key=True, index=True)


class ReservationRow(ReintegrationTable, Row, table=True):
    """The answer to one approved case: reserved, refused or released; one per case."""

    __tablename__ = "reservation"
    __table_args__ = (
        ForeignKeyConstraint(["budget_id", "currency"], ["budget.id", "budget.currency"]),
        CheckConstraint("state = 'refused' OR budget_id IS NOT NULL", name="reserved_from_a_budget"),
    )

    case_id: UUID = Field(unique=True)
    programme_id: UUID = Field(index=True)
    budget_id: UUID | None = Field(default=None, index=True)
    currency: str
    state: str = Field(description="reserved, refused or released")
    rule_version: str
    approved_on: date


class LineRow(ReintegrationTable, Row, table=True):
    """One frozen assistance line; `available` is the part of its amount that is not set aside (never was,
    or given back).
    """

    __tablename__ = "assistance_line"
    __table_args__ = (
        ForeignKeyConstraint(["budget_id", "currency"], ["budget.id", "budget.currency"]),
        *not_below_zero("amount_minor", "pending_minor", *BALANCES),
        CheckConstraint(f"amount_minor = {' + '.join(BALANCES)}", name="accounts_sum_to_zero"),
        CheckConstraint("pending_minor <= reserved_minor + committed_minor", name="pending_is_set_aside"),
    )

    case_id: UUID = Field(index=True)
    reservation_id: UUID = Field(foreign_key="reservation.id", index=True)
    budget_id: UUID | None = Field(default=None, index=True)
    person_ref: str | None = None
    phase: str
    code: str
    rule: str
    currency: str
    amount_minor: int = amount_column()
    available_minor: int = amount_column()
    reserved_minor: int = amount_column()
    committed_minor: int = amount_column()
    paid_minor: int = amount_column()
    pending_minor: int = amount_column()
    committed_by_plan: bool = False
    released_on: date | None = Field(default=None, description="Since when what nobody is owed is given back.")
    supplements_line_id: UUID | None = Field(
        default=None, description="Borne by the programme: the line it makes whole again."
    )


class TransferRow(ReintegrationTable, table=True):
    """One movement in double entry: what leaves one account enters another; written once, never changed."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        ForeignKeyConstraint(["budget_id", "currency"], ["budget.id", "budget.currency"]),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("from_account <> to_account", name="two_accounts"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    budget_id: UUID = Field(index=True)
    currency: str
    move: str
    from_account: str
    to_account: str
    amount_minor: int = amount_column()
    case_id: UUID | None = None
    line_id: UUID | None = None
    payment_id: UUID | None = None
    booked_on: date
    recorded_at: datetime = utc_column()


add_kit_tables(ReintegrationTable.metadata)
