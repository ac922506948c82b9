"""Rules about the shape of the house: known rooms, sizes, a test for every use case, README sections."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import services, sources

ROOMS = frozenset({"api", "consumers", "commands", "queries", "domain", "persistence", "contracts"})
FILES = frozenset({"__init__.py", "__main__.py", "service.py", "settings.py", "README.md"})
EXTRA_ROOMS = {"reporting": {"dashboard"}}
README_SECTIONS = ("Purpose", "Data owned", "Commands", "Events out", "Events in", "Run it alone")
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc|base)(_|$)")
LONGEST_FILE, LONGEST_FUNCTION = 250, 40


def rooms_are_known(root: Path) -> list[str]:
    """A service has the known rooms and files; an unused room is absent, never renamed."""
    found = []
    for service in services(root):
        extra = EXTRA_ROOMS.get(service.name, set())
        for entry in sorted(service.iterdir()):
            if entry.name.startswith((".", "__pycache__")):
                continue
            known = entry.name in (ROOMS | extra) if entry.is_dir() else entry.name in FILES
            if not known:
                found.append(f"services/{service.name}/{entry.name}: not a room or file of a service")
        found += [
            f"services/{service.name}: {name} is missing" for name in sorted(FILES) if not (service / name).exists()
        ]
    return found


def readmes_tell_the_same_things(root: Path) -> list[str]:
    """Every service's README answers the same questions."""
    found = []
    for service in services(root):
        readme = service / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else ""
        found += [
            f"services/{service.name}/README.md: section '{section}' is missing"
            for section in README_SECTIONS
            if section.lower() not in text.lower()
        ]
    return found


def names_say_something(root: Path) -> list[str]:
    """No file is named after nothing."""
    return [
        f"{source.place}: name it after what it is for"
        for source in sources(root, "services", "shared", "deploy")
        if FORBIDDEN_NAMES.search(source.path.stem)
    ]


def use_cases_are_reachable(root: Path) -> list[str]:
    """Every consumer is in the table of contents (tests/contracts runs all of those); every command has a caller."""
    found = []
    for service in services(root):
        contents = service / "service.py"
        table = contents.read_text(encoding="utf-8") if contents.exists() else ""
        unused = [path for path in _use_cases(service, "consumers") if f"on_{path.stem}" not in table]
        unused += [path for path in _use_cases(service, "commands") if not _has_caller(service, path)]
        found += [f"{path.relative_to(root).as_posix()}: nobody calls it" for path in unused]
    return found


def _has_caller(service: Path, command: Path) -> bool:
    name = re.compile(rf"\b{command.stem}\b")
    texts = (path.read_text(encoding="utf-8") for path in service.rglob("*.py") if path != command)
    return any(name.search(text) for text in texts)


def _use_cases(service: Path, room: str) -> list[Path]:
    return [path for path in sorted((service / room).glob("*.py")) if not path.stem.startswith("_")]


def sizes(root: Path, exceptions: Path) -> list[str]:
    """Files and functions stay readable in one go; exceptions have a reason and must still be needed."""
    allowed = tomllib.loads(exceptions.read_text(encoding="utf-8")) if exceptions.exists() else {}
    found, used = [], set()
    for place, length, limit in _too_long(root):
        if allowed.get(place):
            used.add(place)
        else:
            found.append(f"{place}: {length} lines, at most {limit}")
    found += [f"{place}: excepted in {exceptions.name} without need" for place in sorted(set(allowed) - used)]
    return found


def _too_long(root: Path) -> Iterator[tuple[str, int, int]]:
    for source in sources(root, "services", "shared", "deploy"):
        if "migrations" in source.parts:
            continue
        lines = source.text.count("\n")
        if lines > LONGEST_FILE:
            yield source.place, lines, LONGEST_FILE
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{source.place}::{node.name}", length, LONGEST_FUNCTION
