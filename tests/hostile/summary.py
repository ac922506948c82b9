"""Prints the counts of the hostile tests at the end of a run, whichever tests it was made of."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line per test that counted."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [text for report in reports for name, text in report.user_properties if name == "hostile"]
    if lines:
        terminalreporter.section("hostile input")
        for line in sorted(set(lines)):
            terminalreporter.write_line(line)
