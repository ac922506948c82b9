"""Who comes to a door without a token: their address by the hops that are trusted, and how often in this minute.

An address is personal data. It is looked at, turned into a keyed digest in memory, and forgotten with the minute; it is
in no table, log, metric or trace.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

FORWARDED = "x-forwarded-for"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_CALLERS = 50_000
"""Kept in one minute. Whoever comes after that is not counted, so that a crowd shuts nobody out; the ceiling of the
whole door holds then."""
V6_BITS = 64
"""One household or phone has at least as many IPv6 addresses (RFC 6177), so that a caller is such a network."""


def read_networks(text: str) -> tuple[Network, ...]:
    """`127.0.0.1, 10.0.0.0/8`; raises ValueError."""
    return tuple(ipaddress.ip_network(entry.strip()) for entry in text.split(",") if entry.strip())


def caller_of(peer: str | None, forwarded: Iterable[str], trusted: Iterable[Network]) -> str:
    """The address a request came from: what the last hop says if that hop is trusted, else the hop itself.

    Of several addresses the last one counts: it is the one that the trusted hop has seen; those before it anybody
    could have written.
    """
    hop = _address(peer or "")
    said = [entry.strip() for line in forwarded for entry in line.split(",")]
    if hop is None or not said or not any(hop in network for network in trusted):
        return _network(hop)
    return _network(_address(said[-1]) or hop)


class CallerPace:
    """Counts requests by door and caller within one minute, in one process."""

    def __init__(self, *, most_callers: int = MOST_CALLERS) -> None:
        self._most, self._minute, self._key = most_callers, datetime.min.replace(tzinfo=UTC), b""
        self._counts: dict[bytes, int] = {}

    def count(self, door: str, caller: str, *, now: datetime) -> int:
        """Count one more; how many it was in this minute. A clock that is a little behind starts nothing again."""
        minute = now.replace(second=0, microsecond=0)
        if minute > self._minute:
            self._minute, self._key, self._counts = minute, secrets.token_bytes(32), {}
        digest = hmac.digest(self._key, f"{door}|{caller}".encode(), "sha256")[:16]
        if digest not in self._counts and len(self._counts) >= self._most:
            return 1
        self._counts[digest] = self._counts.get(digest, 0) + 1
        return self._counts[digest]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/{V6_BITS}", strict=False))
    return str(address)
