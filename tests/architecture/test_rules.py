"""Every rule holds on this tree, and every rule is proven once to see a planted violation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import code_rules, outward_rules, shape_rules
from tests.architecture.source import ROOT

Rule = Callable[[Path], list[str]]
EXCEPTIONS = Path(__file__).parent / "size_exceptions.toml"


def sizes(root: Path) -> list[str]:
    """The size rule with the exceptions of its tree."""
    return shape_rules.sizes(root, EXCEPTIONS if root == ROOT else root / "exceptions.toml")


HOUSE = {"services/__init__.py": '"""Services."""\n', "services/returns/__init__.py": '"""Returns."""\n'}
LONG = '"""Long."""\n' + "x = 1\n" * 250

MATRIX = {"services/registry/domain/disclosure_matrix.py": 'NEW = ("a.new-type",)\nALLOWED = {"x": frozenset(NEW)}\n'}

PLANTED: list[tuple[Rule, dict[str, str]]] = [
    (code_rules.domain_is_pure, {"services/returns/domain/case.py": "import sqlalchemy\n"}),
    (code_rules.domain_is_pure, {"services/returns/domain/case.py": "from shared.clock import Clock\n"}),
    (code_rules.domain_is_pure, {"services/returns/domain/case.py": "def f():\n    import random\n"}),
    (code_rules.domain_is_pure, {"services/returns/domain/case.py": "from ..persistence import tables\n"}),
    (
        code_rules.commits_only_in_unit_of_work,
        {"services/returns/commands/a.py": "await uow.session.commit()\n"},
    ),
    (
        code_rules.commits_only_in_unit_of_work,
        {"services/returns/commands/a.py": "await uow.connection.commit()\n"},
    ),
    (
        code_rules.no_wall_clock,
        {"services/returns/commands/a.py": "from datetime import date\ndate.today()\n"},
    ),
    (
        code_rules.no_wall_clock,
        {"services/returns/commands/a.py": "import datetime\ndatetime.datetime.now()\n"},
    ),
    (
        code_rules.sealed_values_opened_in_persistence,
        {"services/returns/api/a.py": "await uow.vault.open_many([])\n"},
    ),
    (
        code_rules.sealed_columns_read_in_persistence,
        {
            "services/returns/persistence/tables.py": "class Row:\n    names_sealed: bytes = sealed()\n",
            "services/returns/api/a.py": "print(row.names_sealed)\n",
        },
    ),
    (outward_rules.outward_types_have_a_sender, MATRIX),
    (
        outward_rules.outward_types_have_a_sender,
        {**MATRIX, "services/registry/commands/a.py": 'L = ("a.new-type",)\nq.where(c.in_(L), c == "a.new-type")\n'},
    ),
    (code_rules.module_docstrings, {"shared/a.py": "x = 1\n"}),
    (code_rules.module_docstrings, {"shared/a.py": '# first\n"""Late."""\n'}),
    (shape_rules.rooms_are_known, {"services/returns/handlers/__init__.py": '"""Wrong room."""\n'}),
    (shape_rules.rooms_are_known, {"services/returns/router.py": '"""Wrong file."""\n'}),
    (shape_rules.readmes_tell_the_same_things, {"services/returns/README.md": "# Returns\n"}),
    (shape_rules.names_say_something, {"shared/http_utils.py": '"""Nothing."""\n'}),
    (shape_rules.use_cases_are_reachable, {"services/returns/commands/open_case.py": '"""Open."""\n'}),
    (shape_rules.use_cases_are_reachable, {"services/returns/consumers/funds_reserved.py": '"""Seen."""\n'}),
    (sizes, {"shared/long.py": LONG}),
    (sizes, {"shared/long.py": '"""Long."""\ndef f():\n' + "    x = 1\n" * 40}),
    (sizes, {"exceptions.toml": '"shared/gone.py" = "was long once"\n'}),
]
RULES = sorted({rule for rule, _ in PLANTED}, key=lambda rule: rule.__name__)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_holds_here(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("rule", "files"), PLANTED, ids=[f"{rule.__name__}-{number}" for number, (rule, _) in enumerate(PLANTED)]
)
def test_sees_a_planted_violation(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    plant(tmp_path, HOUSE | files)
    suspects = {place.rsplit("/", 1)[-1] for place in files}
    found = rule(tmp_path)
    assert any(any(name in line for name in suspects) or "gone.py" in line or "handlers" in line for line in found)


def test_a_sound_house_has_no_violation(tmp_path: Path) -> None:
    sound = {
        "services/returns/README.md": "\n".join(shape_rules.README_SECTIONS),
        "services/returns/__main__.py": '"""Entry."""\n',
        "services/returns/service.py": '"""Contents."""\nfrom services.returns.commands import open_case\n',
        "services/returns/settings.py": '"""Settings."""\n',
        "services/returns/domain/case.py": '"""Case."""\nimport datetime\nimport shared.errors\n',
        "services/returns/commands/open_case.py": '"""Open."""\n',
    }
    plant(tmp_path, HOUSE | sound)
    assert [line for rule in RULES for line in rule(tmp_path)] == []


def plant(root: Path, files: dict[str, str]) -> None:
    """Write a small tree."""
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
