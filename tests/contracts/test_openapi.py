"""Each service's OpenAPI document is valid for a validator that is not ours, committed, complete and true."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.contracts.documents import FOLDER, ROOT, differences, documents, services, write
from shared.openapi import METHODS, roles_of, routes_of
from shared.problems import MEDIA_TYPE
from shared.testing.plugin import SERVICES, Run
from shared.vocabulary import MEANINGS

Document = dict[str, Any]
FOUND = services()
WANTED = documents(FOUND)
PUBLIC = (
    "/public/complaints",
    "/public/complaints/{code}",
    "/public/card",
    "/public/card/withdrawal",
    "/returns/card",
    "/returns/card/withdrawal",
    "/returns/card/complaint",
)
OPEN = ("/health/live", "/health/ready", "/v1/dashboard", "/registry/inbox", *PUBLIC)
NO_KEY = {"Idempotency-Key": "not a key"}
SOMEWHERE = "0199c0de-0000-7000-8000-0000000000ff"


def committed(name: str) -> Document:
    return dict(json.loads((ROOT / FOLDER / "openapi" / f"{name}.json").read_text(encoding="utf-8")))


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def lacks(document: Document) -> list[str]:
    """What a reader of the document would miss; empty when nothing."""
    found, seen = [], set[str]()
    tags = {tag["name"] for tag in document["tags"] if tag.get("description")}
    for path, method, operation in operations(document):
        name = operation.get("operationId", "")
        place = f"{method} {path}"
        if not re.fullmatch(r"[a-z][A-Za-z]{2,39}", name) or name in seen:
            found.append(f"{place}: operationId '{name}'")
        seen.add(name)
        found += [f"{place}: no {field}" for field in ("summary", "description") if not operation.get(field)]
        if not operation.get("tags") or not set(operation["tags"]) <= tags:
            found.append(f"{place}: tags")
        found += [
            f"{place}: parameter {entry['name']}"
            for entry in operation.get("parameters", [])
            if not entry["description"]
        ]
        found += [f"{place}: {reason}" for reason in _answers(path, method, operation)]
    return found + _silent(document)


def _answers(path: str, method: str, operation: Document) -> Iterator[str]:
    answers = operation["responses"]
    guarded = not path.endswith(OPEN)
    wanted = {"default"} | ({"401", "403", "503"} if guarded else set())
    wanted |= {"404"} if guarded and "{" in path else set()
    wanted |= {"413", "422"} if "requestBody" in operation else set()
    yield from (f"no answer {status}" for status in sorted(wanted - answers.keys()))
    if guarded != (operation.get("security") == [{"bearer": []}]):
        yield "security"
    if not any(status.startswith("2") for status in answers):
        yield "no success"
    for status, answer in answers.items():
        if status[0] in "45" and not path.endswith(OPEN):
            content = answer.get("content", {}).get(MEDIA_TYPE, {})
            examples = [entry["value"] for entry in content.get("examples", {}).values()]
            if not answer["description"] or not examples or any(str(it["status"]) != status for it in examples):
                yield f"{status} has no example as a problem document"


def _silent(document: Document) -> list[str]:
    """Schemas of request bodies, to any depth, and fields of theirs without words."""
    reached: set[str] = set()

    def reach(part: Any) -> None:
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in reached:
                reached.add(name)
                reach(document["components"]["schemas"][name])
            part = list(part.values())
        for inner in part if isinstance(part, list) else ():
            reach(inner)

    for _, _, operation in operations(document):
        reach(operation.get("requestBody", {}))
    found = []
    for name in sorted(reached):
        schema = document["components"]["schemas"][name]
        fields = schema.get("properties", {}).items()
        found += [f"{name}.{field}: no meaning" for field, shape in fields if not shape.get("description")]
        found += [] if schema.get("description") or "enum" in schema else [f"{name}: no description"]
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_the_validator_accepts_it_as_openapi_three_one(name: str) -> None:
    document = committed(name)
    assert document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_missing_in_it(name: str) -> None:
    assert lacks(committed(name)) == []


PLANTED: dict[str, Callable[[Document], Any]] = {
    "operationId": lambda it: it["paths"]["/returns/v1/cases"]["get"].update(operationId="openCase"),
    "no summary": lambda it: it["paths"]["/returns/v1/cases"]["get"].pop("summary"),
    "no description": lambda it: it["paths"]["/returns/v1/cases"]["get"].pop("description"),
    "tags": lambda it: it["paths"]["/returns/v1/cases"]["get"].update(tags=["elsewhere"]),
    "no answer 401": lambda it: it["paths"]["/returns/v1/cases"]["get"]["responses"].pop("401"),
    "no answer 404": lambda it: it["paths"]["/returns/v1/cases/{case_id}"]["get"]["responses"].pop("404"),
    "409 has no example": lambda it: it["paths"]["/returns/v1/cases"]["post"]["responses"]["409"].pop("content"),
    "security": lambda it: it["paths"]["/returns/v1/cases"]["post"].pop("security"),
    "parameter case_id": lambda it: it["paths"]["/returns/v1/cases/{case_id}"]["get"]["parameters"][0].update(
        description=""
    ),
    "CaseIn.destination: no meaning": lambda it: it["components"]["schemas"]["CaseIn"]["properties"]["destination"].pop(
        "description"
    ),
    "PersonIn: no description": lambda it: it["components"]["schemas"]["PersonIn"].pop("description"),
}


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_planted_gap_is_found(sentence: str) -> None:
    planted = copy.deepcopy(committed("returns"))
    PLANTED[sentence](planted)
    found = lacks(planted)
    assert len(found) == 1
    assert sentence in found[0]


def test_the_validator_finds_a_planted_fault() -> None:
    planted = committed("returns")
    planted["paths"]["/returns/v1/cases"]["get"]["responses"]["401"].pop("description")
    assert list(OpenAPIV31SpecValidator(planted).iter_errors())


def test_the_committed_documents_are_as_the_code_says() -> None:
    assert differences(ROOT, WANTED) == []
    assert documents(services()) == WANTED


def test_what_is_stale_missing_or_left_over_is_said(tmp_path: Path) -> None:
    assert len(write(tmp_path, WANTED)) == len(WANTED)
    assert write(tmp_path, WANTED) == []
    returns, page = tmp_path / FOLDER / "openapi" / "returns.json", tmp_path / "docs" / "events.md"
    returns.write_text(returns.read_text(encoding="utf-8").replace('"listCases"', '"cases"'), encoding="utf-8")
    page.unlink()
    (tmp_path / FOLDER / "openapi" / "visas.json").write_text("{}", encoding="utf-8")
    said = differences(tmp_path, WANTED)
    assert [re.sub(r"line \d+", "line N", line).split(";")[0] for line in said] == [
        "docs/contracts/openapi/returns.json is stale, first in line N",
        "docs/events.md is not committed",
        "docs/contracts/openapi/visas.json describes nothing any more",
    ]
    assert all("make contracts" in line for line in said)
    write(tmp_path, WANTED)
    assert differences(tmp_path, WANTED) == []


def test_no_meaning_in_the_vocabulary_is_left_over() -> None:
    def names(part: Any) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            yield from ((name, shape.get("description", "")) for name, shape in _named(part))
            part = list(part.values())
        for inner in part if isinstance(part, list) else ():
            yield from names(inner)

    files = [path for path in WANTED if path.suffix == ".json"]
    used = {pair for path in files for pair in names(json.loads(WANTED[path]))}
    assert [name for name, meaning in MEANINGS.items() if (name, meaning) not in used] == []


def _named(part: Document) -> list[tuple[str, Document]]:
    properties = part.get("properties", {})
    found = [(name, shape) for name, shape in properties.items() if isinstance(shape, dict)]
    return found + ([(part["name"], part)] if isinstance(part.get("in"), str) and "name" in part else [])


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", SERVICES)
async def test_commands_really_want_the_key_and_admit_the_roles(running: Run, name: str) -> None:
    """Every POST but the signed one: the documented role comes in, and is then asked for the Idempotency-Key."""
    service, asked = await running(name), 0
    known = {route.operation_id: route for route in routes_of(service.runtime.service.routers)}
    for path, method, operation in operations(service.app.openapi()):
        if method != "post" or operation["operationId"] == "receiveMessage" or path.endswith(PUBLIC):
            continue
        assert [entry["required"] for entry in operation["parameters"] if entry["name"] == "Idempotency-Key"] == [True]
        assert tuple(operation["x-roles"]) == roles_of(known[operation["operationId"]].dependant)
        client = service.client(operation["x-roles"][0])
        answer = await client.post(re.sub(r"\{[^}]+\}", SOMEWHERE, path), headers=NO_KEY, json={})
        slug = answer.json()["slug"]
        if "requestBody" not in operation or slug != "invalid":
            assert slug == "idempotency-key-missing", path
            asked += 1
    assert asked >= (0 if name == "reporting" else 3)
