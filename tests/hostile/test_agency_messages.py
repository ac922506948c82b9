"""The one door in for messages: whatever headers and bodies come, the answer is orderly and nothing personal stays."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from services.registry.domain.agency_messages import TYPES
from services.registry.domain.disclosure_matrix import ROLES
from shared.protection.signatures import SigningKey, signed_headers
from shared.testing.plugin import Run
from tests.hostile.amount import PART, amount
from tests.hostile.judge import Tally, complaint
from tests.hostile.raw import send
from tests.registry.story import RegistryStory
from tests.registry.test_messages import disclosed

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(3600)]
SEED = 20_260_302 + PART
CANARY = "Zebulonia"
TARGET = "/registry/v1/agency-messages"
JUNK = [
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"\xff",
    b"\x00",
    b"\xef\xbb\xbf",
    b'"type"',
    b'"data"',
    b'"\\ud800"',
    b"[" * 200,
    b" " * 9,
    CANARY.encode(),
    b'"arrival.confirmed"',
    b"NaN",
]
VALUES: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", " ", CANARY, "\u0000", "\ud800", "x" * 5_000, [], [CANARY], [[]], {}, {"a": 1},
    "2026-03-02", "1987-04-12", "2026-02-30", "partner_met", "destroyed", "msg_" + "0" * 32, "1", "\u0661", ["person_a"],
]  # fmt: skip
NAMES = ["agency_case_ref", "person_refs", "in_reply_to", "on", "arrived_on", "evidence", "code", "result", "voids"]
NAMES += ["article", "data_classes", "retained_until", "commitment_id", "note", CANARY, "", "__proto__"]


class Fuzz:
    """Makes combinations of headers and bodies, the same ones for the same seed."""

    def __init__(self, story: RegistryStory, reference: str) -> None:
        self.story, self.reference = story, reference
        self.chance = random.Random(SEED)
        self.made = 0

    def combination(self) -> tuple[dict[str, bytes], bytes]:
        self.made += 1
        body = self.chance.choice([self.coded, self.coded, self.wrapped, self.rubble, self.cut])()
        headers = self.signed(body)
        if self.chance.random() < 0.35:
            name = self.chance.choice(sorted(headers))
            headers[name] = self.chance.choice(self.bent(headers[name]))
        if self.chance.random() < 0.1:
            headers.pop(self.chance.choice(sorted(headers)))
        return headers, body if self.chance.random() < 0.9 else body + b" "

    def signed(self, body: bytes) -> dict[str, bytes]:
        key = self.story.keys["partner"] if self.chance.random() < 0.9 else SigningKey.generate()
        at = int(self.story.service.clock.now().timestamp()) + self.chance.choice([0, 0, 0, 0, 299, -301, 10**6])
        identity = self.chance.choice([f"msg_{self.made}", f"msg_{self.chance.randrange(50)}"])
        found = signed_headers([key], identity, at, body)
        return {name: value.encode("latin-1") for name, value in found.items()}

    def bent(self, value: bytes) -> list[bytes]:
        spot = self.chance.randrange(len(value) + 1)
        return [
            b"", b" ", value[:spot], value + value, value[:spot] + b"\xff" + value[spot:], value.upper(), b"." + value,
            b"v1," + b"A" * 4_000, b"v1a,", b"v1a,AAAA", b"," * 50, b"-1", b"1e9", b"9" * 30, b"\xd9\xa1", CANARY.encode(),
            b"v1a,AAAA " * 30 + value, value.replace(b",", b" "), b"%00", b"v2," + value,
        ]  # fmt: skip

    def coded(self) -> bytes:
        kind = self.chance.choice(sorted(TYPES))
        known = [*TYPES[kind].facts, *NAMES]
        data = {
            self.chance.choice(known): self.chance.choice(VALUES) for _ in range(self.chance.choice([0, 0, 1, 2, 3]))
        }
        if self.chance.random() < 0.8:
            data["agency_case_ref"] = self.reference
        return json.dumps({"type": kind, "timestamp": "2026-03-02T09:00:00Z", "data": data}).encode()

    def wrapped(self) -> bytes:
        keys = ["type", "data", "timestamp", CANARY, ""]
        pairs = {self.chance.choice(keys): self.chance.choice(VALUES) for _ in range(self.chance.randrange(5))}
        return json.dumps(pairs).encode()

    def rubble(self) -> bytes:
        return b"".join(self.chance.choice(JUNK) for _ in range(self.chance.randrange(14)))

    def cut(self) -> bytes:
        whole = self.coded()
        spot = self.chance.randrange(len(whole))
        change: Callable[[], bytes] = self.chance.choice(
            [lambda: whole[:spot], lambda: whole[:spot] + self.chance.choice(JUNK) + whole[spot:], lambda: whole * 3]
        )
        return change()


async def test_headers_and_bodies_at_the_signed_door(running: Run, tally: Tally) -> None:
    story, reference = await disclosed(running, messages_per_minute=10**9)
    await story.service.fetch("UPDATE recipient SET roles = $1::jsonb", json.dumps(ROLES))
    fuzz = Fuzz(story, reference)
    token = story.client("partner").headers["Authorization"]
    for _ in range(amount(500, 100_000)):
        headers, body = fuzz.combination()
        sent = [("authorization", token), *headers.items()]
        answer = await send(story.service.app, "POST", TARGET, headers=sent, body=body)
        tally.count(
            str(answer.status), complaint(answer, sent=[CANARY]), about=(headers, body[:300], answer.text[:300])
        )
    tally.close()
    assert tally.counts["202"] > 0, "nothing got in: the combinations prove nothing"
    kept = await story.service.fetch(
        "SELECT count(*) AS n FROM agency_message WHERE agency_message::text ILIKE $1", f"%{CANARY}%"
    )
    assert kept[0]["n"] == 0
    assert all(CANARY not in event.model_dump_json() for event in await story.service.published())


async def test_bodies_at_the_door_for_forms(running: Run, tally: Tally) -> None:
    story, reference = await disclosed(running, messages_per_minute=10**9)
    await story.service.fetch("UPDATE recipient SET answers_by_form = true")
    await story.service.fetch("UPDATE recipient SET roles = $1::jsonb", json.dumps(ROLES))
    fuzz = Fuzz(story, reference)
    token = story.client("partner").headers["Authorization"]
    for number in range(amount(120, 5_000)):
        body = fuzz.combination()[1]
        if fuzz.chance.random() < 0.7:
            body = json.dumps(
                {key: value for key, value in json.loads(fuzz.coded()).items() if key != "timestamp"}
            ).encode()
        sent = [("authorization", token), ("content-type", "application/json"), ("idempotency-key", f"k{number}")]
        answer = await send(story.service.app, "POST", f"{TARGET}/forms", headers=sent, body=body)
        tally.count(str(answer.status), complaint(answer, sent=[CANARY]), about=(body[:300], answer.text[:300]))
    tally.close()
    assert tally.counts["202"] > 0
