"""Tells the story of a partnership: the administration that records it, and a delegate on each side."""

from __future__ import annotations

from typing import Any

from shared.testing.running import RunningService

ROOT = "/registry/v1"
PARTIES = [
    {"code": "CHE", "kind": "country", "roles": ["destination"]},
    {"code": "GEO", "kind": "country", "roles": ["origin", "transit"]},
]


class PartnershipStory:
    """One partnership and the people who speak in it."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.manager = service.client("programme_manager", subject="pm-1")
        self.other_manager = service.client("programme_manager", subject="pm-2")
        self.id = ""
        self.host: Any = None
        self.partner: Any = None
        self.stranger: Any = None

    async def begin(self, *, parties: list[dict[str, Any]] | None = None, **more: Any) -> None:
        """Enter it and give each side its delegate; a third one belongs to another partnership."""
        body = {"title": "A partnership", "legal_form": "memorandum", "parties": parties or PARTIES}
        body |= {"source": "Memorandum of March 2026", **more}
        self.id = (await self.did(self.manager, "partnerships", body, 201))["id"]
        other = (await self.did(self.manager, "partnerships", body, 201))["id"]
        delegate = self.service.client
        self.host = delegate("partnership_delegate", subject="d-host", side="host", partnership_id=self.id)
        self.partner = delegate("partnership_delegate", subject="d-partner", side="partner", partnership_id=self.id)
        self.stranger = delegate("partnership_delegate", subject="d-else", side="partner", partnership_id=other)

    async def did(
        self, who: Any, path: str, body: dict[str, Any] | None = None, expect: int = 200, **headers: str
    ) -> dict[str, Any]:
        """A command and its answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await who.post(f"{ROOT}/{path}", json={} if body is None else body, headers=sent)
        assert answer.status_code == expect, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, who: Any, path: str, expect: int = 200) -> dict[str, Any]:
        """A query and its answer."""
        answer = await who.get(f"{ROOT}/{path}")
        assert answer.status_code == expect, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def approved(self, who: Any, held: str, what: str) -> dict[str, Any]:
        """The agenda or the minutes of a round, approved as they were read."""
        version = (await self.read(who, f"dialogue-rounds/{held}"))["version"]
        return await self.did(who, f"dialogue-rounds/{held}/{what}-approval", If_Match=f'"{version}"')

    async def agreement(self, clause: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A version with one clause, drafted by one person and published by another."""
        body = {"partnership_id": self.id, "valid_from": "2026-01-01", "source": "Treaty", "clauses": [clause], **more}
        made = await self.did(self.manager, "agreements", body, 201)
        return await self.did(self.other_manager, f"agreements/{made['id']}/publication")

    async def component(self, component_type: str = "voluntary_return", *, running: bool = True, **more: Any) -> str:
        """A component, in force unless told otherwise."""
        body = {"component_type": component_type, **more}
        made = await self.did(self.manager, f"partnerships/{self.id}/components", body, 201)
        for status in ("agreed", "in_force") if running else ():
            move = {"status": status, "on": "2026-03-01", **({"source": "Annex"} if status == "agreed" else {})}
            await self.did(self.manager, f"components/{made['id']}/transitions", move)
        return str(made["id"])

    async def commitment(self, who: Any, owner_side: str, due_on: str = "2026-06-30", **more: Any) -> str:
        """A proposal."""
        body = {"title": "150 places", "indicator": "permits", "owner_side": owner_side, "due_on": due_on, **more}
        return str((await self.did(who, f"partnerships/{self.id}/commitments", body, 201))["id"])
