"""The two locks say the same: uv.lock for uv, requirements.lock for pip; and uv.lock fits pyproject.toml."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.architecture.source import ROOT

Pins = dict[tuple[str, str], frozenset[str]]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
HOST = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|https?://|^-[ief] ", re.MULTILINE)


def differences(root: Path) -> list[str]:
    """What one lock says and the other does not, and what pyproject.toml asks for and uv.lock does not."""
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    requirements = (root / "requirements.lock").read_text(encoding="utf-8")
    return [
        *_between(_uv_pins(lock), _pip_pins(requirements)),
        *[f"requirements.lock names a host or a folder: {match.group()}" for match in HOST.finditer(requirements)],
        *_against_project(lock, tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))),
    ]


def _between(uv: Pins, pip: Pins) -> list[str]:
    found = [f"{name} {version} is only in uv.lock" for name, version in sorted(uv.keys() - pip.keys())]
    found += [f"{name} {version} is only in requirements.lock" for name, version in sorted(pip.keys() - uv.keys())]
    found += [f"{pin[0]} {pin[1]}: the hashes differ" for pin in sorted(uv.keys() & pip.keys()) if uv[pin] != pip[pin]]
    found += [f"{pin[0]} {pin[1]} has no hash" for pin in sorted(pip) if not pip[pin]]
    return found


def _uv_pins(lock: dict[str, Any]) -> Pins:
    pins: Pins = {}
    for package in lock["package"]:
        if "registry" not in package["source"]:
            continue
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        pins[package["name"], package["version"]] = frozenset(entry["hash"] for entry in files)
    return pins


def _pip_pins(text: str) -> Pins:
    pins: Pins = {}
    for block in re.split(r"\n(?=\S)", text):
        if found := PIN.match(block):
            pins[found.group(1).lower(), found.group(2)] = frozenset(HASH.findall(block))
    return pins


def _against_project(lock: dict[str, Any], project: dict[str, Any]) -> list[str]:
    own = next(package for package in lock["package"] if package["name"] == project["project"]["name"])
    asked = [*project["project"]["dependencies"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        asked += extra
    known = {_key(entry) for entry in own["metadata"].get("requires-dist", [])}
    found = [f"pyproject.toml asks for {text}; uv.lock does not know it" for text in asked if _asked(text) not in known]
    groups = own["metadata"].get("requires-dev", {})
    for name, entries in project.get("dependency-groups", {}).items():
        known = {_key(entry) for entry in groups.get(name, [])}
        found += [f"group {name} asks for {text}; uv.lock does not" for text in entries if _asked(text) not in known]
    return found


def _key(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["name"].lower(), entry.get("specifier", "").replace(" ", "")


def _asked(text: str) -> tuple[str, str]:
    requirement = text.split(";", 1)[0].strip()
    name = re.split(r"[\[<>=!~ ]", requirement, maxsplit=1)[0]
    specifier = re.sub(r"^\[[^]]*\]", "", requirement[len(name) :])
    return name.lower().replace("_", "-"), specifier.replace(" ", "")


def main() -> int:
    """Print the differences; for `make check`."""
    found = differences(ROOT)
    sys.stdout.write("\n".join(found or ["locks: uv.lock, requirements.lock and pyproject.toml agree"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
