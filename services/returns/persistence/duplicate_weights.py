"""The weights by which two records are compared, as dated data with its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.returns.persistence.dated_reference import reference

WEIGHTS = "duplicate-weights-v1"


def duplicate_weights() -> Mapping[str, Any]:
    """What each finding weighs, and from which weight on a pair is shown or likely."""
    return reference(WEIGHTS)
