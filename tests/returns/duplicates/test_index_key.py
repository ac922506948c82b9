"""The index gets a new key while people are searched for: found under both, moved in the background, the old one destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from services.returns.__main__ import _rotate
from services.returns.commands import rotate_index_key
from services.returns.persistence.index_keys import key_of
from shared.auth.principal import Principal
from shared.testing.plugin import Run
from tests.returns.duplicates.test_duplicates import ARABIC, LATIN, OTHER, man, screened, story, submitted
from tests.returns.story import CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
SYSTEM = Principal.system("test")


async def started(told: CaseStory) -> int:
    async with told.service.units.begin(actor=SYSTEM) as uow:
        return await rotate_index_key.start(uow=uow)


async def how_far(told: CaseStory) -> str:
    async with told.service.units.read(actor=SYSTEM) as uow:
        return str(await rotate_index_key.progress(uow))


async def entries(told: CaseStory) -> dict[Any, tuple[int, list[int]]]:
    rows = await told.service.fetch("SELECT person_id, key_number, tokens FROM person_index")
    return {row["person_id"]: (row["key_number"], sorted(row["tokens"])) for row in rows}


async def test_people_are_found_under_both_keys_and_everybody_moves(
    running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_index_key, "AT_ONCE", 1)
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    await screened(await submitted(told, [man(OTHER)], "GVA"))
    before = await entries(told)
    assert await started(told) == 2
    ours = await submitted(told, [man(LATIN)])
    assert [pair["likelihood"] for pair in await screened(ours)] == ["likely"]
    assert sorted(number for number, _ in (await entries(told)).values()) == [1, 1, 2]
    assert await how_far(told) == "key 2: 1 records; key 1: 2 records still to move"
    with pytest.raises(rotate_index_key.RotationUnderWay):
        await started(told)
    await told.service.run_job("person-index")
    assert await how_far(told) == "key 2: 2 records; key 1: 1 records still to move"
    third = await submitted(told, [man(OTHER)])
    assert [pair["likelihood"] for pair in await screened(third)] == ["likely"]
    for _ in range(3):
        await told.service.run_job("person-index")
    assert await how_far(told) == "key 2: 4 records"
    after = await entries(told)
    assert all(number == 2 and tokens != before.get(person, (1, []))[1] for person, (number, tokens) in after.items())
    (row,) = await told.service.fetch(
        "SELECT wrapped_key, destroyed_at FROM person_key WHERE person_id = $1", key_of(1)
    )
    assert row["wrapped_key"] is None
    assert row["destroyed_at"] is not None
    fourth = await submitted(told, [man(ARABIC)])
    assert {pair["likelihood"] for pair in await screened(fourth)} == {"likely"}
    assert await started(told) == 3


async def test_the_command_moves_everybody_at_once_and_may_be_said_again(
    running: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    await _rotate(told.service.runtime, now=True)
    assert capsys.readouterr().out.splitlines()[-1] == "key 2: 1 records"
    await _rotate(told.service.runtime, now=False)
    assert await how_far(told) == "key 3: 0 records; key 2: 1 records still to move"
    actions = await told.service.fetch("SELECT action FROM audit WHERE action LIKE 'index-key.%' ORDER BY id")
    assert [row["action"] for row in actions] == ["index-key.made", "index-key.destroyed", "index-key.made"]


async def test_a_key_somebody_still_writes_under_is_not_destroyed(running: Run) -> None:
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    await started(told)
    async with told.service.units.begin(actor=SYSTEM) as uow:
        assert await rotate_index_key.give_up(uow) is True
    rows = await told.service.fetch("SELECT number FROM index_key WHERE destroyed_on IS NULL")
    assert sorted(row["number"] for row in rows) == [1, 2]
