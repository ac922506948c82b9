"""Child processes end with the supervisor, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.children import Child, ChildFailed, stop_all
from deploy.local.state import alive
from shared.testing.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLEEPER = "import sys, time\nprint('up', flush=True)\ntime.sleep(600)\n"
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER


def child(tmp_path: Path, text: str, name: str = "sleeper") -> Child:
    (tmp_path / f"{name}.py").write_text(text)
    log = tmp_path / f"{name}.log"
    log.touch()
    return Child(name, [name], environment={"PYTHONPATH": str(tmp_path)}, log=log)


def gone(pid: int) -> bool:
    """No such process, or only its entry waiting for a parent to read the exit code."""
    stat = Path(f"/proc/{pid}/stat")
    return not alive(pid) or (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


async def test_sigterm_ends_it(tmp_path: Path) -> None:
    started = child(tmp_path, SLEEPER)
    await eventually(lambda: "up" in started.log.read_text())
    await stop_all([started])
    assert not started.running
    assert started.process.returncode == -signal.SIGTERM


async def test_one_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.children.DRAIN_SECONDS", 0.2)
    started = child(tmp_path, DEAF)
    await eventually(lambda: "up" in started.log.read_text())
    await stop_all([started])
    assert started.process.returncode == -signal.SIGKILL


async def test_a_failed_one_shot_child_names_its_log(tmp_path: Path) -> None:
    started = child(tmp_path, "import sys\nprint('no database', file=sys.stderr)\nsys.exit(3)\n")
    with pytest.raises(ChildFailed, match="no database"):
        await started.finished()


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is a feature of Linux")
async def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    supervisor = (
        "import pathlib, time\n"
        "from deploy.local.children import Child\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "child = Child('s', ['sleeper'], environment={'PYTHONPATH': str(here)}, log=here / 's.log')\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", supervisor], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(await asyncio.to_thread(process.stdout.readline))
    await eventually(lambda: "up" in (tmp_path / "s.log").read_text())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    await eventually(lambda: gone(pid))
