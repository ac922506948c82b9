"""Fetches the jars that `jars.lock` names, each checked against its checksum before it gets its final name."""

from __future__ import annotations

import hashlib
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("jars.lock")
CENTRAL = "https://repo.maven.apache.org/maven2"
REPOSITORY_VARIABLE = "WAYHOME_MAVEN_REPOSITORY"
ATTEMPTS = 4
AT_ONCE = 8
Say = Callable[[str], None]


class JarUnavailable(RuntimeError):
    """A jar could not be fetched, or is not what the lock says."""


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @classmethod
    def parse(cls, line: str) -> Jar:
        """`group:artifact:version sha256:<hex> <bytes>`; raises ValueError when it is something else."""
        coordinate, checksum, size = line.split()
        group, artifact, version = coordinate.split(":")
        kind, _, digest = checksum.partition(":")
        if kind != "sha256" or len(digest) != 64:
            raise ValueError(f"not a checksum: {checksum}")
        return cls(group, artifact, version, digest, int(size))

    @property
    def name(self) -> str:
        """The file name."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def path(self) -> str:
        """Where a Maven repository keeps it."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"


def locked_jars(lock: Path = LOCK) -> list[Jar]:
    """Every jar of the lock."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Jar.parse(line) for line in lines if line and not line.startswith("#")]


def fetch_jars(folder: Path, say: Say, *, jars: list[Jar] | None = None, repository: str | None = None) -> None:
    """Bring the folder to what the lock says; raises JarUnavailable. What is there and right is left alone."""
    wanted = locked_jars() if jars is None else jars
    source = repository or os.environ.get(REPOSITORY_VARIABLE) or CENTRAL
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in wanted if not _is_there(folder / jar.name, jar)]
    for stray in {path.name for path in folder.glob("*.jar")} - {jar.name for jar in wanted}:
        (folder / stray).unlink()
    if not missing:
        return
    total = sum(jar.size for jar in missing)
    say(f"Fetching {len(missing)} jars, {total / 1e6:.0f} MB.")
    done, told, began = 0, 0.0, time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for finished in as_completed([pool.submit(_fetch, jar, folder, source) for jar in missing]):
            done += finished.result().size
            if time.monotonic() - told > 1:
                told = time.monotonic()
                say(f"  {100 * done // total:3d} %  {done / 1e6:.0f} of {total / 1e6:.0f} MB")
    say(f"  all there and checked after {time.monotonic() - began:.0f} s")


def _is_there(path: Path, jar: Jar) -> bool:
    """By size only: the checksum was taken when it came, and nobody else writes here."""
    return path.is_file() and path.stat().st_size == jar.size


def _fetch(jar: Jar, folder: Path, source: str) -> Jar:
    failure = ""
    for attempt in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(f"{source}/{jar.path}", timeout=60) as answer:  # noqa: S310 - checked below
                content = answer.read(jar.size + 1)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            failure = str(error)
            time.sleep(2**attempt / 2)
            continue
        if hashlib.sha256(content).hexdigest() != jar.sha256:
            raise JarUnavailable(f"{jar.name} is not the file that jars.lock names: its checksum differs.")
        draft = folder / f".{jar.name}.{os.getpid()}"
        draft.write_bytes(content)
        draft.replace(folder / jar.name)
        return jar
    raise JarUnavailable(
        f"{jar.name} could not be fetched ({failure}); {REPOSITORY_VARIABLE} names another repository."
    )
