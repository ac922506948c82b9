"""Gives a new file its reference."""

from __future__ import annotations

from datetime import date

from services.returns.domain.file_reference import file_reference
from services.returns.persistence.file_number_tables import FILE_NUMBERS
from shared.database.unit_of_work import UnitOfWork

NEXT_NUMBER = f"SELECT nextval('{FILE_NUMBERS.name}')"


async def next_file_reference(uow: UnitOfWork, host: str, on: date) -> str:
    """A reference that no other file has; numbers rise, with gaps where an opening was rolled back."""
    return file_reference(host, on.year, int(await (await uow.driver()).fetchval(NEXT_NUMBER)))
