"""What every service's tables are made of: naming, the Row mix-in and column types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from pydantic.fields import FieldInfo
from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.database.kit_tables import add_kit_tables
from shared.ids import new_id

__all__ = [
    "NAMING_CONVENTION",
    "Row",
    "StoredRow",
    "add_kit_tables",
    "json_column",
    "sealed",
    "text_column",
    "touch",
    "utc_column",
]

NAMING_CONVENTION: Mapping[str, str] = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class StoredRow(SQLModel):
    """Base of every row: made without asking each field anew, by reflection, what it is without a value."""

    def __init__(self, **values: Any) -> None:
        unknown = values.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        for name, make in _left_out(type(self)):
            if name not in values:
                values[name] = make()
        self.__dict__.update(values)
        self.__pydantic_fields_set__.update(values)


@cache
def _left_out(kind: type[SQLModel]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The fields that have a value when none is given, and how it is made."""
    fields = kind.model_fields.items()
    return tuple((name, _maker(field)) for name, field in fields if not field.is_required())


def _maker(field: FieldInfo) -> Callable[[], Any]:
    if field.default_factory is not None:
        return cast(Callable[[], Any], field.default_factory)
    default = field.default
    return (lambda: deepcopy(default)) if isinstance(default, list | dict | set) else lambda: default


class Row(SQLModel):
    """Mix-in of every row the API shows: an id, a version for ETag/If-Match, and two instants."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
    updated_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)


def touch(row: Row, *, now: datetime) -> None:
    """Count one command on an aggregate: version + 1, updated now."""
    row.version += 1
    row.updated_at = now


def sealed(*, nullable: bool = False) -> Any:
    """A column of ciphertext; only repositories open it."""
    return Field(default=None, sa_type=LargeBinary, nullable=nullable)


def json_column(*, nullable: bool = False, default_factory: Any = None) -> Any:
    """A JSONB column of coded facts (never personal data)."""
    if default_factory is None:
        return Field(default=None, sa_type=JSONB, nullable=nullable)
    return Field(default_factory=default_factory, sa_type=JSONB, nullable=nullable)


def utc_column(*, nullable: bool = False, index: bool = False) -> Any:
    """An instant with time zone."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable, index=index)


def text_column(*, nullable: bool = False, index: bool = False, unique: bool = False) -> Any:
    """A text column without a length."""
    return Field(default=None, sa_type=Text, nullable=nullable, index=index, unique=unique)
