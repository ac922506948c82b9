"""Rules about what code may say where: purity of the domain, commits, clocks, sealed values."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import sources

KIT_FOR_DOMAIN = ("shared.errors", "shared.ids", "shared.money", "shared.names")
IMPURE = frozenset(
    {"asyncio", "http", "os", "random", "secrets", "socket", "subprocess", "threading", "time", "urllib"}
)
CLOCK_CALLS = frozenset(
    {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
)
COMMITS = ("shared/database/unit_of_work.py", "shared/database/migrations.py", "shared/testing/")
TRANSACTIONS = ("session", "_session", "connection", "_connection")
VAULT_READS = frozenset({"open", "open_many", "open_text", "open_json"})


def domain_is_pure(root: Path) -> list[str]:
    """A domain imports itself, four pure modules of the kit, and the library without clock, chance and input."""
    found = []
    for source in sources(root, "services"):
        if "domain" not in source.parts[2:-1]:
            continue
        own = ".".join(source.parts[:3])
        for line, name in source.imports():
            if not _pure(name, own):
                found.append(f"{source.place}:{line}: the domain imports {name}")
    return found


def _pure(name: str, own: str) -> bool:
    if name.startswith((f"{own}.", *(f"{module}." for module in KIT_FOR_DOMAIN))) or name in (
        own,
        *KIT_FOR_DOMAIN,
    ):
        return True
    top = name.split(".", 1)[0]
    return top in sys.stdlib_module_names and top not in IMPURE


def commits_only_in_unit_of_work(root: Path) -> list[str]:
    """Nobody but the unit of work ends a transaction."""
    found = []
    for source in sources(root, "services", "shared"):
        if source.place.startswith(COMMITS):
            continue
        for call in _method_calls(source.tree):
            if call.attr in ("commit", "rollback") and _last_name(call.value) in TRANSACTIONS:
                found.append(f"{source.place}:{call.lineno}: {call.attr} outside the unit of work")
    return found


def no_wall_clock(root: Path) -> list[str]:
    """Services take the time from the unit of work or the runtime's clock."""
    found = []
    for source in sources(root, "services"):
        for call in _method_calls(source.tree):
            if (_last_name(call.value), call.attr) in CLOCK_CALLS:
                found.append(f"{source.place}:{call.lineno}: {_last_name(call.value)}.{call.attr}; take uow.now")
    return found


def sealed_values_opened_in_persistence(root: Path) -> list[str]:
    """Sealed columns are opened by repositories only."""
    found = []
    for source in sources(root, "services"):
        if "persistence" in source.parts[2:-1]:
            continue
        for call in _method_calls(source.tree):
            if call.attr in VAULT_READS and _last_name(call.value) in ("vault", "_vault"):
                found.append(f"{source.place}:{call.lineno}: vault.{call.attr} outside persistence")
    return found


def sealed_columns_read_in_persistence(root: Path) -> list[str]:
    """The bytes of a sealed column are named in persistence only."""
    found = []
    names = _sealed_columns(root)
    for source in sources(root, "services"):
        if "persistence" in source.parts[2:-1]:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in names.get(source.parts[1], ()):
                found.append(f"{source.place}:{node.lineno}: sealed column {node.attr} used outside persistence")
    return found


def _sealed_columns(root: Path) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for source in sources(root, "services"):
        if "persistence" not in source.parts[2:-1]:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _calls(node.value, "sealed"):
                names.setdefault(source.parts[1], set()).add(node.target.id)
    return names


def module_docstrings(root: Path) -> list[str]:
    """The first line of every file says why the file exists."""
    found = []
    for source in sources(root, "services", "shared", "deploy", "tests"):
        body = source.tree.body
        first = body[0] if body else None
        if ast.get_docstring(source.tree) is None or first is None or first.lineno != 1:
            found.append(f"{source.place}:1: no docstring on the first line")
    return found


def _method_calls(tree: ast.Module) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _calls(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) == name
