"""Starts what a container runs: secret files become settings, a loopback door opens if wanted, then the module runs.

`python -m deploy.compose.entrypoint <module> [arguments]`. A file /run/secrets/WAYHOME_X becomes the setting WAYHOME_X
of this process only; the container's own environment, which `docker inspect` shows, holds no secret.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

SECRETS = Path("/run/secrets")
PREFIX = "WAYHOME_"
DOOR = "WAYHOME_LOOPBACK_DOOR"
USAGE = "usage: entrypoint <module> [arguments], for example: entrypoint services.returns parked"


def take_secrets(folder: Path, environment: MutableMapping[str, str]) -> None:
    """Every secret file named like a setting becomes that setting; one that is set already is left as it is."""
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        if file.name.startswith(PREFIX):
            environment.setdefault(file.name, file.read_text(encoding="utf-8").strip())


def main() -> None:
    """Become the module that was asked for."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0].startswith("-"):
        sys.exit(USAGE)
    take_secrets(SECRETS, os.environ)
    if os.environ.get(DOOR):
        from deploy.compose.loopback import open_door

        open_door(os.environ[DOOR])
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 - a module of this image


if __name__ == "__main__":
    main()
