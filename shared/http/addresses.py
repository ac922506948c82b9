"""Which addresses a webhook must never be sent to: everything that is not a public unicast address, however it is
wrapped.

The standard library's `is_global` calls several of these global, so the list is explicit (sources: IANA special-
purpose registries for IPv4
and IPv6; RFC 6052, 3056, 4380, 8215). Of IPv6 only the range that is given out at all is public (RFC 4291, 2.4).
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REFUSED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""What is outside (::/96, mapped and translated IPv4, NAT64, fc00::/7, fe80::/10, fec0::/10, multicast) is refused."""
REFUSED_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # fmt: skip


def is_refused(address: str) -> bool:
    """Whether nothing may be sent to this address; an address that cannot be read is refused."""
    try:
        parsed: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(parsed, ipaddress.IPv4Address):
        return any(parsed in network for network in REFUSED_V4)
    return parsed not in PUBLIC_V6 or any(parsed in network for network in REFUSED_V6)


def is_loopback(address: str) -> bool:
    """Whether this is this very machine; allowed only where a developer configured it."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
