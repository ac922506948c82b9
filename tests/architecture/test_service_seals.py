"""Whatever a service seals under itself is declared, so that a new master key reaches it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from shared.testing.running import service_named
from tests.architecture.source import ROOT

SERVICES = ("registry", "returns", "reintegration", "reporting")


def purposes(file: Path) -> set[str]:
    """The names under which a module seals: the first argument of every `seal_service(...)`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    sealing = [call for call in calls if getattr(call.func, "attr", "") == "seal_service"]
    return {ast.unparse(call.args[0]) for call in sealing}


@pytest.mark.parametrize("name", SERVICES)
def test_every_purpose_is_declared_with_its_column(name: str) -> None:
    service = service_named(name)
    declared = {seal.purpose for seal in service.service_seals}
    used: set[str] = set()
    for file in sorted((ROOT / "services" / name).rglob("*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for written in purposes(file):
            used.add(str(eval(written, vars(importlib.import_module(module)))))
    assert used == declared
    for seal in service.service_seals:
        columns = service.metadata.tables[seal.table].columns
        assert {"id", seal.column, seal.unless or seal.column} <= set(columns.keys())


def test_a_purpose_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "keys.py"
    planted.write_text('def f(uow):\n    return uow.vault.seal_service(PURPOSE, b"")\n', encoding="utf-8")
    assert purposes(planted) == {"PURPOSE"}
