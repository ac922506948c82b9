"""The stand-in agencies are strict receivers: what registry did not sign is refused and reported."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from joserfc.errors import JoseError

from deploy.local.reference_package import new_key, opened
from deploy.local.stand_in_agency import StandIn, StandInAgencies
from deploy.local.state import LocalState
from shared.http.in_process import InProcessClient, in_process_client
from shared.protection.encryption import encrypted_to
from shared.protection.signatures import SigningKey, signed_headers

pytestmark = pytest.mark.asyncio(loop_scope="session")

BODY = json.dumps({"type": "request.ended", "timestamp": "2026-03-02T09:00:00Z", "data": {"sequence": 1}}).encode()


class Place:
    """Agencies with one member whose sender key we hold."""

    def __init__(self, folder: Path) -> None:
        state = LocalState(folder)
        state.prepare()
        self.sender = SigningKey.generate()
        url = "http://127.0.0.1:9"
        self.agencies = StandInAgencies(public_url=url, issuer=state.issuer(9), state=state)
        public = [str(self.sender.public)]
        self.member: StandIn = self.agencies.open("consulate", role="partner_agency", public_keys=public, agency_id="a")

    def signed(self, body: bytes = BODY, *, identity: str = "msg_1", at: int | None = None) -> dict[str, str]:
        return signed_headers([self.sender], identity, at or int(time.time()), body)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "state")


@pytest_asyncio.fixture(loop_scope="session")
async def post(place: Place) -> AsyncIterator[InProcessClient]:
    async with in_process_client(place.agencies.app, headers={}) as client:
        yield client
    await place.agencies.close()


async def test_a_signed_webhook_is_taken_once(place: Place, post: InProcessClient) -> None:
    for _ in range(2):
        response = await post.post("/stand-in-agencies/consulate", content=BODY, headers=place.signed())
        assert response.status_code == 200
    assert (await place.member.expect("request.ended", within=2))["data"]["sequence"] == 1
    assert len(place.member.received) == 1
    assert place.agencies.problems == []


async def test_a_package_opens_with_the_key_that_was_registered_and_with_no_other(place: Place) -> None:
    pair = place.agencies.encryption_key("consulate")
    assert pair == place.member.encryption_key
    token = encrypted_to(pair["x"], b'{"persons": []}', key_id="k")
    assert opened(token, place.member.encryption_key) == {"persons": []}
    with pytest.raises(JoseError):
        opened(token, new_key())
    with pytest.raises(JoseError):
        opened(token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"), pair)


@pytest.mark.parametrize("what", ["changed body", "old", "unsigned"])
async def test_anything_else_is_refused_and_reported(place: Place, post: InProcessClient, what: str) -> None:
    headers = place.signed(at=int(time.time()) - 3600) if what == "old" else place.signed()
    headers = {} if what == "unsigned" else headers
    body = BODY + b" " if what == "changed body" else BODY
    response = await post.post("/stand-in-agencies/consulate", content=body, headers=headers)
    assert response.status_code == 401
    assert len(place.agencies.problems) == 1
    assert place.member.received == []


async def test_trouble_while_answering_is_reported(place: Place, post: InProcessClient) -> None:
    async def fails(member: StandIn, message: object) -> None:
        raise RuntimeError("no answer")

    place.member.on("request.ended", fails)
    await post.post("/stand-in-agencies/consulate", content=BODY, headers=place.signed())
    await place.member.expect("request.ended", within=2)
    assert ["no answer" in problem for problem in place.agencies.problems] == [True]


async def test_nobody_of_that_name(post: InProcessClient) -> None:
    assert (await post.post("/stand-in-agencies/elsewhere", content=BODY)).status_code == 404


async def test_keys_survive_a_restart(tmp_path: Path) -> None:
    first, second = (LocalState(tmp_path / "state") for _ in range(2))
    keys = [
        str(StandInAgencies(public_url="http://127.0.0.1:9", issuer=state.issuer(9), state=state).key("consulate"))
        for state in (first, second)
    ]
    assert keys[0] == keys[1]
