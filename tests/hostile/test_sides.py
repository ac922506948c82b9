"""A delegate writes one side's column only: the other side's own acts are refused, and whatever both may do is signed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.registry.domain.sides import SIDES, other
from shared.openapi import METHODS
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.hostile.sides import JOINT, OWN, SIGNED, UNSEEN, Both
from tests.registry.partnership_story import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")
TABLES = (
    "SELECT DISTINCT table_name AS t FROM information_schema.columns WHERE table_schema = 'public' "
    "AND (column_name = 'partnership_id' OR table_name IN ('partnership', 'position')) ORDER BY 1"
)


def written(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by which a delegate writes, by method and path without its ids."""
    return {
        f"{method.upper()} {re.sub(r'/{[^}]+}', '', path).removeprefix(f'{ROOT}/')}": item[method]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item and method != "get" and "partnership_delegate" in item[method].get("x-roles", [])
    }


async def state(service: RunningService) -> dict[str, str]:
    """A digest of everything that is kept of partnerships, by table."""
    names = [row["t"] for row in await service.fetch(TABLES)]
    one = "SELECT '{0}' AS t, md5(string_agg(r::text, '' ORDER BY r::text)) AS found FROM \"{0}\" r"
    rows = await service.fetch(" UNION ALL ".join(one.format(name) for name in names))
    return {row["t"]: row["found"] for row in rows}


async def begun(running: Run) -> Both:
    story = Both(await running("registry"))
    await story.begin()
    story.component_id = await story.component("dialogue")
    return story


async def read_version(story: Both, by: str, path: str) -> str | None:
    """The version of the thing as a side reads it."""
    found: str | None = (await story.who(by).get(f"{ROOT}/{path}")).headers.get("etag")
    return found


async def send(story: Both, by: str, label: str, path: str, body: dict[str, Any], version: str | None) -> Any:
    """The act of this label on the thing at this path, as it was read where the route asks for that."""
    method, _, name = label.partition(" ")
    step = "" if name.count("/") == 0 else "/" + name.rpartition("/")[2]
    asked = method == "PATCH" or step.endswith("-approval")
    headers = {"If-Match": version} if version is not None and asked else {}
    return await story.who(by).request(method, f"{ROOT}/{path}{step}", json=body, headers=headers)


async def test_every_route_by_which_a_delegate_writes_is_in_a_table(running: Run) -> None:
    known = set(written((await running("registry")).app.openapi()))
    assert known == {*OWN, *SIGNED, *JOINT}
    assert not JOINT.keys() & (OWN.keys() | SIGNED.keys())


async def test_no_delegate_does_what_is_the_other_sides_to_do(running: Run) -> None:
    story = await begun(running)
    routes = written(story.service.app.openapi())
    for label, act in OWN.items():
        for side in SIDES:
            path, body = await act.ready(story, side), act.body(story, side)
            version = await read_version(story, side, path)
            before = await state(story.service)
            refused = await send(story, other(side), label, path, body, version)
            assert (refused.status_code, refused.json().get("slug")) == act.refused, (label, side, refused.text)
            status, slug = act.refused
            named = routes[label]["responses"][str(status)]["content"]["application/problem+json"]["examples"]
            assert slug in named, (label, "the document does not say so")
            assert await state(story.service) == before, (label, side)
            done = await send(story, side, label, path, body, version)
            assert 200 <= done.status_code < 300, (label, side, done.text)


async def test_what_a_side_keeps_to_itself_is_not_there_for_the_other(running: Run) -> None:
    story = await begun(running)
    for listed, ready in UNSEEN.items():
        for side in SIDES:
            path = await ready(story, side)
            if listed == "working-groups":
                body = {"component_id": story.component_id, "stance": "suspend", "reasoning": "R", "department": "aid"}
                await story.did(story.who(side), f"{path}/positions", body, 201)
            for target in (path, f"{path}/positions") if listed == "working-groups" else (path,):
                assert (await story.read(story.who(other(side)), target, 404))["slug"] == "not-found"
                await story.read(story.who(side), target)
            identity = path.rpartition("/")[2]
            for where in (listed, "coherence"):
                shown = await story.who(other(side)).get(f"{ROOT}/partnerships/{story.id}/{where}")
                assert (shown.status_code, identity in shown.text) == (200, False), (where, side)
            assert identity in (await story.who(side).get(f"{ROOT}/partnerships/{story.id}/{listed}")).text


async def test_whatever_both_may_write_bears_the_name_of_the_side_that_wrote_it(running: Run) -> None:
    story = await begun(running)
    for label, (ready, body, field) in SIGNED.items():
        for side in SIDES:
            path = await ready(story)
            version = await read_version(story, side, path)
            if body:
                forged = await send(story, side, label, path, {**body, field: other(side)}, version)
                assert forged.status_code == 422, (label, side, forged.text)
            done = await send(story, side, label, path, body, version)
            assert done.status_code in (200, 201), (label, side, done.text)
            found = done.json()[field]
            signed = found[-1]["proposed_by"] if field == "agenda" else found[-1] if isinstance(found, list) else found
            assert signed == side, (label, side, found)
