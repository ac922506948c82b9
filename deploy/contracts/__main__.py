"""python -m deploy.contracts [--check]: write the contract documents of the whole house, or say which are stale."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from deploy.contracts.documents import ROOT, differences, documents, services, write


def main(
    check: Annotated[bool, typer.Option("--check", help="Compare only; exit 1 if a document is stale.")] = False,
) -> None:
    """OpenAPI documents, the AsyncAPI document and docs/events.md, from the services' own classes."""
    wanted = documents(services())
    if not check:
        for line in write(ROOT, wanted):
            typer.echo(line)
        return
    found = differences(ROOT, wanted)
    for line in found or [f"contracts: all {len(wanted)} documents are as the code says"]:
        typer.echo(line, err=bool(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    typer.run(main)
