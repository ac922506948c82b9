"""Prints the counts of the hostile tests when a run over this folder ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.judge import Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest, record_property: Any) -> Tally:
    """The counts of this test, named after it."""
    return Tally(request.node.name, record_property)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line per test that counted."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [text for report in reports for name, text in report.user_properties if name == "hostile"]
    if lines:
        terminalreporter.section("hostile input")
        for line in sorted(set(lines)):
            terminalreporter.write_line(line)
