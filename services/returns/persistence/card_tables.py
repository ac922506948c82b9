"""The returnee's own card, and what was granted and paid by line, so that the card can say what is late."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class ReturnCardRow(ReturnsTable, Row, table=True):
    """A card of one person: two digests and a language. When it is looked at is not kept."""

    __tablename__ = "return_card"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    code_digest: bytes = Field(unique=True)
    second_digest: bytes = Field(unique=True)
    language: str
    issued_by: str
    issued_on: date
    expires_on: date
    ended_on: date | None = None
    withdrawal_asked_on: date | None = None


class GrantedLineRow(ReturnsTable, table=True):
    """One line of the grant that is in force, as the money was asked for."""

    __tablename__ = "granted_line"

    line_id: str = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    phase: str
    code: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    person_ref: str | None = None


class PaidLineRow(ReturnsTable, table=True):
    """A payment that reached its payee, as reintegration told."""

    __tablename__ = "paid_line"

    payment_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    line_id: str = Field(index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    on: date
    reversed_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class CardNewsRow(ReturnsTable, table=True):
    """Support that waits, as reintegration told: a measure or a payment, a code and a day; gone when it goes on."""

    __tablename__ = "card_news"

    subject_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    code: str
    until: date
    person_ref: str | None = None
    line_id: str | None = Field(default=None, index=True)
