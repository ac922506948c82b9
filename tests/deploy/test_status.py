"""`wayhome status` while the database is away: a line that says so, not a stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.cli import cli
from deploy.local.state import SERVICES, LocalState, free_port


def test_a_database_that_does_not_answer_is_a_concern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_STATE", str(tmp_path))
    nowhere = f"postgresql://postgres:unheard@127.0.0.1:{free_port()}/none"
    LocalState().announce(url="http://127.0.0.1:1", databases=dict.fromkeys((*SERVICES, "log"), nowhere), children={})
    said = CliRunner().invoke(cli, ["status"])
    assert said.exit_code == 1
    assert "concern  the database or the event log cannot be reached (ConnectionRefusedError)" in said.output
    assert "unheard" not in said.output
    assert isinstance(said.exception, SystemExit)
