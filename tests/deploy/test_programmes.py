"""The rule tables that come with Wayhome are told on the command line, with what is not in them; that each can be
drafted and published is shown by tests/registry/test_check_cases.py."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local import programmes
from deploy.local.cli import cli

HERE = ["GEO", "ARM"]


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
