"""Makes the secrets of this deployment on first use: one file each, mode 0600, owned by the one account that reads it.

Runs in a container of its own as root with the right to change owners and nothing else, because compose mounts secret
files with the owner they have on the host: a file of the person who deploys could be read by no container user unless
it could be read by everybody. Existing files keep their content; their owner and mode are put right.
`--rotate-master-key returns` gives a service a new master key beside its earlier ones, `--forget-old-master-keys
returns` gives those up; docs/operations.md says what comes between.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("registry", "returns", "reintegration", "reporting")


@dataclass(frozen=True)
class Readers:
    """The accounts in the containers."""

    own: int
    postgres: int
    identity: int
    observability: int


def ensure(file: Path, content: str, *, owner: int) -> str:
    """Write a secret unless it is there; the answer is what the file holds."""
    if not file.exists():
        _write(file, content)
    kept = file.read_text(encoding="utf-8")
    file.chmod(0o600)
    os.chown(file, owner, owner)
    return kept


def _write(file: Path, content: str) -> None:
    """All of it or nothing: a half-written secret would lock everybody out."""
    draft = file.with_name(f".{file.name}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.rename(file)


def rotate_master_key(folder: Path, service: str) -> None:
    """A new master key; the one before is kept, newest first, until it is forgotten, and never lost in between."""
    current, old = folder / f"{service}-master-key", folder / f"{service}-old-master-keys"
    before = current.read_text(encoding="utf-8").strip()
    earlier = json.loads(old.read_text(encoding="utf-8")) if old.exists() else []
    if before not in earlier:
        _write(old, json.dumps([before, *earlier]))
    _write(current, _master_key())


def forget_old_master_keys(folder: Path, service: str) -> None:
    """Give up every earlier master key; what is still under one of them would be unreadable."""
    _write(folder / f"{service}-old-master-keys", "[]")


def make_all(folder: Path, readers: Readers, *, host: str) -> None:
    """Every secret; the administrator's password twice, for its two readers."""
    administrator = ensure(folder / "postgres-password", _password(), owner=readers.postgres)
    dsn = f"postgresql://postgres:{administrator}@{host}/postgres"
    ensure(folder / "administrator-url", dsn, owner=readers.own)
    for name in SERVICES:
        url = f"postgresql://wayhome_{name}:{_password()}@{host}/wayhome_{name}"
        ensure(folder / f"{name}-database-url", url, owner=readers.own)
        ensure(folder / f"{name}-master-key", _master_key(), owner=readers.own)
        ensure(folder / f"{name}-old-master-keys", "[]", owner=readers.own)
    password = ensure(folder / "identity-database-password", _password(), owner=readers.identity)
    ensure(
        folder / "identity-database-url",
        f"postgresql://wayhome_identity:{password}@{host}/wayhome_identity",
        owner=readers.own,
    )
    ensure(folder / "identity-administrator-password", _password(), owner=readers.identity)
    ensure(folder / "grafana-password", _password(), owner=readers.observability)


def _password() -> str:
    return secrets.token_urlsafe(24)


def _master_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def main(arguments: list[str]) -> None:
    """`make_secrets <folder> [--own-user 10001] ...`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database-host", default="postgres:5432")
    parser.add_argument("--own-user", type=int, default=10001)
    parser.add_argument("--postgres-user", type=int, default=999)
    parser.add_argument("--identity-user", type=int, default=1000)
    parser.add_argument("--observability-user", type=int, default=472)
    parser.add_argument("--rotate-master-key", choices=SERVICES, metavar="SERVICE")
    parser.add_argument("--forget-old-master-keys", choices=SERVICES, metavar="SERVICE")
    chosen = parser.parse_args(arguments)
    if chosen.rotate_master_key:
        rotate_master_key(chosen.folder, chosen.rotate_master_key)
    if chosen.forget_old_master_keys:
        forget_old_master_keys(chosen.folder, chosen.forget_old_master_keys)
    readers = Readers(chosen.own_user, chosen.postgres_user, chosen.identity_user, chosen.observability_user)
    make_all(chosen.folder, readers, host=chosen.database_host)
    names = sorted(file.name for file in chosen.folder.iterdir())
    sys.stdout.write(f"{len(names)} secrets are in place: {', '.join(names)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
