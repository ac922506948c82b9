"""Reads the texts of pages that people see, by language."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def page_texts(name: str) -> dict[str, dict[str, Any]]:
    """The texts of one page by language."""
    held = resources.files("services.returns.api.texts").joinpath(f"{name}.json")
    found: dict[str, dict[str, Any]] = json.loads(held.read_text(encoding="utf-8"))
    return found


def spoken(name: str, wanted: str) -> str:
    """The language of a page nearest to the one wanted; English where there is none."""
    language = wanted.split("-", 1)[0]
    return language if language in page_texts(name) else "en"
