"""How the demo speaks: acts, steps with their outcome and duration, and a progress bar."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Narrator:
    """Tells what happens, step by step, with the time it took."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self.started = time.monotonic()
        self.steps = 0

    def act(self, title: str) -> None:
        """A new chapter."""
        self.console.print(f"\n[bold]{escape(title)}[/bold]")

    def say(self, text: str) -> None:
        """A plain line."""
        self.console.print(f"  {escape(text)}")

    def detail(self, text: str) -> None:
        """Something worth seeing, below a step."""
        self.console.print(f"      [dim]{escape(text)}[/dim]")

    @contextmanager
    def step(self, who: str, what: str) -> Iterator[None]:
        """One step of somebody; printed when it is done, marked when it failed."""
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self.console.print(f"  [red]failed[/red] {escape(who)}: {escape(what)}")
            raise
        self.steps += 1
        took = (time.monotonic() - began) * 1000
        self.console.print(f"  [green]ok[/green] [cyan]{escape(who)}[/cyan]: {escape(what)} [dim]({took:.0f} ms)[/dim]")

    def table(self, rows: list[tuple[str, str]]) -> None:
        """Two columns, aligned."""
        width = max((len(left) for left, _ in rows), default=0)
        for left, right in rows:
            self.console.print(f"  {escape(left.ljust(width))}  {escape(right)}")

    @property
    def seconds(self) -> float:
        """Time since the demo began to speak."""
        return time.monotonic() - self.started

    def progress(self) -> Progress:
        """A progress bar with counts and the rate."""
        return Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            console=self.console,
        )
