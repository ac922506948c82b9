"""Nothing about a person is written down unsealed without somebody having looked at the field first."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.events.contract import EventContract
from tests.architecture.personal_data_rules import (
    allowed,
    columns_not_allowed,
    fields_not_allowed,
    service_table_of_contents,
)
from tests.architecture.source import ROOT, services

SERVICES = [path.name for path in services(ROOT)]
FIELDS = "allowed_event_fields.txt"
COLUMNS = "non_personal_columns.txt"


@pytest.mark.parametrize("service", SERVICES)
def test_event_fields_are_on_the_list(service: str) -> None:
    assert fields_not_allowed(service_table_of_contents(service).published, allowed(FIELDS)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_text_columns_are_sealed_or_on_the_list(service: str) -> None:
    assert columns_not_allowed(service, service_table_of_contents(service).metadata, allowed(COLUMNS)) == []


class Nested(BaseModel):
    person_ref: str
    family_name: str


class Planted(EventContract):
    event_type: ClassVar[str] = "returns.case.opened.v1"
    example: ClassVar[dict[str, Any]] = {}

    case_id: str
    persons: list[Nested] | None = None


def test_a_planted_name_in_an_event_is_seen() -> None:
    known = {"case_id", "persons", "person_ref", "occurred_at", "actor_role"}
    assert fields_not_allowed([Planted], known) == ["returns.case.opened.v1: persons.family_name"]


def test_planted_text_columns_are_seen() -> None:
    metadata = MetaData()
    Table(
        "person",
        metadata,
        Column("id", Integer),
        Column("relation", Text),
        Column("family_name", Text),
        Column("notes", JSONB),
        Column("sealed_name", LargeBinary),
    )
    assert columns_not_allowed("returns", metadata, {"returns.person.relation"}) == [
        "returns.person.family_name",
        "returns.person.notes",
    ]


@pytest.mark.parametrize("name", [FIELDS, COLUMNS])
def test_the_lists_hold_no_entry_twice(name: str) -> None:
    entries = [
        entry
        for line in (ROOT / "tests" / "architecture" / name).read_text(encoding="utf-8").splitlines()
        if (entry := line.split("#", 1)[0].strip())
    ]
    assert sorted(set(entries)) == sorted(entries)
