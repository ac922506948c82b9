"""Events grow additively only: violations planted into committed schemas are caught, and nothing overwrites a promise."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field, ValidationError
from typer.testing import CliRunner

from services.returns.contracts.published import CaseApprovedV1 as CaseApproved
from services.returns.contracts.published import CaseOpenedV1 as CaseOpened
from shared.cli import service_cli
from shared.events.catalog import BreakingChange, breaking_changes, check_contracts, example_of, write_contracts
from shared.events.contract import EventContract
from shared.events.subscriptions import Subscription
from shared.service import Service
from shared.testing.plugin import SERVICES
from shared.testing.running import service_named

ALL = {name: service_named(name) for name in SERVICES}
PUBLISHED: dict[str, type[EventContract]] = {
    contract.event_type: contract for service in ALL.values() for contract in service.published
}
Schema = dict[str, Any]


def committed(event_type: str) -> Schema:
    folder = ALL[event_type.split(".", 1)[0]].folder / "contracts" / "schemas"
    return dict(json.loads((folder / f"{event_type}.schema.json").read_text(encoding="utf-8")))


def remove(schema: Schema, field: str) -> None:
    del schema["properties"][field]
    schema["required"] = [name for name in schema["required"] if name != field]


PLANTED: dict[str, tuple[Callable[[Schema], Any], str]] = {
    "removed field": (lambda it: remove(it, "quote_id"), "field 'quote_id' was removed"),
    "removed optional field": (lambda it: remove(it, "actor_role"), "field 'actor_role' was removed"),
    "other type": (
        lambda it: it["properties"]["rule_version"].update(type="string"),
        "'rule_version' changed its type",
    ),
    "narrowed type": (lambda it: it["properties"]["actor_role"].update(anyOf=[{"type": "string"}]), "'actor_role'"),
    "narrowed length": (lambda it: it["properties"]["on"].update(maxLength=4), "field 'on' changed its type"),
    "narrowed list": (lambda it: it["properties"]["lines"].update(maxItems=1), "field 'lines' changed its type"),
    "other items": (lambda it: it["properties"]["lines"]["items"].update({"$ref": "#/$defs/Total"}), "'lines'"),
    "other format": (lambda it: it["properties"]["case_id"].update(format="uri"), "field 'case_id' changed its type"),
    "new required field": (
        lambda it: (it["properties"].update(colour={"type": "string"}), it["required"].append("colour")),
        "field 'colour' is new and required",
    ),
    "now required": (lambda it: it["required"].append("actor_role"), "field 'actor_role' is required and was not"),
    "no longer always there": (lambda it: it["required"].remove("total"), "'total' is no longer always there"),
    "removed value": (
        lambda it: it["$defs"]["Line"]["properties"]["phase"]["enum"].remove("travel"),
        "Line: field 'phase' lost the values 'travel'",
    ),
    "renamed value": (
        lambda it: it["$defs"]["PersonFact"]["properties"]["age_band"].update(enum=["minor", "adult"]),
        "PersonFact: field 'age_band' lost the values",
    ),
    "values closed off": (lambda it: it["properties"]["rule_version"].update(enum=[1]), "'rule_version' changed"),
    "removed nested field": (
        lambda it: remove(it["$defs"]["Total"], "currency"),
        "Total: field 'currency' was removed",
    ),
    "other key": (lambda it: it.update({"x-key": "quote_id"}), "the key changed from 'case_id' to 'quote_id'"),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_violation_of_a_committed_schema_is_caught(plant: str) -> None:
    before = committed("returns.case.approved.v1")
    after = copy.deepcopy(before)
    assert breaking_changes(before, after) == []
    violate, sentence = PLANTED[plant]
    violate(after)
    found = breaking_changes(before, after)
    assert any(sentence in reason for reason in found), found


@pytest.mark.parametrize("event_type", PUBLISHED)
def test_growth_is_free_and_the_loss_of_any_field_is_not(event_type: str) -> None:
    before = committed(event_type)
    grown = copy.deepcopy(before)
    grown["properties"]["a_field_of_next_year"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    grown["description"] = "Said better."
    assert breaking_changes(before, grown) == []
    for field in before["properties"]:
        shrunk = copy.deepcopy(before)
        del shrunk["properties"][field]
        assert f"field '{field}' was removed" in breaking_changes(before, shrunk)


class Grown(CaseApproved):
    """The event with one more optional field."""

    event_type: ClassVar[str] = CaseApproved.event_type
    note_code: str | None = None


class Broken(CaseApproved):
    """The event with one more required field and another key."""

    event_type: ClassVar[str] = CaseApproved.event_type
    key_field: ClassVar[str] = "quote_id"
    example: ClassVar[dict[str, Any]] = {**CaseApproved.example, "colour": "red"}
    colour: str = Field(description="Planted.")


class TestWriting:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        write_contracts([CaseApproved, CaseOpened], tmp_path)
        return tmp_path

    def test_an_additive_change_is_written(self, folder: Path) -> None:
        assert check_contracts([Grown, CaseOpened], folder) != []
        write_contracts([Grown, CaseOpened], folder)
        assert check_contracts([Grown, CaseOpened], folder) == []

    def test_a_breaking_change_is_refused_and_nothing_is_written(self, folder: Path) -> None:
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(BreakingChange) as caught:
            write_contracts([Broken, CaseOpened], folder)
        assert len(caught.value.reasons) == 2
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        assert any("breaks its readers" in line for line in check_contracts([Broken, CaseOpened], folder))

    def test_an_event_taken_away_is_refused(self, folder: Path) -> None:
        with pytest.raises(BreakingChange, match=r"returns\.case\.opened\.v1\.schema\.json: published and taken away"):
            write_contracts([CaseApproved], folder)

    def test_it_is_written_when_it_is_said_to_be_meant(self, folder: Path) -> None:
        write_contracts([Broken], folder, accept_breaking=True)
        assert check_contracts([Broken], folder) == []
        assert len(list(folder.iterdir())) == 2


def test_the_command_refuses_and_says_what_to_do(tmp_path: Path) -> None:
    class Elsewhere(Service):
        folder = tmp_path

    original = ALL["returns"]
    values = {name: getattr(original, name) for name in original.__dataclass_fields__}
    shutil.copytree(original.folder / "contracts" / "schemas", tmp_path / "contracts" / "schemas")
    service = Elsewhere(**values)
    assert CliRunner().invoke(service_cli(service), ["contracts", "--check"]).exit_code == 0
    kept = [entry for entry in service.published if entry is not CaseApproved]
    cli = service_cli(replace(service, published=(*kept, Broken)))
    refused = CliRunner().invoke(cli, ["contracts"])
    assert refused.exit_code == 1
    assert "'colour' is new and required" in refused.output
    assert "next major version" in refused.output
    assert CliRunner().invoke(cli, ["contracts", "--accept-breaking"]).exit_code == 0
    assert CliRunner().invoke(cli, ["contracts", "--check"]).exit_code == 0


def unread_values(contract: type[EventContract], entry: Subscription) -> list[str]:
    """Values that a published list allows and the subscriber's narrow model does not take."""
    schema, example = committed(contract.event_type), example_of(contract)
    lists = {name: shape["enum"] for name, shape in schema["properties"].items() if "enum" in shape}
    found = []
    for name, values in lists.items():
        for value in values:
            try:
                entry.model.model_validate({**example, "occurred_at": "2026-03-02T09:00:00Z", name: value})
            except ValidationError:
                found.append(f"{name}={value}")
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_published_value_is_read_by_every_subscriber(name: str) -> None:
    unread = {entry.event_type: unread_values(PUBLISHED[entry.event_type], entry) for entry in ALL[name].subscriptions}
    assert {event_type: values for event_type, values in unread.items() if values} == {}
