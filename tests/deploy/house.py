"""A whole deployment with its cast, as a fixture: real processes, real addresses, a silent narrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from deploy.local import queues
from deploy.local.cast import Cast
from deploy.local.client import Lines
from deploy.local.narration import Narrator
from deploy.local.setting import make_setting
from deploy.local.state import LocalState, free_port
from deploy.local.supervisor import Supervisor
from tests.kafka import servers_or_skip


class House:
    """A running deployment with its cast."""

    def __init__(self, supervisor: Supervisor, cast: Cast, narrator: Narrator) -> None:
        self.supervisor = supervisor
        self.cast = cast
        self.narrator = narrator

    async def rows(self, service: str, statement: str) -> list[Any]:
        return await queues.fetch(self.supervisor.databases[service], statement)


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """On the embedded log, or on the engine that the test is parametrised with."""
    engine = getattr(request, "param", "embedded")
    if engine == "kafka":
        servers_or_skip()  # it brings its own broker; this says whether one can be had here
    state = LocalState(tmp_path / "state", engine=engine)
    narrator = Narrator(Console(file=StringIO()))
    async with Supervisor(state, port=free_port(), say=narrator.say) as supervisor:
        lines = Lines(supervisor.addresses)
        cast = Cast(lines=lines, issuer=state.issuer(supervisor.port))
        await make_setting(cast, supervisor.agencies, state, narrator)
        yield House(supervisor, cast, narrator)
        await lines.close()
    state.empty()
