"""Requests that schemathesis makes from a service's OpenAPI document, some with ids that exist, always the same ones."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from tests.hostile.ground import Ground

SEED = 20_260_302
LARGEST_ROUND = 25
KNOWN_IN_PATH, KNOWN_IN_BODY, USABLE_VERSION = 0.6, 0.5, 0.5
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Request:
    """One generated request."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    sent: Any
    named: list[str]
    """What path, query and headers say."""
    label: str
    documented: list[str]


def requests(found: Ground, count: int) -> Iterator[Request]:
    """At least `count` requests over all operations, half valid by the document and half not."""
    document = json.loads(json.dumps(found.service.app.openapi()))
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
    document["components"].pop("securitySchemes", None)
    operations = [result.ok() for result in schemathesis.openapi.from_dict(document).get_all_operations()]
    each = min(-(-count // (len(operations) * len(MODES))), LARGEST_ROUND)
    chance, made, turn = random.Random(SEED), 0, 0
    while made < count:
        for operation, mode in itertools.product(operations, MODES):
            answers = list(document["paths"][operation.path][operation.method]["responses"])
            for case in cases(operation, mode, each, SEED + turn):
                made += 1
                yield request_of(case, found, chance, answers)
        turn += 1


def cases(operation: Any, mode: GenerationMode, count: int, start: int) -> list[Any]:
    """Cases of one operation; none when nothing can be generated in this mode."""
    taken: list[Any] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def take(case: Any) -> None:
        taken.append(case)

    with contextlib.suppress(Unsatisfiable):
        take()
    return taken[:count]


def request_of(case: Any, found: Ground, chance: random.Random, documented: list[str]) -> Request:
    """The case as it goes over the wire."""
    body = None if isinstance(case.body, NotSet) else case.body
    if not isinstance(body, bytes):
        body = with_known(body, found, chance)
    headers = [(name, str(value)) for name, value in (case.headers or {}).items() if name.lower() != "authorization"]
    headers = [(name, usable(name, value, chance)) for name, value in headers]
    if body is not None:
        headers.append(("Content-Type", case.media_type or "application/json"))
    path = {
        name: (found.one(name, chance) if chance.random() < KNOWN_IN_PATH else None) or value
        for name, value in (case.path_parameters or {}).items()
    }
    target = case.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", quote(str(value), safe="%"))
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    wire = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    queried = [
        str(value) for entry in (case.query or {}).values() for value in (entry if isinstance(entry, list) else [entry])
    ]
    named = [*map(str, path.values()), *queried, *(value for name, value in headers if name != "Content-Type")]
    label = f"{case.method} {case.path}"
    asked = f"{target}?{query}" if query else target
    return Request(case.method, asked, headers, wire, body, named, label, documented)


def with_known(value: Any, found: Ground, chance: random.Random, name: str = "") -> Any:
    """The value, with ids that exist in a share of the places where an id belongs."""
    if isinstance(value, dict):
        return {key: with_known(item, found, chance, key) for key, item in value.items()}
    if isinstance(value, list):
        return [with_known(item, found, chance, name.removesuffix("s")) for item in value]
    known = found.one(name, chance) if isinstance(value, str) else None
    return known if known is not None and chance.random() < KNOWN_IN_BODY else value


def usable(name: str, value: str, chance: random.Random) -> str:
    """A version that may be the current one, instead of one that never is."""
    if name.lower() == "if-match" and chance.random() < USABLE_VERSION:
        return f'"{chance.randrange(1, 8)}"'
    return value
