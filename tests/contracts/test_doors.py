"""Every route of every service, found in its OpenAPI: no token, a broken one, or a role that has no business there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.auth.local_issuer import LocalIssuer
from shared.testing.plugin import SERVICES, Run
from shared.testing.running import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="session")
OPEN = re.compile(
    r"/[a-z]+/(health/(live|ready)|v1/dashboard|inbox|card(/(withdrawal|complaint))?|v1/public/(complaints(/\{code\})?|card(/withdrawal)?))$"
)
ANY_ROLE = ("/countries", "/code-lists/", "/notifications", "/scoring-models")
SOMEWHERE = "0199c0de-0000-7000-8000-0000000000ff"


def routes(service: RunningService) -> list[tuple[str, str]]:
    """Method and a callable path of every operation that needs a token."""
    found = []
    for path, operations in service.app.openapi()["paths"].items():
        if OPEN.fullmatch(path):
            continue
        found += [(method.upper(), re.sub(r"\{[^}]+\}", SOMEWHERE, path)) for method in operations]
    return found


async def ask(client: Any, method: str, path: str) -> Any:
    return await client.request(method, path, json={} if method in ("POST", "PATCH", "PUT") else None)


@pytest.mark.parametrize("name", SERVICES)
async def test_nobody_gets_in_without_a_good_token(running: Run, name: str) -> None:
    service = await running(name)
    stranger = LocalIssuer.generate(issuer=service.issuer.issuer)
    other_house = LocalIssuer(service.issuer._key, issuer="https://elsewhere.test")
    roles = ["administrator", "caseworker", "case_officer", "programme_manager"]
    tokens = {
        "none": "",
        "junk": "Bearer a.b.c",
        "expired": f"Bearer {service.issuer.issue(roles=roles, subject='x', lifetime_seconds=-3600)}",
        "another key": f"Bearer {stranger.issue(roles=roles, subject='x')}",
        "another issuer": f"Bearer {other_house.issue(roles=roles, subject='x')}",
        "system": f"Bearer {service.issuer.issue(roles=['system'], subject='system:relay')}",
    }
    seen = 0
    for method, path in routes(service):
        for kind, token in tokens.items():
            client = service.client()
            client.headers.update({"Authorization": token} if token else {})
            answer = await ask(client, method, path)
            assert answer.status_code == 401, (method, path, kind, answer.status_code)
            assert answer.json()["slug"] == "unauthenticated"
            seen += 1
    assert seen >= len(tokens) * 5


@pytest.mark.parametrize("name", SERVICES)
async def test_a_role_without_business_there_is_refused(running: Run, name: str) -> None:
    service = await running(name)
    client = service.client("donor")
    for method, path in routes(service):
        if any(part in path for part in ANY_ROLE):
            continue
        answer = await ask(client, method, path)
        assert answer.status_code == 403, (method, path, answer.status_code)


@pytest.mark.parametrize("name", SERVICES)
async def test_every_operation_is_described(running: Run, name: str) -> None:
    service = await running(name)
    operations = [operation for path in service.app.openapi()["paths"].values() for operation in path.values()]
    identifiers = [operation["operationId"] for operation in operations]
    assert len(identifiers) == len(set(identifiers))
    assert all(operation.get("summary") and operation.get("tags") for operation in operations)
