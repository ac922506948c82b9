"""Columns of a travel document that a host issued because a consulate's silence counted as agreement."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlmodel import Field, SQLModel


class UnderSilence(SQLModel):
    """The journey is announced to the consulate as the clause says before anybody travels on such a paper."""

    deemed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    announce_days: int | None = None
    announced_on: date | None = None
    announced_for: date | None = None
