"""Read models are thrown away and built anew from the same facts, with the same figures."""

from __future__ import annotations

import pytest

from services.reporting.commands import rebuild_projections
from services.reporting.persistence.facts import read_models
from shared.auth.principal import Principal
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reporting.test_figures import Story, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWN = sorted(read_models())


async def contents(service: RunningService) -> dict[str, list[str]]:
    """Every row of every read model."""
    return {table: sorted(str(tuple(row)) for row in await service.fetch(f"SELECT * FROM {table}")) for table in OWN}


async def test_a_rebuild_forgets_everything_and_the_same_facts_give_the_same_figures(running: Run) -> None:
    service = await running("reporting")
    story = Story(service)
    family = [person("p1"), person("p2", sex=1)]

    async def told(*, again: bool) -> None:
        service._sequences.clear()
        ids = iter(f"0199c0de-0000-7000-8000-00000000000{number}" for number in range(9))
        receive, taken = service.receive, []

        async def with_same_ids(event_type: str, data: dict[str, object], *, key: str) -> object:
            taken.append(await receive(event_type, data, key=key, event_id=next(ids)))
            return taken[-1]

        story.service = service
        service.receive = with_same_ids  # type: ignore[assignment]
        try:
            await story.opened(family)
            await story.travelled(family)
        finally:
            del service.receive
        assert {outcome.value for outcome in taken} == ({"duplicate"} if again else {"done"})

    await told(again=False)
    before = await contents(service)
    await told(again=True)
    async with service.units.begin(actor=Principal.system("test")) as uow:
        await rebuild_projections.handle(uow=uow)
    assert await contents(service) == {table: [] for table in OWN}
    await told(again=False)
    assert await contents(service) == before
