"""Every row of the table of exceptional courses has a test; whichever lacks one is named here or fails."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared.testing.plugin import Run
from tests.returns.scenarios import before_departure, on_the_way
from tests.returns.scenarios.rows import ELSEWHERE, OPEN, PARTLY, ROWS, TITLES, Row
from tests.returns.test_other_courses import story

ROOT = Path(__file__).parents[3]
PLAYED = (before_departure, on_the_way)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
async def test_row(running: Run, row: Row) -> None:
    await row.play(await story(running))


def without_a_test(played: set[int], elsewhere: set[int], still_open: set[int]) -> list[int]:
    """Rows that are in none of the three places, or in more than one."""
    places = [played, elsewhere, still_open]
    return [number for number in TITLES if sum(number in place for place in places) != 1]


def test_all_forty_rows_are_there_and_each_has_its_test() -> None:
    assert list(TITLES) == list(range(1, 41))
    numbers = [row.number for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert without_a_test(set(numbers), set(ELSEWHERE), set(OPEN)) == []
    assert set(PARTLY) <= {*numbers, *ELSEWHERE}
    assert all(row.play.__module__ in {module.__name__ for module in PLAYED} for row in ROWS)


def test_a_row_that_is_taken_away_is_noticed() -> None:
    played = {row.number for row in ROWS}
    assert without_a_test(played - {1}, set(ELSEWHERE), set(OPEN)) == [1]
    assert without_a_test(played, set(ELSEWHERE), {*OPEN, 2}) == [2]


@pytest.mark.parametrize("number", sorted(ELSEWHERE), ids=lambda number: f"{number:02d} {TITLES[number]}")
def test_a_row_that_lives_elsewhere_exists_there(number: int) -> None:
    path, name = ELSEWHERE[number].split("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in functions
