"""The demo as somebody sees it who types it: it starts, answers, stops completely, and starts again on what it kept."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.state import ENGINES, LocalState, free_port
from shared.http.trusted import trusted_client
from tests.deploy.test_children import gone
from tests.kafka import servers_or_skip

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

WAYHOME = [sys.executable, "-m", "deploy.local.cli"]


class Play:
    """One run of the demo with its output."""

    def __init__(self, folder: Path, *options: str) -> None:
        environment = {**os.environ, "WAYHOME_STATE": str(folder)}
        self.process = subprocess.Popen(
            [*WAYHOME, "demo", *options], stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()
        self.process.stdout.close()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def until(self, words: str, *, within: float = 200.0) -> None:
        with self._news:
            seen = self._news.wait_for(lambda: words in self.text or self.process.poll() is not None, within)
        assert seen, self.text
        assert words in self.text, self.text

    def end(self, *, within: float = 200.0) -> int:
        return self.process.wait(within)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "state"
    yield place
    for engine in ENGINES:
        LocalState(place / engine).empty()


def ask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WAYHOME_STATE": str(folder)}
    return subprocess.run([*WAYHOME, *arguments], capture_output=True, text=True, env=environment, check=False)


async def test_the_demo_runs_answers_stops_and_starts_again(folder: Path) -> None:
    port = str(free_port())
    first = Play(folder, "--cases", "3", "--seed", "5", "--port", port)
    first.until("Everything keeps running")
    facts = json.loads((folder / "embedded" / "running.json").read_text())
    assert "parked 0" in ask(folder, "status").stdout
    assert ask(folder, "parked").stdout.strip() == "nothing is parked"
    standing = ask(folder, "service", "returns", "status")
    assert (standing.returncode, "0 parked" in standing.stdout) == (0, True), standing.stdout + standing.stderr
    assert ask(folder, "service", "identity", "status").returncode == 2
    await _a_caseworker_reads(facts["url"], ask(folder, "token", "--role", "caseworker", "--office", "ZRH").stdout)
    first.process.send_signal(signal.SIGINT)
    assert first.end() == 0
    pids = [facts["supervisor"], *facts["children"].values()]
    assert [pid for pid in pids if not gone(pid)] == []
    assert not (folder / "embedded" / "running.json").exists()

    again = Play(folder, "--once", "--cases", "2", "--seed", "6", "--port", port)
    assert again.end() == 0, again.text
    assert "of the earlier start are still there" in again.text
    assert "Outboxes are empty, nothing is parked." in again.text
    assert "failed" not in first.text + again.text
    assert ask(folder, "status").returncode == 1


async def _a_caseworker_reads(url: str, token: str) -> None:
    async with trusted_client(url, headers={"Authorization": f"Bearer {token.strip()}"}) as client:
        listed = (await client.get("/returns/v1/cases", params={"limit": 200})).json()["items"]
        assert len(listed) == 5  # the family, the brother, and three of the season
        shown = await client.get(f"/returns/v1/cases/{listed[-1]['id']}")
        assert shown.status_code == 200


async def test_a_second_supervisor_on_the_same_port_says_so(folder: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        play = Play(folder, "--once", "--cases", "0", "--port", str(port))
        assert play.end() == 1
    assert f"Port {port} is taken" in play.text


async def test_the_demo_runs_on_kafka(folder: Path) -> None:
    servers_or_skip()
    play = Play(folder, "--kafka", "--once", "--cases", "2", "--seed", "7", "--port", str(free_port()))
    assert play.end() == 0, play.text
    assert "Apache Kafka is up." in play.text
    assert "Outboxes are empty, nothing is parked." in play.text
