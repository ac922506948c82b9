"""The AsyncAPI document is true to the services and valid for programs that are not ours."""

from __future__ import annotations

import copy
import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deploy.contracts.documents import FOLDER, PAGE, ROOT, services
from shared.eventlog.protocol import PARTITIONS
from shared.events.asyncapi import asyncapi_document

HERE = Path(__file__).parent / "asyncapi"
COMMITTED = ROOT / FOLDER / "asyncapi.json"
PINS = ("package.json", "package-lock.json")
Document = dict[str, Any]
SERVICES = services()
TYPES = sorted(contract.event_type for service in SERVICES for contract in service.published)


@pytest.fixture(scope="module")
def document() -> Document:
    return dict(json.loads(COMMITTED.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def node_folder() -> Path:
    """A folder with the pinned reference parser, installed once for all tests of this checkout."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js is not installed: the reference parser of AsyncAPI cannot judge here")
    folder = ROOT / ".local" / "asyncapi"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "installed.json"
        if not done.exists() or done.read_bytes() != (HERE / PINS[1]).read_bytes():
            _install(folder)
            shutil.copy(HERE / PINS[1], done)
    return folder


def _install(folder: Path) -> None:
    for name in PINS:
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved=true"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110)
    if run.returncode and not os.environ.get("CI"):
        pytest.skip(f"npm could not install the reference parser of AsyncAPI: {run.stderr[-300:]}")
    assert run.returncode == 0, run.stderr


def judge(node_folder: Path, path: Path) -> tuple[int, list[Document]]:
    command = ["node", str(HERE / "validate.mjs"), str(node_folder), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert run.stdout, run.stderr
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()]


class TestReferenceParser:
    def test_it_finds_nothing_to_object_to(self, node_folder: Path) -> None:
        code, lines = judge(node_folder, COMMITTED)
        assert code == 0, lines
        assert lines == [{**lines[-1], "errors": 0, "warnings": 0, "messages": len(TYPES)}]

    @pytest.mark.parametrize("plant", ["strange", "nothing"])
    def test_it_finds_what_was_planted(self, node_folder: Path, tmp_path: Path, document: Document, plant: str) -> None:
        planted = copy.deepcopy(document)
        if plant == "strange":
            planted["components"]["schemas"]["returns.case.approved.v1"]["type"] = plant
        else:
            planted["operations"]["returns.publishes"]["messages"].append(
                {"$ref": f"#/channels/returns/messages/{plant}"}
            )
        path = tmp_path / "asyncapi.json"
        path.write_text(json.dumps(planted), encoding="utf-8")
        code, lines = judge(node_folder, path)
        assert code == 1
        assert any(word in json.dumps(lines) for word in (plant, "allowed values"))

    def test_the_schema_beside_us_is_the_one_that_was_published(self, node_folder: Path) -> None:
        published = node_folder / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
        assert (HERE / "schema-3.0.0.json").read_bytes() == published.read_bytes()


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((HERE / "schema-3.0.0.json").read_text(encoding="utf-8")))


class TestPublishedSchema:
    def test_the_document_is_asyncapi_three(self, validator: jsonschema.Draft7Validator, document: Document) -> None:
        assert [error.message[:300] for error in validator.iter_errors(document)] == []

    @pytest.mark.parametrize("where", ["channels/registry", "operations/registry.publishes", "info", ""])
    def test_a_field_that_asyncapi_does_not_know_is_found(
        self, validator: jsonschema.Draft7Validator, document: Document, where: str
    ) -> None:
        planted = copy.deepcopy(document)
        place = planted
        for part in filter(None, where.split("/")):
            place = place[part]
        place["invented"] = True
        assert not validator.is_valid(planted)


def payload_schema(document: Document, event_type: str) -> Document:
    return {**document["components"]["messages"][event_type]["payload"], "components": document["components"]}


@pytest.mark.parametrize("event_type", TYPES)
def test_the_example_fits_its_own_schema_and_nothing_else_does(document: Document, event_type: str) -> None:
    validator = jsonschema.Draft7Validator(payload_schema(document, event_type))
    example = document["components"]["messages"][event_type]["examples"][0]["payload"]
    assert [error.message for error in validator.iter_errors(example)] == []
    other = next(name for name in TYPES if name != event_type)
    for planted in (
        {**example, "type": other},
        {**example, "sequence": 1},
        {name: value for name, value in example.items() if name != "subject"},
        {**example, "data": {**example["data"], "family_name": "Beridze"}},
    ):
        assert not validator.is_valid(planted)


def test_every_published_type_is_on_its_own_topic(document: Document) -> None:
    on = {name: list(channel["messages"]) for name, channel in document["channels"].items()}
    assert sorted(event_type for types in on.values() for event_type in types) == TYPES
    assert all(event_type.startswith(f"{topic}.") for topic, types in on.items() for event_type in types)
    for name, channel in document["channels"].items():
        assert channel["bindings"]["kafka"]["partitions"] == PARTITIONS == 12
        assert channel["address"] == channel["bindings"]["kafka"]["topic"] == name


def test_every_subscription_is_an_operation_and_no_other(document: Document) -> None:
    told = {
        (operation["tags"][0]["name"], reference["$ref"].rsplit("/", 1)[1])
        for operation in document["operations"].values()
        if operation["action"] == "receive"
        for reference in operation["messages"]
    }
    real = {(service.name, entry.event_type) for service in SERVICES for entry in service.subscriptions}
    assert told == real
    consumers = {
        (name, event_type)
        for event_type, message in document["components"]["messages"].items()
        for name in message["x-consumers"]
    }
    assert consumers == real


@pytest.mark.parametrize("event_type", TYPES)
def test_every_field_has_a_meaning(document: Document, event_type: str) -> None:
    schema = document["components"]["schemas"][event_type]
    parts = {event_type: schema, **schema.get("definitions", {})}
    silent = [
        f"{part}.{name}"
        for part, shape in parts.items()
        for name, field in shape["properties"].items()
        if not field.get("description")
    ]
    assert silent == []
    assert all(shape.get("description") for shape in parts.values())


def test_a_consumer_that_goes_away_is_missing_in_the_document(document: Document) -> None:
    fewer = asyncapi_document([service for service in SERVICES if service.name != "reporting"])
    assert not any(name.startswith("reporting") for name in fewer["operations"])
    assert fewer["components"]["messages"]["registry.delivery.made.v1"]["x-consumers"] == []
    assert document["components"]["messages"]["registry.delivery.made.v1"]["x-consumers"] == ["reporting"]


def test_the_page_to_read_tells_of_every_event_and_links_work() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+)$", page, flags=re.MULTILINE)
    assert sorted(headings) == TYPES
    anchors = {heading.replace(".", "") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) == anchors
    assert not re.search(r"\| *\|$", page, flags=re.MULTILINE), "a field without a meaning"
    assert all((ROOT / PAGE).parent.joinpath(link).exists() for link in re.findall(r"\]\(([a-z][^)#]+)\)", page))


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    lock = json.loads((HERE / PINS[1]).read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in entry and entry["integrity"].startswith("sha512-") for entry in packages.values())
