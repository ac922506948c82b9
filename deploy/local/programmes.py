"""The rule tables of real programmes that come with Wayhome, and how one of them gets into a registry: as a draft."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.http.trusted import trusted_client
from shared.ids import new_id

FOLDER = Path(__file__).parent / "sample" / "programmes"
ROOT = "/registry/v1"
Do = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Posts a body to a path and returns the answer; raises when it is refused."""


class NotLoaded(ValueError):
    """The table cannot be entered; says what is missing."""


@dataclass(frozen=True)
class Drafted:
    """Where the draft is; it counts for nobody until somebody else has published it."""

    programme_id: str
    rule_version_id: str

    @property
    def publication(self) -> str:
        """The path that publishes it."""
        return f"{ROOT}/programmes/{self.programme_id}/rule-versions/{self.rule_version_id}/publication"


def names() -> list[str]:
    """The tables there are."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def shipped(name: str) -> dict[str, Any]:
    """One table with its sources and what is not in it. Raises NotLoaded for a name that is not there."""
    if name not in names():
        raise NotLoaded(f"there is no such table; there are: {', '.join(names())}")
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


async def draft(
    do: Do, name: str, *, destinations: Sequence[str], valid_from: str | None = None, **more: Any
) -> Drafted:
    """Set the programme up and draft its table. Raises NotLoaded when neither source nor caller says a first day."""
    document = shipped(name)
    first = valid_from or document["valid_from"]
    if first is None:
        raise NotLoaded("the source gives no first day: say from when the table holds")
    programme = {word: document[word] for word in ("name", "outward_name", "host", "currency")}
    body = {"case_kinds": ["avrr"], **programme, "destinations": list(destinations), **more}
    programme_id = (await do(f"{ROOT}/programmes", body))["id"]
    rules = {"valid_from": first, "source": document["source_short"], "content": document["table"]}
    if document["valid_to"] is not None:
        rules["valid_to"] = document["valid_to"]
    version = await do(f"{ROOT}/programmes/{programme_id}/rule-versions", rules)
    return Drafted(programme_id, version["id"])


async def draft_at(url: str, token: str, name: str, **chosen: Any) -> Drafted:
    """The same at an address, with somebody's token. Raises NotLoaded with the problem when registry refuses."""
    client = trusted_client(url, timeout=30.0)

    async def do(path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        answer = await client.request("POST", path, json=body, headers=headers)
        if answer.status_code >= 400:
            raise NotLoaded(f"{path} -> {answer.status_code}: {answer.text[:500]}")
        return answer.json()

    try:
        return await draft(do, name, **chosen)
    finally:
        await client.aclose()
