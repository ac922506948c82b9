"""Reads a rule table that somebody wrote: every fault with its place, or a table the quote engine can work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.registry.contracts.rule_table import Clause, Part, RuleTable
from services.registry.domain.rule_faults import Fault, depth_fault, faults_of, size_fault

MOST_FAULTS = 50
KNOWN_WORDS = frozenset(
    field.alias or name
    for part in (*Part.__subclasses__(), *Clause.__subclasses__())
    for name, field in part.model_fields.items()
)


class RuleTableInvalid(ValueError):
    """The table is not one the quote engine can work with; `faults` say where and why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in faults))
        self.faults = faults


def read_table(content: Mapping[str, Any]) -> dict[str, Any]:
    """The table without empty fields. Raises RuleTableInvalid, with every fault, if the engine could not use it."""
    faults = depth_fault(content)
    table = {} if faults else _without_nulls(content)
    if not faults:
        try:
            RuleTable.model_validate(table)
        except ValidationError as error:
            faults = [_fault(item) for item in error.errors(include_url=False, include_input=False)]
        else:
            faults = size_fault(table) or faults_of(table)
    if faults:
        raise RuleTableInvalid(faults[:MOST_FAULTS])
    found: dict[str, Any] = table
    return found


def _without_nulls(part: Any) -> Any:
    """A field that is null says as much as one that is left out."""
    if isinstance(part, Mapping):
        return {name: _without_nulls(value) for name, value in part.items() if value is not None}
    return [_without_nulls(each) for each in part] if isinstance(part, list) else part


def _fault(item: Any) -> Fault:
    """Where and why; a word that is not of the vocabulary is the author's own text and is not repeated."""
    path = [str(part) if isinstance(part, int) or part in KNOWN_WORDS else "unknown" for part in item["loc"]]
    message = "is not a word of a rule table" if item["type"] == "extra_forbidden" else str(item["msg"])
    return Fault("/".join(path) or "table", message)


def rule_table_schema() -> dict[str, Any]:
    """The JSON Schema of a rule table (draft 2020-12)."""
    schema = RuleTable.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Wayhome rule table"}
