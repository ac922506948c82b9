"""Which Kafka the tests use: the one WAYHOME_TEST_KAFKA names, else the one `make kafka` started; none is reported."""

from __future__ import annotations

import os

import pytest

from deploy.kafka.home import running_broker

VARIABLE = "WAYHOME_TEST_KAFKA"
DEMANDED = "REQUIRE_KAFKA"
MISSING = f"no Kafka: set {VARIABLE} or run `make kafka`"


def test_servers() -> str | None:
    """Where the brokers of this run are; None if there are none."""
    if named := os.environ.get(VARIABLE):
        return named
    found = running_broker()
    return str(found["servers"]) if found else None


test_servers.__test__ = False  # type: ignore[attr-defined]


def servers_or_skip() -> str:
    """The brokers; without them the test is reported as not run, or fails where Kafka is demanded."""
    found = test_servers()
    if found is not None:
        return found
    if os.environ.get(DEMANDED):
        pytest.fail(f"{DEMANDED} is set, but there is {MISSING}")
    pytest.skip(MISSING)
