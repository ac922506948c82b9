"""The gateway routes on the first segment, strips nothing, and says honestly when nobody answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from deploy.local.gateway import Gateway, answer, issuer_app, read_body
from deploy.local.state import free_port
from shared.http.in_process import InProcessClient, in_process_client

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was asked."""
    body = await read_body(receive)
    assert body is not None
    headers = {key.decode(): value.decode() for key, value in scope["headers"]}
    asked = {
        "method": scope["method"],
        "path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "body": body.decode(),
        "headers": headers,
    }
    session = (b"set-cookie", b"session=of-one-person; Path=/")
    await answer(send, 201, asked, headers=[(b"etag", b'"7"'), (b"location", b"/returns/v1/cases/1"), session])


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


@pytest_asyncio.fixture(loop_scope="session")
async def through() -> AsyncIterator[InProcessClient]:
    async with serving(echo) as address:
        nobody = f"http://127.0.0.1:{free_port()}"
        issuer = issuer_app({"keys": []}, {"issuer": "here"})
        gateway = Gateway({"returns": address, "registry": nobody}, {"identity": issuer})
        async with in_process_client(gateway, headers={}) as client:
            yield client
        await gateway.close()


async def test_path_query_body_and_headers_arrive_as_sent(through: InProcessClient) -> None:
    response = await through.post(
        "/returns/v1/cases/a%2Fb?limit=3&x=%20",
        json={"a": 1},
        headers={"If-Match": '"3"', "Idempotency-Key": "k"},
    )
    seen = response.json()
    assert (seen["method"], seen["path"], seen["query"]) == (
        "POST",
        "/returns/v1/cases/a%2Fb",
        "limit=3&x=%20",
    )
    assert seen["body"].replace(" ", "") == '{"a":1}'
    assert (seen["headers"]["if-match"], seen["headers"]["idempotency-key"]) == ('"3"', "k")
    assert seen["headers"]["host"].startswith("127.0.0.1")


async def test_status_and_headers_come_back(through: InProcessClient) -> None:
    response = await through.get("/returns/v1/cases")
    assert response.status_code == 201
    assert (response.headers["etag"], response.headers["location"]) == ('"7"', "/returns/v1/cases/1")


async def test_a_service_that_is_away_is_502_with_a_problem(through: InProcessClient) -> None:
    response = await through.get("/registry/v1/programmes")
    assert response.status_code == 502
    assert response.json()["service"] == "registry"
    assert response.headers["retry-after"] == "1"


async def test_an_unknown_first_segment_is_404(through: InProcessClient) -> None:
    assert (await through.get("/elsewhere")).status_code == 404


async def test_a_body_without_end_is_refused(through: InProcessClient) -> None:
    response = await through.post("/returns/v1/cases", content=b"x" * (8 * 1_048_576 + 1))
    assert response.status_code == 413


async def test_the_issuer_shows_keys_and_discovery_only(through: InProcessClient) -> None:
    assert (await through.get("/identity/jwks")).json() == {"keys": []}
    assert (await through.get("/identity/.well-known/openid-configuration")).json() == {"issuer": "here"}
    assert (await through.post("/identity/token")).status_code == 404


async def test_a_session_stays_with_the_visitor_who_was_given_it(through: InProcessClient) -> None:
    given = await through.get("/returns/v1/cases")
    through.cookies.clear()
    stranger = await through.get("/returns/v1/cases")
    returning = await through.get("/returns/v1/cases", headers={"Cookie": "session=of-one-person"})
    assert given.headers["set-cookie"] == "session=of-one-person; Path=/"
    assert "cookie" not in stranger.json()["headers"]
    assert returning.json()["headers"]["cookie"] == "session=of-one-person"
