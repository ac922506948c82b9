"""Python files of a tree, parsed; every rule takes the tree's root so that it also runs on a planted one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its place in the tree, its text, its syntax tree."""

    root: Path
    path: Path

    @property
    def place(self) -> str:
        """The path from the root, with forward slashes."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the file name."""
        return self.path.relative_to(self.root).parts

    @property
    def package(self) -> str:
        """The dotted package this file's relative imports start from."""
        return ".".join(self.parts[:-1])

    @cached_property
    def text(self) -> str:
        """What the file says."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, filename=self.place)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything imported, inside functions too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    above = self.package.split(".")[: len(self.package.split(".")) - node.level + 1]
                    base = ".".join([*above, base] if base else above)
                for alias in node.names:
                    yield node.lineno, f"{base}.{alias.name}"


def sources(root: Path, *folders: str) -> Iterator[Source]:
    """Every Python file below these folders of the tree."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if "__pycache__" not in path.parts:
                yield Source(root, path)


def services(root: Path) -> list[Path]:
    """The services of the tree."""
    return sorted(path for path in (root / "services").iterdir() if (path / "__init__.py").exists())
