"""The services as processes, started as in production, with an issuer whose keys they fetch, and a load generator."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import asyncpg

from deploy.local.children import Child, stop_all
from deploy.local.state import PROJECT, free_port
from shared.auth.local_issuer import LocalIssuer
from shared.http.trusted import ConnectionFailed, trusted_client
from tests.bench.ground import Ground
from tests.bench.load import Plan, Seen

PATH = "/returns/v1/cases"
OFFICE, AUTHORITY, HOST, DESTINATION = "ZRH", "SEM", "CHE", "GEO"
PROGRAMME = "0199c0de-0000-7000-8000-0000000000a1"
READY_WITHIN_SECONDS = 60.0
CONNECTIONS = 8
KNOW_PROGRAMME = (
    "INSERT INTO known_programme (programme_id, host, destinations, case_kinds, closed) "
    "VALUES ($1, $2, $3::jsonb, '[\"avrr\"]', false)"
)
CASE = {
    "programme_id": PROGRAMME,
    "destination": DESTINATION,
    "office_id": OFFICE,
    "authority_id": AUTHORITY,
    "persons": [
        {
            "relation": "main_applicant",
            "sex": 2,
            "identity": {"family_name": "Beridze", "given_names": "Nino"},
            "born_on": "1990-05-01",
            "citizenships": [{"code": DESTINATION, "evidence": "passport", "chosen": True}],
        }
    ],
}


class Issuer:
    """Signs tokens and answers every request with its public keys."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/identity"
        self._issuer = LocalIssuer.generate(issuer=self.address)

    def token(self) -> str:
        """A caseworker of the one office."""
        return self._issuer.issue(roles=["caseworker"], subject="cw-1", offices=[OFFICE])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The keys, whatever was asked."""
        await reader.readuntil(b"\r\n\r\n")
        keys = json.dumps(self._issuer.jwks())
        writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(keys)}\r\n\r\n{keys}".encode())
        writer.close()


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer that answers until the block ends."""
    issuer = Issuer(port := free_port())
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", port)
    try:
        yield issuer
    finally:
        server.close()


def service_environment(ground: Ground, name: str, url: str, port: int, issuer: Issuer) -> dict[str, str]:
    """What a deployment tells a service."""
    prefix = f"WAYHOME_{name.upper()}_"
    return {
        f"{prefix}DATABASE_URL": url,
        f"{prefix}MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        f"{prefix}PORT": str(port),
        "WAYHOME_OIDC_ISSUER": issuer.address,
        "WAYHOME_OIDC_JWKS_URL": f"{issuer.address}/jwks",
    }


async def migrate(ground: Ground, name: str, environment: Mapping[str, str]) -> None:
    """Bring a service's database up to date, as an operator would."""
    log = ground.folder / f"{name}-migrate.log"
    await Child(name, [f"services.{name}", "migrate"], environment=environment, log=log).finished()


async def make_programme_known(url: str) -> None:
    """What registry would have told returns before cases can be opened."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(KNOW_PROGRAMME, PROGRAMME, HOST, json.dumps([DESTINATION]))
    finally:
        await connection.close()


@asynccontextmanager
async def serving(
    ground: Ground, name: str, arguments: list[str], environment: Mapping[str, str], ready: str
) -> AsyncIterator[Child]:
    """A process that answers at this address, until the block ends."""
    child = Child(name, arguments, environment=environment, log=ground.folder / f"{name}.log")
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS), trusted_client(timeout=2.0) as client:
            while not await _answers(client, ready):
                if not child.running:
                    raise child.failure()
                await asyncio.sleep(0.05)
        yield child
    finally:
        await stop_all([child])


async def _answers(client: Any, address: str) -> bool:
    try:
        return bool((await client.get(address)).status_code == 200)
    except ConnectionFailed:
        return False


async def put_under_load(port: int, token: str, *, seconds: float, per_second: float | None = None) -> Seen:
    """Open cases from another process for a while; every answer must be that one was created."""
    plan = Plan(port, PATH, token, json.dumps(CASE), CONNECTIONS, seconds, per_second)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    output, errors = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode != 0:
        raise RuntimeError(f"the load generator failed: {errors.decode(errors='replace')[-600:]}")
    return Seen(**json.loads(output))
