"""Turns a CSV or XLSX file into rows of text, within limits, before anything in it is believed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.returns.domain.caseload_columns import BY_NAME, COLUMNS
from services.returns.domain.caseload_rows import LONGEST_TEXT, SURPLUS
from shared.errors import Invalid

ZIP_START = b"PK\x03\x04"
DELIMITERS = ",;\t"
PIECE = 1_048_576
ACTIVE_CONTENT = ("vbaproject.bin", "externallinks/", "activex/", "embeddings/")
Rows = list[tuple[int, dict[str, str]]]
"""Numbers as the reader's own program shows them, and the texts by column."""


class CaseloadFileNotReadable(Invalid):
    """The file as a whole cannot be taken; `problem` says why, `about` which column of ours or which place."""

    slug = "caseload-file-not-readable"
    title = "This file cannot be read as a caseload"


def refuse(problem: str, about: str | None = None) -> CaseloadFileNotReadable:
    """The refusal of a file; never with something that stands in it."""
    return CaseloadFileNotReadable(problem=problem, about=about)


def read_caseload(content: bytes, limits: dict[str, Any]) -> tuple[str, Rows]:
    """The format and the rows of a file. Raises CaseloadFileNotReadable."""
    kind = "xlsx" if content.startswith(ZIP_START) else "csv"
    lines = _xlsx_lines(content, limits) if kind == "xlsx" else _csv_lines(content)
    try:
        rows = _rows(lines, most=limits["most_rows"])
    except (csv.Error, ValueError, KeyError, TypeError, IndexError, SyntaxError, zipfile.BadZipFile):
        raise refuse(f"not-{kind}") from None
    if not rows:
        raise refuse("no-rows")
    return kind, rows


def _rows(lines: Iterable[Sequence[str]], *, most: int) -> Rows:
    names: list[str] | None = None
    found: Rows = []
    for number, line in enumerate(lines, start=1):
        if not any(cell.strip() for cell in line):
            continue
        if names is None:
            names = _header(line)
            continue
        if len(found) == most:
            raise refuse("too-many-rows", str(most))
        surplus = {SURPLUS: "x"} if any(cell.strip() for cell in line[len(names) :]) else {}
        found.append((number, {**dict(zip(names, line, strict=False)), **surplus}))
    return found


def _header(line: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in line]
    while names and not names[-1]:
        names.pop()
    for place, name in enumerate(names, start=1):
        if name not in BY_NAME:
            raise refuse("unknown-column", str(place))
        if name in names[: place - 1]:
            raise refuse("repeated-column", name)
    for column in COLUMNS:
        if column.required and column.name not in names:
            raise refuse("missing-column", column.name)
    return names


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("not-utf-8") from None
    if "\0" in text:
        raise refuse("not-csv")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _xlsx_lines(content: bytes, limits: dict[str, Any]) -> Iterator[list[str]]:
    _unpacks_safely(content, limits)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError, TypeError):
        raise refuse("not-xlsx") from None
    try:
        sheet = book.worksheets[0]
        for line in sheet.iter_rows(max_col=len(COLUMNS) + 1, values_only=True):
            yield [_text(cell) for cell in line]
    finally:
        book.close()


def _unpacks_safely(content: bytes, limits: dict[str, Any]) -> None:
    """Unpack piece by piece and stop at the limit, whatever the archive says of itself; no entities, no macros."""
    left = min(limits["most_unpacked_bytes"], limits["largest_ratio"] * len(content))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        if len(parts) > limits["most_parts"]:
            raise refuse("unpacks-too-large")
        for part in parts:
            if any(mark in part.filename.lower() for mark in ACTIVE_CONTENT):
                raise refuse("active-content")
            with archive.open(part) as opened:
                start = b""
                while piece := opened.read(PIECE):
                    start = start or piece
                    left -= len(piece)
                    if left < 0:
                        raise refuse("unpacks-too-large")
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise refuse("active-content")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise refuse("not-xlsx") from None


def _text(cell: Any) -> str:
    """A cell as the text that a CSV would hold."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[: LONGEST_TEXT + 1]
