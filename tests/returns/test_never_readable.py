"""Whatever happens in whatever order: nobody is named without a live legal basis and their own live consent.

Random walks over everything that opens or closes a disclosure; after each step both recipients read every package, give a
receipt and answer, and what they got is compared with a model that knows basis, consent, freeze and state alone.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, PARTNER, person
from tests.returns.test_disclosures import Packages

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1_800)]
WALKS = int(os.environ.get("WAYHOME_DISCLOSURE_WALKS", "2"))
STEPS = int(os.environ.get("WAYHOME_DISCLOSURE_STEPS", "40"))
PURPOSES = {CONSULATE: "identity_verification", PARTNER: "reintegration"}
FAMILY = [person("main_applicant"), person("partner", sex=1), person("child")]


@dataclass
class Model:
    """What must be so before anybody is named."""

    bases: dict[str, list[str]] = field(default_factory=lambda: {CONSULATE: [], PARTNER: []})
    consents: dict[str, set[str]] = field(default_factory=dict)
    frozen: bool = False
    withdrawn: bool = False

    def may_name(self, recipient: str, told: Packages) -> set[str]:
        """Adults by their own consent, children by that of every adult."""
        if self.frozen or self.withdrawn or not self.bases[recipient]:
            return set()
        adults, children = set(told.refs(adults=True)), set(told.refs(adults=False))
        live = {ref for ref in adults if any(key.startswith(recipient) for key in self.consents.get(ref, ()))}
        return live | (children if live == adults else set())


class Walk(Packages):
    """One family on its way through chance."""

    model: Model
    chance: random.Random
    packages: list[dict[str, Any]]

    async def begin(self, seed: int) -> None:
        self.model, self.chance, self.packages = Model(), random.Random(seed), []
        await self.world()
        await self.agreement(bases=False)
        await self.submitted(FAMILY)
        found = await self.service.fetch(
            "SELECT consent.id, person_ref FROM consent JOIN case_person AS p ON p.id = person_id"
        )
        for row in found:
            self.model.consents[row["person_ref"]] = {f"{who}:{row['id']}" for who in PURPOSES}
        for begin in (self.record, self.prepare, self.record, self.prepare, self.sign, self.sign):
            await begin()

    async def step(self) -> str:
        steps = [*[self.record, self.grant] * 2, self.end, self.withdraw, self.prepare, *[self.sign] * 3]
        if self.chance.random() < 0.08:
            steps = [self.freeze]
        taken = self.chance.choice(steps)
        await taken()
        return taken.__name__

    async def record(self) -> None:
        who = self.chance.choice([CONSULATE, PARTNER])
        contract = {"basis_type": "processing_contract", "clause_id": None} if who == PARTNER else {}
        found = await self.basis(recipient_id=who, purpose=PURPOSES[who], **contract)
        self.model.bases[who].append(found["id"])

    async def end(self) -> None:
        who = self.chance.choice([CONSULATE, PARTNER])
        if self.model.bases[who]:
            gone = self.model.bases[who].pop()
            await self.manager(1).post(f"{self.bases_path}/{gone}/end", json={"reason_code": "drawn"})
        if self.chance.random() < 0.5:
            await self.service.run_job("recall-without-basis")

    async def grant(self) -> None:
        ref, who = self.chance.choice(self.refs(adults=True)), self.chance.choice([CONSULATE, PARTNER])
        body = {"person_ref": ref, "recipients": [who], "purposes": [PURPOSES[who]], "data_classes": ["identity"]}
        body |= {"language": "ka", "text_version": "1", "text_hash": "0" * 64}
        await self.refresh()
        headers = {"If-Match": f'"{self.case["version"]}"'}
        answer = await self.caseworker.post(f"/returns/v1/cases/{self.id}/consents", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        (newest,) = await self.service.fetch("SELECT id FROM consent ORDER BY id DESC LIMIT 1")
        self.model.consents.setdefault(ref, set()).add(f"{who}:{newest['id']}")

    async def withdraw(self) -> None:
        ref = self.chance.choice(self.refs(adults=True))
        given = sorted({key.split(":")[1] for key in self.model.consents.get(ref, ())})
        if given:
            gone = self.chance.choice(given)
            path = f"/returns/v1/cases/{self.id}/consents/{gone}/withdrawal"
            assert (await self.caseworker.post(path, json={})).status_code == 200
            self.model.consents[ref] = {key for key in self.model.consents[ref] if not key.endswith(gone)}

    async def prepare(self) -> None:
        who = self.chance.choice([CONSULATE, PARTNER])
        contract = {"basis_type": "processing_contract", "clause_id": None} if who == PARTNER else {}
        some = self.chance.sample(self.refs(), self.chance.randint(1, len(self.refs())))
        contract |= {"recipient_id": who, "purpose": PURPOSES[who], "fields": ["family_name"], "person_refs": some}
        self.packages.append(await self.package(**contract))

    async def sign(self) -> None:
        waiting = [package for package in self.packages if package["status"] == "prepared"]
        if not waiting:
            return
        package = self.chance.choice(waiting)
        allowed = self.model.may_name(package["recipient_id"], self)
        answer = await self.approve(package)
        if answer.status_code == 200:
            package["status"] = "approved"
            assert set(package["person_refs"]) <= allowed
        else:
            assert answer.json()["slug"] in ("transition-not-allowed", "disclosure-is-over")

    async def freeze(self) -> None:
        officers = [self.service.client("protection_officer", offices=["ZRH"], subject=f"po-{n}") for n in (1, 2)]
        path = f"/returns/v1/cases/{self.id}"
        if not self.model.frozen:
            await officers[0].post(f"{path}/disclosure-freeze")
        else:
            for officer in officers:
                await officer.post(f"{path}/disclosure-release")
        self.model.frozen = not self.model.frozen

    async def nobody_is_named_who_may_not_be(self) -> int:
        """Reads, receipts and answers of every package by its recipient and by the other one; how many were readable."""
        readable = 0
        for package in self.packages:
            who = package["recipient_id"]
            allowed = self.model.may_name(who, self)
            role, claim = (
                ("partner_agency", "agency_id") if who == CONSULATE else ("reintegration_partner", "partner_id")
            )
            client = self.service.client(role, **{claim: who})
            path = f"/returns/v1/agency-disclosures/{package['id']}"
            read = await client.get(path)
            named = {entry["person_ref"] for entry in read.json()["persons"]} if read.status_code == 200 else set()
            assert named <= allowed, (named, allowed)
            readable += bool(named)
            assert ((await client.post(f"{path}/receipt")).status_code == 200) is bool(named)
            for ref in self.refs():
                body = {"answers": [{"person_ref": ref, "outcome": "identity_confirmed", "issuer": "GEO"}]}
                if ref not in named and package["status"] == "approved":
                    assert (await client.post(f"{path}/answer", json=body)).status_code in (404, 410)
            other = self.service.client("partner_agency", agency_id=PARTNER if who == CONSULATE else CONSULATE)
            assert (await other.get(path)).status_code == 404
        return readable


@pytest.mark.parametrize("seed", range(WALKS))
async def test_nothing_is_ever_readable_without_both(running: Run, seed: int) -> None:
    walk = Walk(await running("returns"))
    await walk.begin(seed)
    readable = 0
    for _ in range(STEPS):
        await walk.step()
        readable += await walk.nobody_is_named_who_may_not_be()
    assert readable > 0, "a walk on which nothing is ever readable proves nothing"
    made = {
        tuple(sorted(event.data["person_refs"])) for event in await walk.service.published("returns.disclosure.made.v1")
    }
    assert made
    await walk.caseworker.post(f"/returns/v1/cases/{walk.id}/withdrawal", json={})
    walk.model.withdrawn = True
    assert await walk.nobody_is_named_who_may_not_be() == 0
