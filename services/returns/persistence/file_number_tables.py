"""Where the numbers of new files come from."""

from __future__ import annotations

from sqlalchemy import Sequence
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable

FILE_NUMBERS = Sequence("file_number", metadata=ReturnsTable.metadata)
"""Numbers of new files. A sequence and no counter row, which would make every opening wait for the one before it."""


class FileCounterRow(ReturnsTable, table=True):
    """The last file number per host and year; read by the release before FILE_NUMBERS only, to be dropped later."""

    __tablename__ = "file_counter"

    host: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last_number: int = 0
