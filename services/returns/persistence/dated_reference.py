"""Reads dated reference files of this service: limits and periods with the day they hold from and their sources."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

FOLDER = "services.returns.persistence.reference"


@cache
def reference(name: str) -> dict[str, Any]:
    """The content of one file, for example `caseload-import-v1`; every one names `valid_from` and `sources`."""
    content: dict[str, Any] = json.loads(resources.files(FOLDER).joinpath(f"{name}.json").read_bytes())
    return content
