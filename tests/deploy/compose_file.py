"""The compose file as data: parsed, merged, and asked the questions the tests ask."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = (ROOT / "docker-compose.yml", ROOT / "deploy" / "compose" / "optional.yml")
SERVICES = ("registry", "returns", "reintegration", "reporting")
OWN_PROCESSES = {f"{name}{part}" for name in SERVICES for part in ("", "-worker", "-migrate")}
OWN = {*OWN_PROCESSES, "gateway", "issuer", "provision", "stand-in-agencies"}
ONCE = {"secrets", "provision", "stand-in-agencies", *(f"{name}-migrate" for name in SERVICES)}
WITHOUT_HEALTH = ONCE | {"collector"}
VARIABLE = re.compile(r"\$\{[A-Z_]+:?[-?+]")


def parsed(file: Path) -> dict[str, Any]:
    """One file with its anchors merged; variables are left as they are."""
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@cache
def compose() -> dict[str, Any]:
    """Both files as compose sees them together."""
    files = [parsed(file) for file in FILES]
    sections = ("services", "networks", "volumes", "secrets")
    return {section: {name: entry for file in files for name, entry in file[section].items()} for section in sections}


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def schema() -> dict[str, Any]:
    """The compose specification."""
    text = (ROOT / "deploy" / "compose" / "compose-spec.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def secret_names(service: dict[str, Any]) -> list[str]:
    return [entry if isinstance(entry, str) else entry["source"] for entry in service.get("secrets", [])]


def compose_program() -> list[str] | None:
    """How to call Compose 2 here: Docker's plugin, or the program that deploy/compose/fetch_compose.sh got."""
    fetched = ROOT / ".local" / "compose-program" / "docker-compose"
    for command in (["docker", "compose"], [str(fetched)]):
        if shutil.which(command[0]) is None:
            continue
        asked = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=False)
        if asked.returncode == 0 and int(asked.stdout.lstrip("v").split(".")[0]) >= 2:
            return command
    return None
