"""The commands of the run-book as data, and what is wrong with each: a target, container, verb, option or address not there."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from tests.deploy.compose_file import ROOT, SERVICES, services

BOOK = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`((?:docker|make|curl|python|\.venv/bin/\w+) [^`]+)`")
ROUTE = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE) (/[a-z]+/v1/[^\s`]+)`?")
COMPOSE_VERBS = {"up", "exec", "run", "stop", "start", "restart", "ps", "logs", "build"}
WITH_VALUE = {"--profile", "--since", "--scale", "--entrypoint", "-e", "--env-file", "-f", "-p"}
TOOLS = {"psql", "pg_dump", "pg_restore", "tar", "/var/lib/wayhome/issuer.pem"}
PLAIN = {"mkdir", "rm", "git"}
DOCKER = {"tag", "builder", "system"}


def commands(text: str) -> list[str]:
    """Every command in the blocks and inline, one line each."""
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    written = [line for line in lines if line and not line.startswith("#")]
    return [*written, *INLINE.findall(text)]


def faults(line: str) -> list[str]:
    """What does not exist in one command."""
    inner = re.findall(r"\$\(([^()]*)\)", line)
    words = shlex.split(re.sub(r"\$\([^()]*\)", "ANSWER", line))
    while words and re.match(r"^[A-Za-z_]+=", words[0]):
        words = words[1:]
    found = [fault for command in inner for fault in faults(command)]
    return [*found, *(_of_program(words) if words else ())]


def _of_program(words: list[str]) -> Iterator[str]:
    program, rest = words[0], words[1:]
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        yield from (f"no target {name}" for name in rest if not re.search(rf"^{name}:", makefile, re.MULTILINE))
    elif words[:2] == ["docker", "compose"]:
        yield from _of_compose(rest[1:])
    elif program == ".venv/bin/wayhome":
        yield from _of_wayhome(rest)
    elif program in ("python", ".venv/bin/python"):
        yield from _of_module(rest)
    elif program == "curl":
        method = rest[rest.index("-X") + 1] if "-X" in rest else "GET"
        yield from _of_route(method, next(word for word in rest if word.startswith("$url")).removeprefix("$url"))
    elif program not in PLAIN and not (program == "docker" and rest[0] in DOCKER):
        yield f"unknown program {program}"


def _plain(words: list[str]) -> list[str]:
    """Without options and their values, up to what looks like a redirection."""
    kept: list[str] = []
    skip = False
    for word in words:
        if word in ("<", ">", "|"):
            break
        if not skip and not word.startswith("-"):
            kept.append(word)
        skip = word in WITH_VALUE
    return kept


def _of_compose(words: list[str]) -> Iterator[str]:
    verb, *rest = _plain(words)
    if verb not in COMPOSE_VERBS:
        yield f"unknown verb of compose {verb}"
    named = rest[:1] if verb in ("exec", "run") else rest
    yield from (f"no container {name}" for name in named if name not in services())
    if verb in ("exec", "run") and len(rest) > 1:
        yield from _inside(words[words.index(named[0], words.index(verb)) + 1 :])


def _inside(words: list[str]) -> Iterator[str]:
    """What runs in a container: a program, or a module where the image's own entry starts it."""
    if words[0] == "python" and words[1] == "-c":
        return
    if words[0] == "python":
        arguments = words[2:]
        yield from _of_module(["-m", *(arguments[1:] if arguments[0] == "deploy.compose.entrypoint" else arguments)])
    elif words[0] not in TOOLS:
        yield from _of_module(["-m", *words])


def _of_wayhome(words: list[str]) -> Iterator[str]:
    if words[0] == "service" and len(words) > 2:
        yield from _of_module(["-m", f"services.{words[1]}", *words[2:]])
    else:
        yield from _of_typer(importlib.import_module("deploy.local.cli").cli, words)


def _of_module(words: list[str]) -> Iterator[str]:
    module, *arguments = words[1:]
    if module == "deploy.compose.make_secrets":
        source = (ROOT / "deploy" / "compose" / "make_secrets.py").read_text(encoding="utf-8")
        yield from (f"{module}: no {word}" for word in arguments if word.startswith("--") and f'"{word}"' not in source)
    elif module in {f"services.{name}" for name in SERVICES}:
        yield from _of_typer(_command_line(module), arguments)
    elif module == "deploy.compose.issuer":
        yield from _of_typer(importlib.import_module(module).cli, arguments)
    else:
        yield f"unknown module {module}"


def _command_line(module: str) -> typer.Typer:
    """A service's own commands, if it adds any, or those that all have."""
    main = importlib.import_module(f"{module}.__main__")
    made: typer.Typer = getattr(main, "cli", None) or main.service_cli(main.SERVICE)
    return made


def _of_typer(cli: typer.Typer, words: list[str]) -> Iterator[str]:
    group: Any = typer.main.get_command(cli)
    if words[0] not in group.commands:
        yield f"no command {words[0]}"
        return
    options = {name for parameter in group.commands[words[0]].params for name in parameter.opts}
    yield from (f"{words[0]}: no option {word}" for word in words if word.startswith("-") and word not in options)


@cache
def _paths() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in (ROOT / "docs" / "contracts" / "openapi").glob("*.json"):
        for path, entry in json.loads(file.read_text(encoding="utf-8"))["paths"].items():
            found.setdefault(re.sub(r"\{[^}]*\}", "{}", path), set()).update(entry)
    return found


def _of_route(method: str, path: str) -> Iterator[str]:
    shape = re.sub(r"\{[^}]*\}|\$[a-z_]+", "{}", path)
    if method.lower() not in _paths().get(shape, set()):
        yield f"no route {method} {path}"


def faults_of_text(text: str) -> list[str]:
    """Every fault of a page, with its command."""
    found = [f"{line}: {fault}" for line in commands(text) for fault in faults(line)]
    return [*found, *(fault for method, path in ROUTE.findall(text) for fault in _of_route(method, path))]


def chapters(text: str) -> set[str]:
    """The anchors of a page's chapters."""
    titles = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    """Links to chapters, of this page or another, or to files that are not there."""
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target for target in targets if "://" not in target and not _leads(page, *target.partition("#")[::2])]


def _leads(page: Path, file: str, anchor: str) -> bool:
    there = page.parent / file if file else page
    return there.exists() and (not anchor or anchor in chapters(there.read_text(encoding="utf-8")))
