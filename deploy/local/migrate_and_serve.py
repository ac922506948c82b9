"""What a child of the supervisor runs: bring the database up to date, then become the service itself."""

from __future__ import annotations

import os
import subprocess
import sys


def main() -> None:
    """`python -m deploy.local.migrate_and_serve services.<name>`: two steps, as an operator takes them."""
    module = sys.argv[1]
    done = subprocess.run([sys.executable, "-m", module, "migrate"], check=False)  # noqa: S603 - our own module
    if done.returncode != 0:
        sys.exit(done.returncode)
    os.execv(sys.executable, [sys.executable, "-m", module, "all"])  # noqa: S606 - our own module


if __name__ == "__main__":
    main()
