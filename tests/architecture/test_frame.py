"""The repository's frame: equal locks, described targets, documents that exist, links that lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.locks import differences
from tests.architecture.source import ROOT

TARGETS = {"setup", "demo", "up", "down", "test", "check", "bench", "kafka", "kafka-stop"}
TARGETS |= {"migrate", "contracts", "clean", "help"}
LOCKS = ("uv.lock", "requirements.lock", "pyproject.toml")


def test_both_locks_say_the_same() -> None:
    assert differences(ROOT) == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("requirements.lock", "httpx==0.28.1", "httpx==0.27.0"),
        ("requirements.lock", "aiokafka==", "--index-url https://packages.example/simple\naiokafka=="),
        ("requirements.lock", "--hash=sha256:0", "--hash=sha256:1"),
        ("pyproject.toml", '"httpx>=0.28"', '"httpx>=0.29"'),
        ("pyproject.toml", '"hypothesis>=', '"schemathesis>='),
    ],
)
def test_a_planted_difference_between_the_locks_is_seen(name: str, before: str, after: str, tmp_path: Path) -> None:
    for lock in LOCKS:
        shutil.copy(ROOT / lock, tmp_path / lock)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    assert differences(tmp_path)


def test_every_make_target_has_its_sentence() -> None:
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    described = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert described.keys() >= TARGETS
    declared = re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(declared) == described.keys()


@pytest.mark.parametrize("target", ["demo", "test", "check", "migrate", "contracts"])
def test_targets_that_need_the_environment_make_it(target: str) -> None:
    assert re.search(rf"^{target}: setup\b", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_links_in_documents_lead_somewhere() -> None:
    documents = [path for folder in (".", "docs", "docs/decisions") for path in (ROOT / folder).glob("*.md")]
    broken = []
    for document in [*documents, *ROOT.glob("services/*/README.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []
