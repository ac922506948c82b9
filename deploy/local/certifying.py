"""The stand-ins' receivers are certified before anything real is sent to them, as every agency's is."""

from __future__ import annotations

import asyncio
from typing import Any

from deploy.local.client import Desk
from deploy.local.narration import Narrator
from deploy.local.partnerships import ROOT
from deploy.local.stand_in_agency import StandIn

OPEN = ("queued", "running")
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.2


async def certify(desk: Desk, endpoints: dict[str, StandIn], narrator: Narrator) -> None:
    """Every endpoint, by its id; raises RuntimeError naming the checks that a receiver got wrong."""
    with narrator.step("registry", "fires good, bad, late and oversized deliveries at both receivers and scores them"):
        for endpoint_id, member in endpoints.items():
            member.under_test = True
            path = f"{ROOT}/webhook-endpoints/{endpoint_id}"
            queued = await desk.do(f"{path}/certification", {})
            run = await _finished(desk, f"{path}/certifications/{queued['id']}")
            member.under_test = False
            wrong = [result["check"] for result in run["results"] if not result["passed"]]
            if run["status"] != "passed":
                raise RuntimeError(f"{member.name} got these wrong: {', '.join(wrong)}")
    narrator.detail(f"{len(run['results'])} checks passed by each: the endpoints are live")


async def _finished(desk: Desk, path: str) -> dict[str, Any]:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            run: dict[str, Any] = await desk.read(path)
            if run["status"] not in OPEN:
                return run
            await asyncio.sleep(LOOK_SECONDS)
