"""The import contracts of pyproject.toml hold here and are each broken by a planted import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_rules import plant

NAMES = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
SERVICES = ("registry", "returns", "reintegration", "reporting")
ROOMS = ("api", "consumers", "commands", "queries", "persistence", "domain")
SOUND = {
    "shared/__init__.py": "",
    "shared/errors.py": "",
    "shared/http/__init__.py": "import httpx\n",
    "shared/eventlog/__init__.py": "",
    "shared/eventlog/kafka.py": "import aiokafka\n",
    "deploy/__init__.py": "",
    "deploy/compose/__init__.py": "",
    "deploy/compose/prove_identity.py": "import httpx\n",
    "services/__init__.py": "",
    **{f"services/{name}/__init__.py": "" for name in SERVICES},
    **{f"services/returns/{room}/__init__.py": "" for room in ROOMS},
    "services/returns/api/cases.py": "import services.returns.commands\nimport shared.http\n",
}
PLANTED = [
    ("layers", {"services/returns/domain/case.py": "import services.returns.persistence\n"}),
    ("layers", {"services/returns/persistence/rows.py": "import services.returns.commands\n"}),
    ("layers", {"services/returns/api/cases.py": "import services.returns.consumers\n"}),
    ("layers", {"services/returns/commands/open.py": "import services.returns.queries\n"}),
    ("independence", {"services/returns/api/cases.py": "import services.registry\n"}),
    ("kit", {"shared/errors.py": "import services.returns\n"}),
    ("kit", {"shared/errors.py": "import deploy\n"}),
    ("deployment", {"services/returns/api/cases.py": "import deploy\n"}),
    ("kafka", {"services/returns/api/cases.py": "import aiokafka\n"}),
    ("kafka", {"shared/eventlog/topics.py": "import aiokafka\n"}),
    ("http", {"services/returns/api/cases.py": "import httpx\n"}),
    ("http", {"shared/errors.py": "import httpx\n"}),
    ("http", {"deploy/compose/gateway.py": "import httpx\n"}),
    (
        "cycles",
        {
            "services/returns/commands/first.py": "import services.returns.commands.second\n",
            "services/returns/commands/second.py": "import services.returns.commands.first\n",
        },
    ),
]


def lint(root: Path) -> tuple[int, str]:
    """Run the same command as `make check` on a tree, with our own pyproject.toml."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    if root != ROOT:
        (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def broken(output: str) -> set[str]:
    """Ids of the contracts the output calls broken."""
    return {key for key, name in NAMES.items() if re.search(rf"{re.escape(name)}.*BROKEN", output)}


def test_holds_here() -> None:
    code, output = lint(ROOT)
    assert code == 0, output


def test_a_sound_house_keeps_every_contract(tmp_path: Path) -> None:
    plant(tmp_path, SOUND)
    code, output = lint(tmp_path)
    assert code == 0, output


@pytest.mark.parametrize(("contract", "files"), PLANTED, ids=[f"{key}-{n}" for n, (key, _) in enumerate(PLANTED)])
def test_sees_a_planted_import(contract: str, files: dict[str, str], tmp_path: Path) -> None:
    plant(tmp_path, SOUND | files)
    code, output = lint(tmp_path)
    assert code == 1, output
    assert contract in broken(output)


def test_every_contract_has_a_planted_violation() -> None:
    assert {key for key, _ in PLANTED} == set(NAMES)
