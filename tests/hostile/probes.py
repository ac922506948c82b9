"""Requests that an OpenAPI document allows: each with ids that exist, and its twin with ids that do not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import schemathesis
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from shared.openapi import METHODS
from tests.hostile.generated import SEED, cases
from tests.hostile.ground import Ground
from tests.hostile.objects import Objects
from tests.hostile.raw import Answer, send

NOWHERE = UUID("0199c0de-0000-7000-8000-00000000dead")
STALE = '"999999999"'
BODIES, LARGEST_BODY_LIST = 6, 2
IDENTIFIER = re.compile(r".*_(id|ids|ref|refs)$")
Values = dict[str, str]


@dataclass
class Route:
    """One operation of a document, and what in a request to it names things."""

    path: str
    method: str
    operation: dict[str, Any]
    bodies: list[Any] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def roles(self) -> list[str]:
        """The documented roles; empty for anybody known."""
        return list(self.operation.get("x-roles", []))

    @property
    def open(self) -> bool:
        """Served without a token."""
        return "security" not in self.operation

    @property
    def path_names(self) -> list[str]:
        return re.findall(r"\{([^}]+)\}", self.path)

    @property
    def query_names(self) -> list[str]:
        parameters = self.operation.get("parameters", [])
        return [entry["name"] for entry in parameters if entry["in"] == "query" and IDENTIFIER.fullmatch(entry["name"])]

    @property
    def body_names(self) -> list[str]:
        return sorted({name.removesuffix("s") for body in self.bodies for name in names_in(body)})

    @property
    def needs_version(self) -> bool:
        return "428" in self.operation["responses"]


@dataclass(frozen=True)
class Probe:
    """One request without its token."""

    route: Route
    target: str
    body: bytes

    async def ask(self, found: Ground, token: str | None, *, version: str | None = None, key: str = "probe") -> Answer:
        """Send it."""
        headers = [("authorization", token)] if token is not None else []
        headers += [("idempotency-key", key)] if self.route.method == "post" else []
        headers += [("if-match", version)] if version is not None else []
        headers += [("content-type", "application/json")] if self.body else []
        return await send(found.service.app, self.route.method.upper(), self.target, headers=headers, body=self.body)


def routes(document: dict[str, Any]) -> Iterator[Route]:
    """Every operation, with bodies that the document allows."""
    schemas = schemathesis.openapi.from_dict(unguarded(document))
    made = {(found.ok().path, found.ok().method.lower()): found.ok() for found in schemas.get_all_operations()}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            route = Route(path, method, item[method])
            if "requestBody" in item[method]:
                generated = cases(made[path, method], GenerationMode.POSITIVE, BODIES, SEED)
                route.bodies = [entry.body for entry in generated if not isinstance(entry.body, NotSet)]
            yield route


def unguarded(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what schemathesis would want to log in with."""
    copied: dict[str, Any] = json.loads(json.dumps(document))
    for path in copied["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
    copied["components"].pop("securitySchemes", None)
    return copied


def names_in(body: Any) -> Iterator[str]:
    """Names of fields that hold an id or ids."""
    if isinstance(body, dict):
        yield from (key for key in body if IDENTIFIER.fullmatch(key))
    for item in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from names_in(item)


def values_for(route: Route, objects: Objects, found: Ground) -> Values | None:
    """Ids that exist and belong together; None when something in the path names nothing that is there."""
    queried = [name.replace("person_id", "person_ref") for name in route.query_names]
    coded = [name for name in route.path_names if objects.table_of(name) is None and name in found.known]
    wanted = [name for name in route.path_names if name not in coded]
    together = objects.together(wanted, [*queried, *route.body_names])
    if together is None and wanted:
        return None
    values = {name: found.known[name][0] for name in (*coded, *route.body_names, *queried) if name in found.known}
    return {**values, **(together or {})}


def probes(route: Route, values: Values) -> Iterator[Probe]:
    """The request with these ids in path, query and body, once for each generated body."""
    target = re.sub(r"\{([^}]+)\}", lambda name: quote(values[name[1]], safe=""), route.path)
    named = {name: values.get(name.replace("person_id", "person_ref")) for name in route.query_names}
    query = urlencode({name: value for name, value in named.items() if value is not None})
    for body in route.bodies or [None]:
        wire = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(with_values(body, values)).encode()
        )
        yield Probe(route, f"{target}?{query}" if query else target, wire)


def with_values(body: Any, values: Values, name: str = "") -> Any:
    """The body with these ids wherever an id is named; lists are kept short."""
    if isinstance(body, dict):
        return {key: with_values(item, values, key) for key, item in body.items()}
    if isinstance(body, list):
        return [with_values(item, values, name.removesuffix("s")) for item in body[:LARGEST_BODY_LIST]]
    return values[name] if name in values and isinstance(body, str) else body


def twin(values: Values, owned: list[str]) -> Values:
    """The same values with ids that nothing has, where they named something that belongs to somebody."""
    return {name: unknown(value) if name in owned else value for name, value in values.items()}


def unknown(value: str) -> str:
    """An id of the same form that nothing has."""
    try:
        UUID(value)
    except ValueError:
        return "x" + value[1:][::-1] if len(value) > 1 else "x"
    return str(NOWHERE)
