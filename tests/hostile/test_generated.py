"""What schemathesis makes of the OpenAPI documents: no request, valid or not, brings a service down or gets an echo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shared.testing.plugin import SERVICES, Run
from tests.hostile.amount import FULL, amount
from tests.hostile.generated import Request, requests
from tests.hostile.ground import Ground, bearer, ground, wide
from tests.hostile.judge import Tally, complaint, texts_in
from tests.hostile.raw import send

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1200)]
NARROW_SHARE = 4 if FULL else 1
"""Somebody with little to do is asked one request out of so many."""


@pytest.mark.parametrize("name", SERVICES)
async def test_generated_requests(running: Run, name: str, record_property: Any) -> None:
    found = await ground(running, name)
    made = list(requests(found, amount(200, 2_400)))
    document = found.service.app.openapi()
    every = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert {request.label for request in made} == every, "a route is left out"
    narrow = bearer(found, ["caseworker"], offices=["GVA"])
    await judged(found, narrow, made[::NARROW_SHARE], Tally(f"generated for {name}, a narrow role", record_property))
    await judged(found, wide(found), made, Tally(f"generated for {name}, every role", record_property))


async def judged(found: Ground, token: str, made: Sequence[Request], tally: Tally) -> None:
    words = vocabulary(found)
    for request in made:
        headers = [("Authorization", token), *request.headers]
        answer = await send(found.service.app, request.method, request.target, headers=headers, body=request.body)
        sent = [text for text in (*texts_in(request.sent), *request.named) if text not in words]
        wrong = complaint(answer, sent=sent, documented=request.documented)
        about = (request.label, request.target, request.headers, request.body[:700], answer.text[:300])
        tally.count(str(answer.status), wrong, about=about)
    tally.close()


def vocabulary(found: Ground) -> set[str]:
    """Words of the document itself: a refusal may name a field or a code that the document knows."""
    return set(texts_in(found.service.app.openapi()))
