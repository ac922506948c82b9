"""The supervisor starts a service, restarts it when it dies, and leaves nothing running, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local import queues
from deploy.local.state import LocalState, alive
from deploy.local.supervisor import AlreadyRunning, Supervisor
from shared.database.embedded import locate
from shared.http.trusted import ConnectionFailed, trusted_client
from shared.testing.eventually import eventually
from tests.deploy.test_children import gone

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

HOUSE = """
import asyncio, sys
from pathlib import Path
from deploy.local.state import LocalState
from deploy.local.supervisor import Supervisor

async def main():
    async with Supervisor(LocalState(Path(sys.argv[1])), services=("reporting",)) as house:
        pids = [house.children["reporting"].process.pid, house._server.pid]
        print(*pids, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[LocalState]:
    found = LocalState(tmp_path / "state")
    yield found
    found.empty()


@pytest_asyncio.fixture(loop_scope="session")
async def said() -> list[str]:
    return []


async def ready(house: Supervisor) -> bool:
    async with trusted_client(house.url) as client:
        try:
            return bool((await client.get("/reporting/health/ready")).status_code == 200)
        except ConnectionFailed:
            return False


async def test_a_killed_service_comes_back_and_the_stop_is_complete(state: LocalState, said: list[str]) -> None:
    async with Supervisor(state, say=said.append, services=("reporting",)) as house:
        first = house.children["reporting"].process.pid
        with pytest.raises(AlreadyRunning):
            await Supervisor(state, services=("reporting",)).__aenter__()
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: house.restarts == 1, within=10)
        await eventually(lambda: ready(house), within=30)
        assert [queue.parked for queue in await queues.look(house.databases)] == [0]
        pids = [first, house.children["reporting"].process.pid, house._server.pid]
    assert [pid for pid in pids if pid is None or not gone(pid)] == []
    assert state.running() is None
    assert any("starting it again" in line for line in said)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is a feature of Linux")
async def test_after_a_killed_supervisor_the_next_one_starts_on_the_same_state(state: LocalState) -> None:
    """And the first begins anew, whatever a state that was removed by hand has left where the cluster lies."""
    home = locate(state.database).home
    left = home / "left"
    left.mkdir(parents=True)
    command = [sys.executable, "-c", HOUSE, str(state.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    service, database = map(int, process.stdout.readline().split())
    process.stdout.close()
    assert not left.exists()
    left.mkdir()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    await eventually(lambda: gone(service), within=30)
    async with Supervisor(state, services=("reporting",)) as house:
        assert gone(database)
        assert await ready(house)
    assert left.exists()


async def test_emptying_removes_the_cluster_and_the_secrets(state: LocalState) -> None:
    state.secrets()
    cluster = locate(state.database).home
    cluster.mkdir(parents=True, exist_ok=True)
    state.empty()
    assert not cluster.exists()
    assert not state.folder.exists()
    assert alive(os.getpid())
