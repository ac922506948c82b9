"""Whether a schema may follow another: what was promised stays, and only optional fields come to it.

The reason is the log: it is kept, read again from its start, and read by services of different age at the same time.
So an old event must fit the new schema, and a reader of the old schema must understand a new event. A value list may
gain values; whether its readers take them is asked where producer and readers meet (tests/contracts).
"""

from __future__ import annotations

from typing import Any

ANNOTATIONS = frozenset({"title", "description", "default", "examples", "example", "deprecated"})
KEY = "x-key"
Schema = dict[str, Any]


def breaking_changes(before: Schema, after: Schema) -> list[str]:
    """Why a schema is not an additive successor of another; empty when it is."""
    found = [*_key(before, after), *_object(before, after)]
    kept, new = before.get("$defs", {}), after.get("$defs", {})
    for name in sorted(kept.keys() & new.keys()):
        found += [f"{name}: {reason}" for reason in _object(kept[name], new[name])]
    return found


def _key(before: Schema, after: Schema) -> list[str]:
    old, new = before.get(KEY), after.get(KEY)
    return [f"the key changed from '{old}' to '{new}'"] if old is not None and old != new else []


def _object(before: Schema, after: Schema) -> list[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    must, shall = set(before.get("required", ())), set(after.get("required", ()))
    found = [f"field '{name}' was removed" for name in sorted(old.keys() - new.keys())]
    for name in sorted(old.keys() & new.keys()):
        found += _field(name, old[name], new[name])
    found += [f"field '{name}' is no longer always there" for name in sorted((must - shall) & new.keys())]
    found += [f"field '{name}' is required and was not" for name in sorted((shall - must) & old.keys())]
    found += [f"field '{name}' is new and required" for name in sorted(shall - must - old.keys())]
    return found


def _field(name: str, before: Schema, after: Schema) -> list[str]:
    if _shape(before) != _shape(after):
        return [f"field '{name}' changed its type"]
    lost = sorted(_values(before) - _values(after))
    return [f"field '{name}' lost the values {', '.join(lost)}"] if lost else []


def _shape(schema: Any) -> Any:
    """What a schema demands, without its words and without its value lists."""
    if isinstance(schema, dict):
        kept = {key: _shape(value) for key, value in schema.items() if key not in ANNOTATIONS}
        if "enum" in kept or "const" in kept:
            kept = {"a value of": "a list", **{key: kept[key] for key in kept if key not in ("enum", "const")}}
        return kept
    if isinstance(schema, list):
        return sorted((_shape(entry) for entry in schema), key=repr)
    return schema


def _values(schema: Any) -> set[str]:
    """Every value of every list in a schema, with the path to the list."""
    if isinstance(schema, list):
        return set().union(*(_values(entry) for entry in schema))
    if not isinstance(schema, dict):
        return set()
    own = {repr(value) for value in schema.get("enum", ())} | ({repr(schema["const"])} if "const" in schema else set())
    inner = (value for key, value in schema.items() if key not in ANNOTATIONS | {"enum", "const"})
    return own.union(*(_values(value) for value in inner))
