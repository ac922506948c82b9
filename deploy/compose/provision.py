"""Gives every service its own database and its own role, with the password that its secret file holds; repeatable."""

from __future__ import annotations

import asyncio
import os
import sys
from urllib.parse import unquote, urlsplit

from shared.database.provision import provision

ADMINISTRATOR = "WAYHOME_ADMINISTRATOR_URL"
SUFFIX = "_DATABASE_URL"


async def provision_all(administrator: str, urls: list[str]) -> list[str]:
    """One role and one database for each address; the names of the databases."""
    made = []
    for url in urls:
        parts = urlsplit(url)
        role, database = parts.username or "", parts.path.lstrip("/")
        await provision(administrator, database=database, role=role, password=unquote(parts.password or ""))
        made.append(database)
    return made


def main() -> None:
    """Every WAYHOME_..._DATABASE_URL that this container was given."""
    urls = [value for name, value in sorted(os.environ.items()) if name.endswith(SUFFIX)]
    made = asyncio.run(provision_all(os.environ[ADMINISTRATOR], urls))
    sys.stdout.write(f"databases are there, each with its own role: {', '.join(made)}\n")


if __name__ == "__main__":
    main()
