"""Every documented route, visited by everybody who must not get in: no way in, and nothing told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.database.engine import create_engine
from shared.testing.databases import Databases
from shared.testing.plugin import SERVICES, Run
from shared.testing.running import run_service
from tests.hostile.access_report import gaps, report
from tests.hostile.ground import Ground, ground, harvest
from tests.hostile.leaky import AGENCY, SERVICE, Paper
from tests.hostile.matrix import visit

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", SERVICES)
async def test_nobody_gets_in_who_must_not(running: Run, name: str, record_property: Any) -> None:
    matrix = await visit(await ground(running, name))
    for line in report(name, matrix):
        record_property("hostile", line)
    assert not matrix.leaks, f"{len(matrix.leaks)} leaks\n" + "\n".join(matrix.leaks[:25])
    assert gaps(name, matrix) == {}


@pytest.mark.parametrize("name", SERVICES)
async def test_no_route_is_left_out_of_the_document(running: Run, name: str) -> None:
    routers = (await running(name)).app.described_routers
    silent = [
        getattr(route, "path", "")
        for router in routers
        for route in router.routes
        if not (isinstance(route, APIRoute) and route.include_in_schema)
    ]
    page = {"reporting": "dashboard", "registry": "inbox"}.get(name)
    more = [f"/{page}/package.js"] if page == "inbox" else []
    files = [f"/{page}/{page}.js", *more, f"/{page}/{page}.css"] if page else []
    assert silent == [*files, f"/{name}/metrics"]


@pytest_asyncio.fixture(loop_scope="session")
async def leaky(databases: Databases, issuer: LocalIssuer, clock: FixedClock) -> AsyncIterator[Ground]:
    """The service that forgets, with a paper of our office."""
    url = await databases.url_for_log("leaky")
    engine = create_engine(url, pool_size=1, application="leaky-set-up")
    async with engine.begin() as connection:
        await connection.run_sync(Paper.metadata.create_all)
    await engine.dispose()
    async with run_service(SERVICE, url, issuer=issuer, clock=clock) as service:
        made = await service.client("caseworker", offices=["ZRH"]).post("/leaky/v1/papers", json={"office_id": "ZRH"})
        assert made.status_code == 201
        found = Ground(service, claims={"agency_id": AGENCY})
        await harvest(found)
        yield found
    await databases.drop(url)


PLANTED = {
    "a foreign object is told apart": {"readAny", "readAnyOfAgencies", "tellAny", "stampAny", "stampNamed"},
    "status 200, not 401": {"takeExpired", "guardNothing"},
    "status 200, not 403": {"admitAnyRole", "guardNothing"},
    "status 201": {"createAnywhere"},
    "status 200": {"sealOwn"},
    "not documented": {"refuseOddly"},
    "status 500": {"crash"},
    "shows": {"listAll"},
    "served without a token": {"openToAll"},
}


async def test_what_a_service_forgets_is_found(leaky: Ground) -> None:
    matrix = await visit(leaky)
    paths = leaky.service.app.openapi()["paths"].items()
    names = {f"{method.upper()} {path}": item[method]["operationId"] for path, item in paths for method in item}
    found: dict[str, set[str]] = {}
    for leak in matrix.leaks:
        kind = next(kind for kind in [*PLANTED, "a documented role is refused"] if leak.startswith(kind))
        label = next(label for label in sorted(names, key=len, reverse=True) if label in leak)
        found.setdefault(kind, set()).add(names[label])
    assert {kind: names - {"crash"} for kind, names in found.items() if kind in PLANTED} == {
        kind: names - {"crash"} for kind, names in PLANTED.items()
    }
    assert "crash" in found["status 500"]
