"""The example of docs/partnerships.md is played line by line: what it says to do is done, what it says comes back does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.registry.partnership_story import ROOT, PartnershipStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = Path(__file__).parents[2] / "docs" / "partnerships.md"
LINE = re.compile(
    r"(host|partner) (GET|POST) (\S+)( \(as read\))?(?: (\{.*\}))? -> (\d{3})(?: as (\w+))?(?: (\{.*\}))?"
)


def example() -> list[re.Match[str]]:
    """Its lines, each understood."""
    text = re.search(r"^## Example.*?```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert text is not None
    found = [LINE.fullmatch(line) for line in text[1].splitlines()]
    assert len(found) > 20
    assert all(found)
    return [line for line in found if line is not None]


async def test_the_example_of_the_page_is_true(running: Run) -> None:
    story = PartnershipStory(await running("registry"))
    await story.begin()
    named, sides = {"partnership": story.id}, {"host": story.host, "partner": story.partner}

    def filled(words: str | None) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: named[name[1]], words or "")

    version = 0
    for line in example():
        who, method, path, as_read, body, status, name, shown = line.groups()
        headers = {"If-Match": f'"{version}"'} if as_read else {}
        sent: dict[str, Any] = {} if method == "GET" else {"json": json.loads(filled(body) or "{}")}
        answer = await getattr(sides[who], method.lower())(f"{ROOT}/{filled(path)}", headers=headers, **sent)
        assert answer.status_code == int(status), (line[0], answer.text)
        got = answer.json()
        version = got.get("version", version)
        named |= {name: got["id"]} if name else {}
        wanted = json.loads(shown) if shown else {}
        assert {key: got[key] for key in wanted} == wanted, line[0]
