"""The two sides of a partnership: which party stands on which, and who is whose counterpart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HOST, PARTNER = "host", "partner"
SIDES = (HOST, PARTNER)
SIGNATORIES = frozenset({"country", "union", "regional_body", "country_group"})
"""Kinds of party that can be a side of their own; organisations take part without being one."""


def other(side: str) -> str:
    """The counterpart of a side."""
    return PARTNER if side == HOST else HOST


def with_sides(parties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parties, each with its side.

    Left out, it follows from the roles: a destination that is not also an origin stands on the host side. If that
    leaves a side empty, the first party is the host side and the others are the partner side.
    """
    placed = [{**party, "side": party.get("side") or _natural(party)} for party in parties]
    if {party["side"] for party in placed} == set(SIDES) or any(party.get("side") for party in parties):
        return placed
    return [{**party, "side": PARTNER if number else HOST} for number, party in enumerate(parties)]


def side_of_country(parties: Sequence[Mapping[str, Any]], country: str) -> str | None:
    """The side a country stands on; None when it is no party, or stands on both."""
    sides = {party.get("side") for party in parties if party.get("code") == country}
    return str(sides.pop()) if len(sides) == 1 and None not in sides else None


def sides_without_party(parties: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sides for which no country, union or group of countries stands."""
    held = {party.get("side") for party in parties if party.get("kind") in SIGNATORIES}
    return [side for side in SIDES if side not in held]


def _natural(party: Mapping[str, Any]) -> str:
    roles = set(party.get("roles", ()))
    return HOST if "destination" in roles and "origin" not in roles else PARTNER
