"""Reads one row of a caseload file: values as the commands want them, or what is wrong; never repeating a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.returns.domain.caseload_columns import COLUMNS, Column

LONGEST_TEXT = 200
"""As long as the API lets a name be."""
CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")
COUNTRY = re.compile(r"[A-Z]{3}")
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffd]")
PLACEHOLDERS = frozenset({"1900-01-01", "1900-01-00", "1899-12-30", "0001-01-01", "9999-12-31"})
"""Days that other programs write when they know none (design rules, pain point 6); here unknown is left empty."""
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
SURPLUS = ""
"""Under this name a reader says that a row has more cells than the file has columns."""
IDENTITY = ("family_name", "given_names", "name_in_original_script", "last_address_in_origin", "phone")
CASE = ("case_kind", "destination", "destination_basis", "opened_on")
FLAGS = ("unaccompanied", "needs_carer", "medical_needed", "provisional")
CODES: Mapping[str, str] = {
    "required": "This column must not be empty",
    "not-a-code": "Only letters, digits and _ . : / - are allowed, at most 60",
    "not-a-country": "Three capital letters of ISO 3166-1",
    "not-a-date": "Write a day as YYYY-MM-DD",
    "placeholder-date": "A day that means unknown must be left empty",
    "date-in-the-future": "The day must not lie in the future",
    "not-yes-or-no": "Write yes or no",
    "not-a-choice": "Not one of the values of this column",
    "too-long": "At most 200 characters",
    "not-storable": "Holds characters that cannot be stored",
    "too-many-cells": "The row has more cells than the file has columns; it has slipped",
    "repeated": "This external_id stands in the file more than once",
    "joins-itself": "A person cannot join their own file",
    "joins-unknown": "Whose file to join is not among the good rows above nor imported earlier",
    "destination-with-joins": "A person who joins a file goes where that file goes",
}
"""What can be wrong with a value, by its stable code. Other codes are the slugs of the API's problems."""


@dataclass(frozen=True)
class Wrong:
    """One value that cannot be taken: in which column, and why as a code of CODES or of a problem."""

    column: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A row as the commands want it, or what is wrong with it."""

    external_id: str = ""
    joins: str | None = None
    case: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()


def read_row(cells: Mapping[str, str], *, today: date) -> ReadRow:
    """One row of a file; everything that is wrong with it at once."""
    wrong: list[Wrong] = []
    values: dict[str, Any] = {}
    for column in COLUMNS:
        text = cells.get(column.name, "").strip()
        if not text:
            wrong += [Wrong(column.name, "required")] if column.required else []
            continue
        code = _reason(column, text, today)
        if code is None:
            values[column.name] = _value(column, text)
        else:
            wrong.append(Wrong(column.name, code))
    wrong += [Wrong(COLUMNS[0].name, "too-many-cells")] if cells.get(SURPLUS) else []
    wrong += _together(values, {entry.column for entry in wrong})
    if wrong:
        return ReadRow(external_id=values.get("external_id", ""), wrong=tuple(wrong))
    return ReadRow(
        external_id=values["external_id"],
        joins=values.get("joins"),
        case={name: values[name] for name in CASE if name in values},
        person=_person(values),
    )


def _reason(column: Column, text: str, today: date) -> str | None:
    """Why this text cannot be taken; None when it can."""
    if UNSTORABLE.search(text):
        return "not-storable"
    if len(text) > LONGEST_TEXT:
        return "too-long"
    if column.kind == "date":
        return _date_reason(text, today)
    checks = {
        "code": ("not-a-code", CODE.fullmatch(text)),
        "country": ("not-a-country", COUNTRY.fullmatch(text)),
        "yes_no": ("not-yes-or-no", text.lower() in YES_NO),
        "choice": ("not-a-choice", text in column.choices),
    }
    code, fits = checks.get(column.kind, ("", True))
    return None if fits else code


def _date_reason(text: str, today: date) -> str | None:
    if text in PLACEHOLDERS:
        return "placeholder-date"
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return "not-a-date"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "not-a-date"
    return "date-in-the-future" if day > today else None


def _value(column: Column, text: str) -> Any:
    if column.kind == "date":
        return date.fromisoformat(text)
    return YES_NO[text.lower()] if column.kind == "yes_no" else text


def _together(values: Mapping[str, Any], refused: set[str]) -> list[Wrong]:
    """What is wrong with values that are right on their own; silent where one of them was refused already."""
    if "joins" in values:
        if values["joins"] == values.get("external_id"):
            return [Wrong("joins", "joins-itself")]
        return [Wrong("destination", "destination-with-joins")] if "destination" in values else []
    missing = "destination" not in values and not refused & {"destination", "joins"}
    return [Wrong("destination", "required")] if missing else []


def _person(values: Mapping[str, Any]) -> dict[str, Any]:
    citizenship = values.get("citizenship")
    evidence = values.get("citizenship_evidence", "statement")
    unknown = "XXA" if "statelessness" in values else "XXX"
    return {
        "relation": values.get("relation", "main_applicant" if "joins" not in values else "other_relative"),
        "sex": int(values["sex"]),
        "identity": {name: values[name] for name in IDENTITY if name in values},
        "born_on": values.get("born_on"),
        "adult": values.get("adult"),
        "citizenships": [{"code": citizenship, "evidence": evidence, "chosen": False}] if citizenship else [],
        "reporting_citizenship": citizenship or unknown,
        "statelessness": values.get("statelessness"),
        **{name: values.get(name, False) for name in FLAGS},
    }
