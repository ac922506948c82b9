"""The empty caseload file to fill in, as CSV and XLSX, made from the one table of columns."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from services.returns.domain.caseload_columns import COLUMNS

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = [column.name for column in COLUMNS]
EXAMPLE = [column.example for column in COLUMNS]


def columns() -> list[dict[str, Any]]:
    """Every column with its meaning."""
    return [{**vars(column), "choices": list(column.choices)} for column in COLUMNS]


def csv_template() -> bytes:
    """Header and one invented row; with the mark by which spreadsheets recognise UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, EXAMPLE])
    return text.getvalue().encode("utf-8-sig")


def xlsx_template() -> bytes:
    """The same with a second sheet that explains the columns; every cell is text, so that no date is turned."""
    book = Workbook(write_only=True)
    caseload = book.create_sheet("caseload")
    caseload.append(HEADER)
    caseload.append(EXAMPLE)
    explained = book.create_sheet("columns")
    explained.append(["column", "required", "meaning", "values"])
    for column in COLUMNS:
        required = "yes" if column.required else "no"
        explained.append([column.name, required, column.meaning, ", ".join(column.choices)])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
