"""docs/operations.md names only what is there: targets, containers, commands, options, addresses, chapters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.deploy.compose_file import ROOT
from tests.deploy.run_book import BOOK, broken_links, chapters, commands, faults_of_text

TEXT = BOOK.read_text(encoding="utf-8")
OBSERVABILITY = ROOT / "deploy" / "compose" / "observability"
RULES = [
    rule for group in yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]


def test_every_command_of_the_run_book_exists() -> None:
    assert len(commands(TEXT)) > 60
    assert faults_of_text(TEXT) == []


PLANTED = [
    ("make rewind", "no target rewind"),
    ("docker compose restart retruns-worker", "no container retruns-worker"),
    ("docker compose unplug gateway", "unknown verb of compose unplug"),
    (
        "docker compose exec returns-worker python -m deploy.compose.entrypoint services.returns rebuild",
        "no command rebuild",
    ),
    ("docker compose run --rm returns-migrate services.returns parked --drop x", "parked: no option --drop"),
    ("docker compose run --rm secrets deploy.compose.make_secrets /secrets --rotate-all x", "no --rotate-all"),
    ("token=$(docker compose exec -T issuer python -m deploy.compose.issuer token --rolle x)", "no option --rolle"),
    (".venv/bin/wayhome stauts", "no command stauts"),
    (".venv/bin/wayhome service returns status --loud", "status: no option --loud"),
    ("python -m services.returns replay", "no command replay"),
    ("curl -s -X POST $url/returns/v1/cases/$case/thaw", "no route POST /returns/v1/cases/$case/thaw"),
    ("wget $url", "unknown program wget"),
]


@pytest.mark.parametrize(("line", "fault"), PLANTED, ids=[fault for _, fault in PLANTED])
def test_what_is_not_there_is_seen(line: str, fault: str) -> None:
    (found,) = faults_of_text(f"```sh\n{line}\n```\n")
    assert found.endswith(fault)


def test_routes_named_in_a_sentence_are_looked_up() -> None:
    assert faults_of_text("Then `GET /registry/v1/nothing`.") == ["no route GET /registry/v1/nothing"]


def test_links_lead_somewhere(tmp_path: Path) -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    assert {str(page): found for page in pages if (found := broken_links(page))} == {}
    planted = tmp_path / "page.md"
    planted.write_text(
        "## Here\n[a](#here) [b](#there) [c](page.md#here) [d](page.md#there) [e](none.md) [f](page.md)\n"
    )
    assert broken_links(planted) == ["#there", "page.md#there", "none.md"]


def test_every_concern_of_status_is_a_chapter_or_says_what_to_do() -> None:
    source = (ROOT / "shared" / "standing.py").read_text(encoding="utf-8")
    concerns = re.findall(r'append\("([^"]+)"\)', source)
    assert len(concerns) == 5
    assert [concern for concern in concerns if concern not in TEXT and "run migrate" not in concern] == []


def test_every_alert_has_a_chapter_a_line_and_metrics_that_exist() -> None:
    metrics = "".join((ROOT / "shared" / "telemetry" / "metrics.py").read_text(encoding="utf-8"))
    for rule in RULES:
        assert rule["annotations"]["chapter"] in chapters(TEXT)
        assert f"| `{rule['alert']}` |" in TEXT
        for name in re.findall(r"wayhome_([a-z_]+)", rule["expr"]):
            assert f'"{name.removesuffix("_total")}"' in metrics
