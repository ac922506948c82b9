"""Columns of a person in a case that say what is not known yet, and since when that waits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel


class OpenQuestions(SQLModel):
    """What is missing is said, with the day from which somebody waits for it."""

    papers: str = Field(default="not_stated", sa_column_kwargs={"server_default": "not_stated"})
    provisional_since: date | None = None
    provisional_until: date | None = None
    provisional_overdue_on: date | None = None
    index_scheme: str | None = None
    duplicates_searched_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
