"""Valid tokens are remembered, but neither longer than they are valid nor than the issuer's keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.auth.local_issuer import LocalIssuer
from shared.auth.tokens import LEEWAY_SECONDS, TokenVerifier
from shared.errors import Unauthenticated
from shared.testing.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
ISSUER = "http://issuer.test/identity"


class Keys:
    """An address that answers with the keys of whoever is the issuer now, and counts how often it was asked."""

    def __init__(self) -> None:
        self.issuer = LocalIssuer.generate(issuer=ISSUER)
        self.asked = 0
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        body = json.dumps(self.issuer.jwks())
        writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        writer.close()


@asynccontextmanager
async def published() -> AsyncIterator[Keys]:
    keys = Keys()
    server = await asyncio.start_server(keys.answer, "127.0.0.1", 0)
    keys.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    try:
        yield keys
    finally:
        server.close()


def token(keys: Keys, **more: int) -> str:
    return keys.issuer.issue(roles=["caseworker"], subject="cw-1", offices=["ZRH"], **more)


async def test_many_waiting_requests_ask_for_the_keys_once() -> None:
    async with published() as keys:
        verifier = TokenVerifier(issuer=ISSUER, jwks_url=keys.address)
        found = await asyncio.gather(*(verifier.verify(token(keys)) for _ in range(20)))
        assert {principal.subject for principal in found} == {"cw-1"}
        assert keys.asked == 1


async def test_a_remembered_token_ends_with_the_keys_that_it_was_found_valid_with() -> None:
    async with published() as keys:
        verifier = TokenVerifier(issuer=ISSUER, jwks_url=keys.address, refresh_after_seconds=0)
        known = token(keys)
        await verifier.verify(known)
        keys.issuer = LocalIssuer.generate(issuer=ISSUER)
        with pytest.raises(Unauthenticated):
            await verifier.verify(known)


async def test_a_remembered_token_ends_when_it_expires() -> None:
    async with published() as keys:
        verifier = TokenVerifier(issuer=ISSUER, jwks_url=keys.address)
        known = token(keys, lifetime_seconds=3 - LEEWAY_SECONDS)
        assert (await verifier.verify(known)).subject == "cw-1"

        async def refused() -> bool:
            try:
                await verifier.verify(known)
            except Unauthenticated:
                return True
            return False

        await eventually(refused, within=10)


async def test_another_token_of_the_same_person_is_not_taken_for_the_remembered_one() -> None:
    async with published() as keys:
        verifier = TokenVerifier(issuer=ISSUER, jwks_url=keys.address)
        first = token(keys)
        await verifier.verify(first)
        with pytest.raises(Unauthenticated):
            await verifier.verify(first[:-4] + "AAAA")
