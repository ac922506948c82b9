"""Somebody wants to shut the open doors for everybody: by flooding them, by saying they are many, by coming from many places."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.gateway import Gateway
from shared.http.callers import CallerPace, caller_of, read_networks
from shared.http.in_process import in_process_client
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.deploy.test_gateway import serving

in_the_house = pytest.mark.asyncio(loop_scope="session")
COMPLAINT = {"kind": "delay", "account": "Nobody called"}
DOOR = "/returns/v1/public/complaints"
ATTACKER, PERSON = "203.0.113.66", "198.51.100.7"


async def complained(app: Any, address: str, *, times: int = 1, **headers: str) -> Counter[int]:
    """How these requests of one address were answered."""
    async with in_process_client(app, headers=headers, address=address) as client:
        return Counter([(await client.post(DOOR, json=COMPLAINT)).status_code for _ in range(times)])


async def doors(running: Run, **limits: int) -> RunningService:
    return await running("returns", public_requests_per_caller=5, **limits)


@in_the_house
async def test_one_address_shuts_itself_out_and_nobody_else(running: Run) -> None:
    service = await doors(running, public_requests_per_minute=20)
    async with serving(service.app) as address:
        gateway = Gateway({"returns": address}, {})
        assert await complained(gateway, ATTACKER, times=40) == {201: 5, 429: 35}
        assert await complained(gateway, PERSON) == {201: 1}
        service.clock.advance(minutes=1)
        assert await complained(gateway, ATTACKER) == {201: 1}
        await gateway.close()


@in_the_house
async def test_saying_to_be_many_does_not_help(running: Run) -> None:
    service = await doors(running)
    async with serving(service.app) as address:
        gateway = Gateway({"returns": address}, {})
        answers: Counter[int] = Counter()
        for number in range(12):
            said = f"192.0.2.{number}"
            claims = {"X-Forwarded-For": said, "X-Real-IP": said, "Forwarded": f"for={said}"}
            answers += await complained(gateway, ATTACKER, **claims)
        assert answers == {201: 5, 429: 7}
        await gateway.close()


@in_the_house
async def test_a_proxy_before_the_gateway_is_believed_where_it_is_named_and_only_its_last_word(running: Run) -> None:
    service = await doors(running)
    async with serving(service.app) as address:
        gateway = Gateway({"returns": address}, {}, trusted_hops=read_networks("10.1.0.0/16"))
        for number in range(6):
            said = {"X-Forwarded-For": f"192.0.2.{number}, {PERSON}"}
            assert await complained(gateway, "10.1.2.3", **said) == {429 if number == 5 else 201: 1}
        assert await complained(gateway, "10.1.2.3", **{"X-Forwarded-For": "192.0.2.200"}) == {201: 1}
        await gateway.close()


@in_the_house
async def test_whoever_reaches_the_service_past_the_gateway_is_not_believed(running: Run) -> None:
    service = await doors(running)
    answers: Counter[int] = Counter()
    for number in range(8):
        answers += await complained(service.app, ATTACKER, **{"X-Forwarded-For": f"192.0.2.{number}"})
    assert answers == {201: 5, 429: 3}


@in_the_house
async def test_a_crowd_of_addresses_meets_the_ceiling_of_the_door(running: Run) -> None:
    service = await doors(running, public_requests_per_minute=8)
    answers: Counter[int] = Counter()
    for number in range(10):
        answers += await complained(service.app, "127.0.0.1", **{"X-Forwarded-For": f"192.0.2.{number}"})
    assert answers == {201: 8, 429: 2}


@in_the_house
async def test_no_address_is_kept_anywhere(running: Run) -> None:
    service = await doors(running)
    await complained(service.app, "127.0.0.1", times=7, **{"X-Forwarded-For": PERSON})
    tables = await service.fetch("SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public'")
    for row in tables:
        held = await service.fetch(f'SELECT t::text AS line FROM "{row["t"]}" t')
        assert not [entry for entry in held if PERSON in entry["line"]], row["t"]
    assert PERSON not in (await service.client().get("/returns/metrics")).text
    assert PERSON not in repr(vars(service.app.state.caller_pace))


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_an_ipv6_caller_is_their_network(address: Any, other: int) -> None:
    sibling = type(address)((int(address) >> 64 << 64) + other)
    both = {caller_of(str(one), (), ()) for one in (address, sibling)}
    assert len(both) == 1 or {address.ipv4_mapped, sibling.ipv4_mapped} != {None}


@pytest.mark.parametrize("said", ["", "unknown", "1.2.3", "a" * 300, "\0", ",", " , "])
def test_what_is_no_address_counts_for_the_hop(said: str) -> None:
    assert caller_of("127.0.0.1", [said], read_networks("127.0.0.1")) == "127.0.0.1"


def test_a_mapped_address_is_the_address_and_nobody_known_is_one_caller() -> None:
    assert caller_of("::ffff:203.0.113.9", (), ()) == "203.0.113.9"
    assert caller_of(None, ["1.2.3.4"], read_networks("0.0.0.0/0")) == caller_of("", (), ())


def test_more_callers_than_are_kept_shut_nobody_out() -> None:
    pace = CallerPace(most_callers=2)
    now = datetime(2026, 3, 1, 8, 0, 30, tzinfo=UTC)
    assert [pace.count("d", caller, now=now) for caller in ("a", "b", "c", "c", "a")] == [1, 1, 1, 1, 2]
