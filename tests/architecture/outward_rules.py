"""A rule about what leaves: every payload type that the disclosure matrix allows somebody is sent by something."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.source import sources

REGISTRY = "services/registry"
MATRIX = f"{REGISTRY}/domain/disclosure_matrix.py"
QUESTIONS = frozenset({"in_", "not_in", "col", "frozenset"})
"""What only asks for a type, or lists types, sends nothing."""


def outward_types_have_a_sender(root: Path) -> list[str]:
    """A type is sent where a command or consumer gives it to a call, by its name, by a constant of the matrix, or in a
    table by which one of several types is chosen."""
    path = root / MATRIX
    if not path.exists():
        return []
    names = _assigned(ast.parse(path.read_text(encoding="utf-8")))
    allowed = names.get("ALLOWED")
    types = set(_texts(allowed, names, keys=False)) if allowed is not None else set()
    senders = sources(root, f"{REGISTRY}/commands", f"{REGISTRY}/consumers")
    sent = {text for source in senders for text in _sent(source.tree, names)}
    return [f"{MATRIX}: nothing sends {name}" for name in sorted(types - sent)]


def _assigned(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            several = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if several else [(target, value)]  # type: ignore[attr-defined]
            found |= {name.id: given for name, given in pairs if isinstance(name, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _texts(node: ast.AST, names: Mapping[str, ast.expr], *, keys: bool = True) -> Iterator[str]:
    """Every text in an expression, names of constants resolved; of a table only what its keys lead to, if so wanted."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in names:
        yield from _texts(names[node.id], names)
    elif isinstance(node, ast.Dict) and not keys:
        for value in node.values:
            yield from _texts(value, names)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child, names)


def _sent(tree: ast.Module, matrix: Mapping[str, ast.expr]) -> Iterator[str]:
    own = _assigned(tree)
    tables = {name: value for name, value in own.items() if isinstance(value, ast.Dict)}
    names = {**matrix, **own}
    for table in tables.values():
        yield from _texts(table, names, keys=False)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) not in QUESTIONS:
            for given in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if isinstance(given, ast.Constant | ast.Name):
                    yield from _one(given, names)


def _one(node: ast.Constant | ast.Name, names: Mapping[str, ast.expr]) -> Iterator[str]:
    """A text, or a constant that is one; never all that a list or table holds."""
    value = names.get(node.id) if isinstance(node, ast.Name) else node
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def _called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
