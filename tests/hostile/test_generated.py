"""What schemathesis makes of the OpenAPI documents: no request, valid or not, brings a service down or gets an echo."""

from __future__ import annotations

import pytest

from shared.testing.plugin import SERVICES, Run
from tests.hostile.amount import amount
from tests.hostile.generated import requests
from tests.hostile.ground import Ground, bearer, ground, wide
from tests.hostile.judge import Tally, complaint, texts_in
from tests.hostile.raw import send

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1200)]


@pytest.mark.parametrize("name", SERVICES)
async def test_generated_requests_with_every_role(running: Run, name: str, tally: Tally) -> None:
    found = await ground(running, name)
    await judged(found, wide(found), amount(200, 2_400), tally)


@pytest.mark.parametrize("name", SERVICES)
async def test_generated_requests_with_a_narrow_role(running: Run, name: str, tally: Tally) -> None:
    found = await ground(running, name)
    await judged(found, bearer(found, ["caseworker"], offices=["GVA"]), amount(60, 600), tally)


async def judged(found: Ground, token: str, count: int, tally: Tally) -> None:
    words = vocabulary(found)
    for request in requests(found, count):
        headers = [("Authorization", token), *request.headers]
        answer = await send(found.service.app, request.method, request.target, headers=headers, body=request.body)
        sent = [text for text in texts_in(request.sent) if text not in words]
        wrong = complaint(answer, sent=sent, documented=request.documented)
        about = (request.label, request.target, request.headers, request.body[:700], answer.text[:300])
        tally.count(str(answer.status), wrong, about=about)
    tally.close()


def vocabulary(found: Ground) -> set[str]:
    """Words of the document itself: a refusal may name a field or a code that the document knows."""
    return set(texts_in(found.service.app.openapi()))
