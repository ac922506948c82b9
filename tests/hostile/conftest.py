"""The counts of one hostile test."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.judge import Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest, record_property: Any) -> Tally:
    """The counts of this test, named after it."""
    return Tally(request.node.name, record_property)
