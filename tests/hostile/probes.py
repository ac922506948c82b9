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
from tests.hostile.objects import ORGANISATIONS, Objects
from tests.hostile.plausible_bodies import PLAUSIBLE, WORDS
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
    def last_table(self) -> str | None:
        """What the thing that the path names last is called there: `successor_payee` in `.../successor-payees/{id}`."""
        named = re.findall(r"/([^/{}]+)s/\{[^}]+\}", self.path)
        return named[-1].replace("-", "_") if named and self.path_names else None

    @property
    def query_names(self) -> list[str]:
        parameters = self.operation.get("parameters", [])
        return [entry["name"] for entry in parameters if entry["in"] == "query" and IDENTIFIER.fullmatch(entry["name"])]

    @property
    def body_names(self) -> list[str]:
        return sorted({name.removesuffix("s") for body in self.bodies for name in names_in(body)})

    @property
    def signed(self) -> bool:
        """Takes messages that their sender has signed."""
        return any(entry["name"] == "webhook-signature" for entry in self.operation.get("parameters", []))

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
        headers += found.signature(key, self.body) if self.route.signed else []
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
                plausible = [PLAUSIBLE[route.label]] if route.label in PLAUSIBLE else examples(document, item[method])
                route.bodies = [*plausible, *route.bodies]
            yield route


def examples(document: dict[str, Any], operation: dict[str, Any]) -> list[Any]:
    """The body that the document itself gives as an example: as a whole, or field by field for all that are needed."""
    content = operation["requestBody"]["content"].get("application/json", {})
    if "example" in content:
        return [content["example"]]
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(name, {})
    fields = {key: entry["examples"][0] for key, entry in schema.get("properties", {}).items() if "examples" in entry}
    return [fields] if fields and set(schema.get("required", fields)) <= fields.keys() else []


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


def every_values(route: Route, objects: Objects, found: Ground) -> list[Values]:
    """Ids that exist and belong together, one choice after another: not everything that exists has a card, or is a
    child. None when something in the path names nothing that is there."""
    queried = [name.replace("person_id", "person_ref") for name in route.query_names]
    coded = [name for name in route.path_names if objects.table_of(name) is None and name in found.known]
    coded = [name for name in coded if objects.bearer_of(name) is None]
    wanted = [name for name in route.path_names if name not in coded]
    owners = sorted(ORGANISATIONS - {*wanted})
    together = objects.every(wanted, [*queried, *route.body_names, *owners], route.last_table)
    values = {name: found.known[name][0] for name in (*coded, *route.body_names, *queried) if name in found.known}
    others = [name for name in route.body_names if name.endswith("_case_id")]
    chosen = [{**values, **entry} for entry in together or ([] if wanted else [{}])]
    return [{**entry, **dict.fromkeys(others, _another(entry, found))} for entry in chosen] if others else chosen


def _another(values: Values, found: Ground) -> str:
    """A case that is not the one which the path names."""
    named = values.get("case_id")
    return next((case_id for case_id in reversed(found.known["case_id"]) if case_id != named), str(NOWHERE))


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
    """The body with these ids wherever an id is named; lists are kept short, and name nothing twice."""
    if isinstance(body, dict):
        return {key: with_values(item, values, key) for key, item in body.items()}
    if isinstance(body, list):
        one = name.removesuffix("s") in values or any(
            key in values for item in body if isinstance(item, dict) for key in item
        )
        kept = body[: 1 if one else LARGEST_BODY_LIST]
        return [with_values(item, values, name.removesuffix("s")) for item in kept]
    if body is not None and not isinstance(body, str):
        return body
    return values.get(name, body if body is None else WORDS.get(name, body))


def twin(values: Values, owned: list[str]) -> Values:
    """The same values with ids that nothing has, where they named something that belongs to somebody."""
    return {name: unknown(value, owned.index(name)) if name in owned else value for name, value in values.items()}


def unknown(value: str, number: int = 0) -> str:
    """An id of the same form that nothing has; another one for each number."""
    try:
        UUID(value)
    except ValueError:
        return "x" + value[1:][::-1] if len(value) > 1 else "x"
    return str(UUID(int=NOWHERE.int + number))
