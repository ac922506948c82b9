"""Health of a container, asked every few seconds in each of them, so with a socket and nothing that is slow to load.

`health http://127.0.0.1:8080/returns/health/ready` asks an address of this container; with ports after it, as in
`health http://127.0.0.1:8080/health 5432 9092`, connections to the database and to the event log must be open too.
"""

from __future__ import annotations

import socket
import sys

TIMEOUT_SECONDS = 4
ESTABLISHED = "01"
TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def answers(url: str) -> bool:
    """Whether this address, http and by number, answers 200."""
    place, _, path = url.removeprefix("http://").partition("/")
    host, _, port = place.partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS) as line:
            line.sendall(f"GET /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode("ascii"))
            return line.recv(64).split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False


def connected_ports(tables: list[str]) -> set[int]:
    """The remote ports of the connections that are open now."""
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return {int(row[2].rsplit(":", 1)[1], 16) for row in rows if len(row) > 3 and row[3] == ESTABLISHED}


def _table(path: str) -> str:
    try:
        with open(path, encoding="ascii") as opened:
            return opened.read()
    except OSError:
        return ""


def main(arguments: list[str]) -> int:
    """0 if healthy."""
    url, *ports = arguments
    if not answers(url):
        return 1
    return 0 if {int(port) for port in ports} <= connected_ports([_table(path) for path in TABLES]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
