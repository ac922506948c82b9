"""What is known of who somebody is: names in their own script and in Latin letters, and whether that is complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.returns.domain.partial_date import PartialDate
from shared.names import to_latin

LATIN_NAMES = ("family_name", "given_names", "single_name")


def with_transliteration(identity: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the name in Latin letters beside the original script, and who wrote it so.

    What a travel document or the person says is kept; only what nobody said is made by rule, and marked `machine`.
    """
    known = dict(identity)
    original = known.get("name_in_original_script")
    made = known.get("transliteration_by") == "machine"
    if original and (made or not known.get("transliteration")):
        known |= {"transliteration": to_latin(original), "transliteration_by": "machine"}
    elif known.get("transliteration"):
        known.setdefault("transliteration_by", "person")
    return known


def is_complete(identity: Mapping[str, Any], born: PartialDate | None) -> bool:
    """Whether this is somebody: a name in any script and at least a year of birth."""
    named = any(identity.get(name) for name in (*LATIN_NAMES, "name_in_original_script"))
    return bool(named) and born is not None
