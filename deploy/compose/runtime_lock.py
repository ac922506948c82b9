"""Prints the part of requirements.lock that running needs, so that one lock serves development and the image."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

PROJECT = "wayhome"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==")
Needs = dict[tuple[str, str], list[dict[str, Any]]]


def needed(lock: dict[str, Any]) -> set[str]:
    """Every package that the project reaches without its extras and development groups."""
    graph: Needs = {}
    for package in lock["package"]:
        graph[package["name"], ""] = package.get("dependencies", [])
        for extra, wanted in package.get("optional-dependencies", {}).items():
            graph[package["name"], extra] = wanted
    found: set[tuple[str, str]] = set()
    waiting = [(PROJECT, "")]
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        for wanted in graph[place]:
            waiting += [(wanted["name"], extra) for extra in ("", *wanted.get("extra", []))]
    return {name for name, _ in found} - {PROJECT}


def runtime_lines(lock: dict[str, Any], requirements: str) -> str:
    """The blocks of those packages, with their markers and hashes."""
    names = needed(lock)
    blocks = re.split(r"\n(?=\S)", requirements)
    kept = [block.rstrip() for block in blocks if (pin := PIN.match(block)) and pin.group(1).lower() in names]
    if missing := names - {block.split("==", 1)[0].lower() for block in kept}:
        raise SystemExit(f"requirements.lock lacks {', '.join(sorted(missing))}")
    return "\n".join(kept) + "\n"


if __name__ == "__main__":
    _lock, _requirements = (Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:3])
    sys.stdout.write(runtime_lines(tomllib.loads(_lock), _requirements))
