"""Keyset pagination: a page is found by the last row seen, so it stays quick and stable while rows arrive."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import Malformed

Item = TypeVar("Item")
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class CursorNotValid(Malformed):
    """The cursor is not one of ours."""

    slug = "cursor-not-valid"
    title = "The cursor is not valid"


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Give this as `cursor` to get the next page.")


class PageRequest(BaseModel):
    """Which page is wanted."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def _page_request(
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="Rows per page.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor)


page_request = _page_request
"""FastAPI dependency: `page: Annotated[PageRequest, Depends(page_request)]`."""


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor for the last row of a page."""
    packed = json.dumps([_pack(value) for value in values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, width: int) -> list[Any]:
    """The values inside a cursor; raises CursorNotValid for anything that is not ours."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(packed)
        if not isinstance(values, list) or len(values) != width:
            raise ValueError("width")
        return [_unpack(value) for value in values]
    except (ValueError, binascii.Error, TypeError, KeyError, RecursionError):
        raise CursorNotValid from None


def _pack(value: Any) -> Any:
    if isinstance(value, UUID):
        return {"u": str(value)}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        readers: dict[str, Any] = {"u": UUID, "t": datetime.fromisoformat, "d": date.fromisoformat}
        return readers[kind](text)
    if isinstance(value, str | int) or value is None:
        return value
    raise ValueError("kind")


def _fitting(values: Sequence[Any], columns: Sequence[Any]) -> list[Any]:
    """The cursor's values as literals of the columns' types; another type means it is not our cursor."""
    for value, column in zip(values, columns, strict=True):
        if not isinstance(value, column.type.python_type) or isinstance(value, bool):
            raise CursorNotValid
    return [literal(value, type_=column.type) for value, column in zip(values, columns, strict=True)]


async def keyset(
    session: AsyncSession, statement: Select[Any], page: PageRequest, *columns: Any, descending: bool = False
) -> tuple[list[Any], str | None]:
    """Rows of one page in the order of `columns` (the last must be unique) and the next cursor.

    The statement selects one entity whose attributes carry the columns' names.
    """
    return await keyset_of_many(session, [(statement, columns)], page, descending=descending)


async def keyset_of_many(
    session: AsyncSession,
    ways: Sequence[tuple[Select[Any], Sequence[Any]]],
    page: PageRequest,
    *,
    descending: bool = False,
) -> tuple[list[Any], str | None]:
    """One page out of several lists of the same entity that have no row in common, each in the order of its columns.

    Each list can follow an index of its own, which a single statement with OR could not.
    """
    found: list[tuple[list[Any], Any]] = []
    for statement, columns in ways:
        rows = await _rows_after(session, statement, page, columns, descending=descending)
        found += [([getattr(row, column.key) for column in columns], row) for row in rows]
    found.sort(key=lambda entry: entry[0], reverse=descending)
    shown, more = found[: page.limit], len(found) > page.limit
    return [row for _, row in shown], encode_cursor(shown[-1][0]) if more else None


async def _rows_after(
    session: AsyncSession, statement: Select[Any], page: PageRequest, columns: Sequence[Any], *, descending: bool
) -> list[Any]:
    """The rows after the cursor, and one more than fits if there is one."""
    if page.cursor is not None:
        after = _fitting(decode_cursor(page.cursor, len(columns)), columns)
        position, last = tuple_(*columns), tuple_(*after)
        statement = statement.where(position < last if descending else position > last)
    ordered = [column.desc() if descending else column.asc() for column in columns]
    return list((await session.execute(statement.order_by(*ordered).limit(page.limit + 1))).scalars())
