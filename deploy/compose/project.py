"""A compose project to prove things with: its own name, address and secrets beside whatever else runs here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    """Commands on one compose project."""

    name: str
    folder: Path
    port: int
    patience_seconds: float = 300.0
    """How long a killed container may take until it is healthy again: Java needs minutes on a busy machine."""

    @property
    def url(self) -> str:
        """Where its gateway is published."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, more: str = "") -> None:
        """Its settings, and more lines of them: loopback webhooks are allowed, for the stand-in agencies."""
        (self.folder / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = {
            "WAYHOME_PORT": str(self.port),
            "WAYHOME_SECRETS": str(self.folder / "secrets"),
            "WAYHOME_ALLOW_LOOPBACK_WEBHOOKS": "true",
            "WAYHOME_LOOPBACK_DOOR": f"{self.port}=gateway:8000",
        }
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self.folder / "env").write_text(text + more, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """The command line of compose for this project."""
        return ["docker", "compose", "-p", self.name, "--env-file", str(self.folder / "env"), *arguments]

    def run(self, *arguments: str, quiet: bool = True) -> str:
        """Run it to its end; raises RuntimeError with what it said."""
        done = subprocess.run(  # noqa: S603 - our own arguments
            self.command(*arguments), cwd=ROOT, check=False, text=True, capture_output=True
        )
        if done.returncode != 0:
            raise RuntimeError(
                f"compose {' '.join(arguments[:6])} ended with {done.returncode}:\n{done.stderr[-3000:]}"
            )
        return done.stdout if quiet else done.stdout + done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run it beside us."""
        return subprocess.Popen(  # noqa: S603 - our own arguments
            self.command(*arguments), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def rows(self, service: str, statement: str) -> list[dict[str, Any]]:
        """Rows of a service's database, asked inside the database's container."""
        wrapped = f"SELECT coalesce(json_agg(answer), '[]') FROM ({statement}) AS answer"  # noqa: S608 - our own statements
        answer = self.run(
            "exec", "-T", "postgres", "psql", "-U", "postgres", "-d", f"wayhome_{service}", "-AtXc", wrapped
        )
        found: list[dict[str, Any]] = json.loads(answer)
        return found

    def token(self, role: str, *scope: str) -> str:
        """A token of the development issuer."""
        issue = ("python", "-m", "deploy.compose.issuer", "token", "--role", role, *scope)
        return self.run("exec", "-T", "issuer", *issue).strip()

    def read(self, path: str, token: str) -> Any:
        """GET through the gateway."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own gateway
            return json.load(answer)

    def container(self, service: str) -> dict[str, Any]:
        """What the engine knows about the container of a service."""
        identity = self.run("ps", "--quiet", service).strip()
        inspected = subprocess.run(  # noqa: S603 - our own arguments
            ["docker", "inspect", identity],  # noqa: S607 - as compose itself
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, Any] = json.loads(inspected.stdout)[0]
        return found

    def kill(self, service: str) -> float:
        """Kill its process from outside, as a crash would; the seconds until it is healthy again."""
        before = self.container(service)
        os.kill(before["State"]["Pid"], signal.SIGKILL)
        began = time.monotonic()
        while time.monotonic() - began < self.patience_seconds:
            now = self.container(service)
            health = now["State"].get("Health", {}).get("Status")
            if now["State"]["StartedAt"] != before["State"]["StartedAt"] and health == "healthy":
                return time.monotonic() - began
            time.sleep(0.3)
        raise TimeoutError(f"{service} is not healthy again after {self.patience_seconds:.0f} s")
