"""The joint progress table: what each side says itself, side by side, and where they differ. No number sums it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registry.domain.commitment import words_of
from services.registry.domain.sides import SIDES

SAID: Mapping[str, str] = {"report": "kept", "confirm": "kept", "dispute": "not_kept", "waive": "waived"}


def commitment_columns(owner_side: str, steps: list[dict[str, Any]]) -> dict[str, dict[str, Any] | None]:
    """Each side's own last word on a commitment; None where it has said nothing yet."""
    columns: dict[str, dict[str, Any] | None] = {}
    for side in SIDES:
        word = words_of(side, owner_side=owner_side, steps=steps)
        said = {"standing": SAID[word["step"]], "remark": word.get("words"), "on": word["on"]} if word else None
        columns[side] = said
    return columns


def differ(columns: Mapping[str, Mapping[str, Any] | None]) -> bool:
    """Whether both sides have spoken and do not say the same."""
    spoken = [columns[side] for side in SIDES]
    if any(word is None for word in spoken):
        return False
    return len({word["standing"] for word in spoken if word is not None}) > 1
