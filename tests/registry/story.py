"""Tells registry's part of a return: who is enrolled, what may be told, what comes in."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.running import RunningService


async def gone_live(service: RunningService, endpoint_id: str) -> None:
    """As if the certification had been passed."""
    await service.fetch("UPDATE webhook_endpoint SET status = 'active' WHERE id::text = $1", endpoint_id)


class RegistryStory:
    """A consulate, a partner and one case."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.admin = service.client("administrator")
        self.case_id = str(uuid4())
        self.keys = {"agency": SigningKey.generate(), "partner": SigningKey.generate()}
        self.ids: dict[str, str] = {}
        self.persons = ["person_a", "person_b"]
        self.programme = str(uuid4())
        self.bases: dict[tuple[str, str], str] = {}

    async def enrol(self) -> None:
        bodies = {
            "agencies": {
                "kind": "consulate",
                "name": "Consulate",
                "country": "GEO",
                "roles": ["identity_verification"],
            },
            "partners": {
                "kind": "contracted_partner",
                "name": "Partner",
                "country": "GEO",
                "roles": ["reintegration_coordination"],
            },
        }
        for (path, body), who in zip(bodies.items(), ("agency", "partner"), strict=True):
            keys = [str(self.keys[who].public)]
            answer = await self.admin.post(f"/registry/v1/{path}", json={**body, "message_keys": keys})
            assert answer.status_code == 201, answer.text
            self.ids[who] = answer.json()["id"]

    def client(self, who: str) -> Any:
        claim = {"agency": "agency_id", "partner": "partner_id"}[who]
        role = {"agency": "partner_agency", "partner": "reintegration_partner"}[who]
        return self.service.client(role, **{claim: self.ids[who]})

    def service_client(self, role: str) -> Any:
        return self.service.client(role, offices=["ZRH"])

    async def endpoint(self, who: str, url: str, types: list[str], *, live: bool = True) -> dict[str, Any]:
        """An endpoint that counts as certified, unless it is the certification that is told of."""
        body = {"owner_id": self.ids[who], "url": url, "event_types": types}
        answer = await self.client(who).post("/registry/v1/webhook-endpoints", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        if live:
            await gone_live(self.service, found["id"])
            found["status"] = "active"
        return found

    async def fact(self, name: str, **data: Any) -> None:
        await self.service.receive(f"returns.{name}.v1", {"case_id": self.case_id, **data}, key=self.case_id)

    async def opened(self) -> None:
        persons = [{"person_ref": ref} for ref in self.persons]
        belongs = {"programme_id": self.programme, "office_id": "ZRH", "authority_id": "SEM"}
        await self.fact("case.opened", **belongs, persons=persons)

    async def basis(self, who: str, purpose: str, *, until: str | None = None) -> str:
        """A legal basis that was recorded and approved in returns; its id."""
        basis_id = self.bases[who, purpose] = str(uuid4())
        fact = {"basis_id": basis_id, "programme_id": self.programme, "recipient_id": self.ids[who]}
        fact |= {"purpose": purpose, "basis": "processing_contract" if who == "partner" else "binding_instrument"}
        fact |= {"valid_from": "2026-01-01", "valid_to": until}
        await self.service.receive("returns.disclosure-basis.approved.v1", fact, key=basis_id)
        return basis_id

    async def basis_ended(self, who: str, purpose: str) -> None:
        basis_id = self.bases.pop((who, purpose))
        fact = {"basis_id": basis_id, "programme_id": self.programme, "recipient_id": self.ids[who]}
        fact |= {"purpose": purpose, "on": self.service.clock.now().date().isoformat()}
        await self.service.receive("returns.disclosure-basis.ended.v1", fact, key=basis_id)

    async def consent(self, who: str, ref: str, purpose: str, *, basis: bool = True) -> str:
        """Consent to what there is a legal basis for, unless it is the basis that is told of."""
        if basis and (who, purpose) not in self.bases:
            await self.basis(who, purpose)
        consent_id = str(uuid4())
        await self.fact(
            "consent.given",
            consent_id=consent_id,
            person_ref=ref,
            recipients=[self.ids[who]],
            purposes=[purpose],
        )
        return consent_id

    async def approved(self) -> None:
        await self.fact("case.approved")

    async def itinerary(self, on: str = "2026-03-09") -> None:
        await self.fact("itinerary.confirmed", travel_on=on, destination="GEO", party_size=2, person_refs=self.persons)

    async def package(self, destroy_by: str = "2026-06-01", expires_at: str = "2026-03-16") -> str:
        disclosure_id = str(uuid4())
        await self.fact(
            "disclosure.approved",
            disclosure_id=disclosure_id,
            recipient_id=self.ids["agency"],
            purpose="identity_verification",
            basis="binding_instrument",
            answer_by="2026-03-20",
            destroy_by=destroy_by,
            expires_at=expires_at,
            person_refs=self.persons,
        )
        return disclosure_id

    async def say(
        self,
        who: str,
        message_type: str,
        *,
        message_id: str | None = None,
        key: Any = None,
        offset: int = 0,
        **data: Any,
    ) -> Any:
        body = json.dumps({"type": message_type, "timestamp": "2026-03-02T09:00:00Z", "data": data}).encode()
        at = int(self.service.clock.now().timestamp()) + offset
        headers = signed_headers([key or self.keys[who]], message_id or f"msg_{uuid4().hex}", at, body)
        return await self.client(who).post("/registry/v1/agency-messages", content=body, headers=headers)
