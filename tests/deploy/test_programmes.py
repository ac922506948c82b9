"""The rule tables that come with Wayhome get into a registry as drafts, by hand or from the command line."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local import programmes
from deploy.local.cli import cli
from shared.testing.plugin import Run

HERE = ["GEO", "ARM"]


@pytest.mark.asyncio(loop_scope="session")
async def test_every_table_can_be_drafted_and_published_by_somebody_else(running: Run) -> None:
    service = await running("registry")
    author = service.client("programme_manager", subject="pm-1")
    other = service.client("programme_manager", subject="pm-2")

    async def do(path: str, body: dict[str, Any]) -> Any:
        answer = await author.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    for name in programmes.names():
        first = programmes.shipped(name)["valid_from"] or "2026-01-01"
        drafted = await programmes.draft(do, name, destinations=HERE, valid_from=first)
        assert (await author.post(drafted.publication)).json()["slug"] == "publication-needs-another"
        assert (await other.post(drafted.publication)).status_code == 200, name


@pytest.mark.asyncio(loop_scope="session")
async def test_a_table_without_a_first_day_wants_one_before_anything_is_entered() -> None:
    async def never(path: str, body: dict[str, Any]) -> Any:
        raise AssertionError(path)

    with pytest.raises(programmes.NotLoaded, match="first day"):
        await programmes.draft(never, "deu-reag-garp-4000", destinations=HERE)
    with pytest.raises(programmes.NotLoaded, match="there is no such table"):
        await programmes.draft(never, "atlantis", destinations=HERE)


def test_the_command_line_lists_tables_and_tells_what_is_not_in_them() -> None:
    listed = CliRunner().invoke(cli, ["programmes"])
    assert all(name in listed.output for name in programmes.names())
    shown = CliRunner().invoke(cli, ["programmes", "bel-fedasil"])
    assert "no figures in the source" in shown.output
    assert CliRunner().invoke(cli, ["programmes", "atlantis"]).exit_code == 1
