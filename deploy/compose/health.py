"""Health of a container with nothing but the standard library: an address answers, or connections to peers are open.

`health http http://127.0.0.1:8080/returns/health/ready` or, for a worker, which serves nothing,
`health connected 5432 9092`: connections to the database and to the event log are open.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path

TIMEOUT_SECONDS = 4
ESTABLISHED = "01"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def answers(url: str) -> bool:
    """Whether this address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def connected_ports(tables: list[str]) -> set[int]:
    """The remote ports of the connections that are open now."""
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return {int(row[2].rsplit(":", 1)[1], 16) for row in rows if len(row) > 3 and row[3] == ESTABLISHED}


def main(arguments: list[str]) -> int:
    """0 if healthy."""
    kind, *rest = arguments
    if kind == "http":
        return 0 if all(answers(url) for url in rest) else 1
    open_now = connected_ports([table.read_text(encoding="ascii") for table in TABLES if table.exists()])
    return 0 if {int(port) for port in rest} <= open_now else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
