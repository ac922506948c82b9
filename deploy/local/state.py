"""What the one-machine deployment keeps between starts: secrets, logs, and where it is running now."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.auth.local_issuer import LocalIssuer
from shared.database.embedded import locate

SERVICES = ("registry", "returns", "reintegration", "reporting")
PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000


ENGINES = ("embedded", "kafka")


def default_folder(engine: str) -> Path:
    """Where the state of this engine of the event log lives, unless WAYHOME_STATE names another folder for it."""
    named = os.environ.get("WAYHOME_STATE")
    return (Path(named) if named else PROJECT / ".local" / "state") / engine


@dataclass(frozen=True)
class Secrets:
    """Made once, readable by this account only."""

    passwords: dict[str, str]
    master_keys: dict[str, str]
    port: int

    @classmethod
    def generate(cls) -> Secrets:
        """New secrets for a new state."""
        names = [*SERVICES, "log"]
        return cls(
            passwords={name: secrets.token_urlsafe(24) for name in names},
            master_keys={name: base64.b64encode(secrets.token_bytes(32)).decode() for name in SERVICES},
            port=free_port(DEFAULT_PORT),
        )


class LocalState:
    """The state folder of one deployment."""

    def __init__(self, folder: Path | None = None, *, engine: str = ENGINES[0]) -> None:
        self.engine = engine
        self.folder = (folder or default_folder(engine)).resolve()
        self.logs = self.folder / "logs"
        self.documents = self.folder / "documents"
        self._secrets = self.folder / "secrets.json"
        self._running = self.folder / "running.json"

    def prepare(self) -> None:
        """Make the folders; existing ones keep their modes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def empty(self) -> None:
        """Forget everything: secrets, logs and the database cluster."""
        self.forget_cluster()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def database(self) -> Path:
        """The folder that names the PostgreSQL cluster of this state."""
        return self.folder / "postgresql"

    @property
    def is_new(self) -> bool:
        """Whether nothing was kept yet, and so no key either."""
        return not self._secrets.exists()

    def secrets(self) -> Secrets:
        """The secrets, made on first use."""
        if self.is_new:
            self._write(self._secrets, Secrets.generate().__dict__)
        return Secrets(**json.loads(self._secrets.read_text(encoding="utf-8")))

    def issuer(self, port: int) -> LocalIssuer:
        """The issuer at /identity; its key is made on first use."""
        return LocalIssuer.at(self.folder / "issuer.pem", issuer=f"http://127.0.0.1:{port}/identity")

    def remembered(self, name: str) -> dict[str, Any]:
        """What an earlier run wrote down under this name; empty if nothing."""
        path = self.folder / f"{name}.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def remember(self, name: str, facts: dict[str, Any]) -> None:
        """Write something down for the next run."""
        self._write(self.folder / f"{name}.json", facts)

    def announce(self, **facts: Any) -> None:
        """Say where this deployment is running, for `wayhome token` and `wayhome status`."""
        self._write(self._running, {"supervisor": os.getpid(), **facts})

    def retract(self) -> None:
        """It is not running any more."""
        self._running.unlink(missing_ok=True)

    def running(self) -> dict[str, Any] | None:
        """What the running supervisor announced; None if there is none."""
        if not self._running.exists():
            return None
        facts: dict[str, Any] = json.loads(self._running.read_text(encoding="utf-8"))
        return facts if alive(facts["supervisor"]) else None

    def forget_cluster(self) -> None:
        """Remove the database cluster, wherever it lies; nobody may run on it."""
        shutil.rmtree(locate(self.database).home, ignore_errors=True)

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        self.prepare()
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
        draft.replace(path)


def free_port(wanted: int = 0) -> int:
    """The wanted port if nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


def alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
