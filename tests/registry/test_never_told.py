"""Whatever happens in whatever order: what leaves names nobody without a live legal basis and their own live consent, and
whoever was told of somebody who may not be named any more has heard the neutral stop for them."""

from __future__ import annotations

import os
import random
from typing import Any
from uuid import uuid4

import pytest

from tests.registry.told import Told
from tests.registry.told import told as told

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1_800)]
WALKS = int(os.environ.get("WAYHOME_DISCLOSURE_WALKS", "2"))
STEPS = int(os.environ.get("WAYHOME_DISCLOSURE_STEPS", "40"))
PURPOSES = {"partner": "reintegration", "agency": "identity_verification"}
DAY = "2026-03-02"


class Walk:
    """One case on its way through chance, and what must be so before anybody is named."""

    def __init__(self, told: Told, seed: int) -> None:
        self.told, self.story, self.chance = told, told.story, random.Random(seed)
        self.consents: dict[tuple[str, str], list[str]] = {}
        self.packages: dict[str, list[str]] = {}
        self.heard: dict[str, set[str]] = {"partner": set(), "agency": set()}
        self.frozen = False
        self.seen = self.named = self.stopped = 0

    def allowed(self, who: str) -> set[str]:
        """Whom this recipient may be told of at this moment, freeze aside."""
        if (who, PURPOSES[who]) not in self.story.bases:
            return set()
        live = {ref for (consented, ref), ids in self.consents.items() if consented == who and ids}
        packages = {ref for refs in self.packages.values() for ref in refs}
        return live if who == "partner" else live & packages

    async def begin(self) -> None:
        await self.story.opened()
        await self.story.approved()
        for who in PURPOSES:
            for ref in self.story.persons:
                self.consents[who, ref] = [await self.story.consent(who, ref, PURPOSES[who])]

    async def step(self) -> None:
        often = [self.itinerary, self.package, self.consent, self.basis]
        await self.chance.choice([*often, *often, self.withdraw, self.recall, self.end_basis, self.freeze, self.wait])()
        await self.look()

    async def itinerary(self) -> None:
        await self.story.itinerary(f"2026-03-{self.chance.randint(3, 28):02d}")

    async def package(self) -> None:
        refs = self.chance.sample(self.story.persons, self.chance.randint(1, len(self.story.persons)))
        everybody, self.story.persons = self.story.persons, refs
        self.packages[await self.story.package(expires_at="2027-03-16")] = refs
        self.story.persons = everybody

    async def consent(self) -> None:
        who, ref = self.chance.choice(list(PURPOSES)), self.chance.choice(self.story.persons)
        given = await self.story.consent(who, ref, PURPOSES[who], basis=False)
        self.consents.setdefault((who, ref), []).append(given)

    async def withdraw(self) -> None:
        who, ref = self.chance.choice(list(PURPOSES)), self.chance.choice(self.story.persons)
        for consent_id in self.consents.pop((who, ref), []):
            await self.story.fact("consent.withdrawn", consent_id=consent_id, person_ref=ref, on=DAY)

    async def recall(self) -> None:
        if self.packages:
            package = self.chance.choice(sorted(self.packages))
            refs = self.chance.choice([None, self.packages[package][:1]])
            recalled = {"recipient_id": self.story.ids["agency"], "disclosure_id": package, "person_refs": refs}
            await self.story.fact("disclosure.recalled", **recalled)
            left = [ref for ref in self.packages.pop(package) if refs is not None and ref not in refs]
            if left:
                self.packages[package] = left

    async def basis(self) -> None:
        who = self.chance.choice(list(PURPOSES))
        if (who, PURPOSES[who]) not in self.story.bases:
            await self.story.basis(who, PURPOSES[who])

    async def end_basis(self) -> None:
        who = self.chance.choice(list(PURPOSES))
        if (who, PURPOSES[who]) in self.story.bases:
            await self.story.basis_ended(who, PURPOSES[who])

    async def freeze(self) -> None:
        await self.story.fact("case.disclosure-released" if self.frozen else "case.disclosure-frozen", on=DAY)
        self.frozen = not self.frozen

    async def wait(self) -> None:
        self.told.clock.advance(hours=2)

    async def look(self) -> None:
        """What has left since, and afterwards whether everybody who was told knows of every end."""
        await self.told.send()
        await self._heard()
        await self.story.service.run_job("end-without-basis")
        await self.told.send()
        await self._heard()
        for who, heard in self.heard.items():
            assert heard <= self.allowed(who), (who, heard, self.allowed(who))

    async def _heard(self) -> None:
        for body in self.told.hook.bodies[self.seen :]:
            self.seen += 1
            who, data = await self._recipient(body), body["data"]
            refs = set(data.get("person_refs", []))
            if body["type"] == "request.ended":
                assert set(data) - {"person_refs"} == {"occurred_at", "destroy_by", "agency_case_ref", "sequence"}
                self.heard[who] = self.heard[who] - refs if refs else set()
                self.stopped += 1
                continue
            assert not self.frozen, "a frozen case says nothing"
            assert refs, "nothing about a case names nobody"
            assert refs <= self.allowed(who), (who, body["type"], refs, self.allowed(who))
            self.heard[who] |= refs
            self.named += 1

    async def _recipient(self, body: dict[str, Any]) -> str:
        (row,) = await self.story.service.fetch(
            "SELECT recipient_id::text AS id FROM agency_case WHERE agency_case_ref = $1",
            body["data"]["agency_case_ref"],
        )
        return next(who for who, own in self.story.ids.items() if own == row["id"])

    async def feeds_name_nobody_else(self) -> None:
        """The feed of each recipient, read at the end, from its beginning."""
        for row in await self.story.service.fetch("SELECT agency_case_ref, recipient_id::text AS id FROM agency_case"):
            who = next(name for name, own in self.story.ids.items() if own == row["id"])
            path = f"/registry/v1/agency-cases/{row['agency_case_ref']}/events"
            answer = await self.story.client(who).get(path, params={"limit": 200})
            for body in answer.json() if answer.status_code == 200 else []:
                if body["type"] != "request.ended":
                    assert not self.frozen
                    assert set(body["data"].get("person_refs", [])) <= self.allowed(who)


@pytest.mark.parametrize("seed", range(WALKS))
async def test_nobody_is_told_of_without_both_and_every_end_is_heard(told: Told, seed: int) -> None:
    told.story.persons = [f"person_{uuid4().hex[:8]}" for _ in range(3)]
    walk = Walk(told, seed)
    await walk.begin()
    for _ in range(STEPS):
        await walk.step()
    assert min(walk.named, walk.stopped) > 0, "a walk that names or ends nothing proves nothing"
    await walk.feeds_name_nobody_else()
