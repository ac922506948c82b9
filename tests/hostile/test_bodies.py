"""Bodies that no honest client sends: too long, too deep, not text, not JSON, not what the header says."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence

import pytest

from shared.testing.plugin import SERVICES, Run
from tests.hostile.ground import Ground, bearer
from tests.hostile.judge import Tally, complaint
from tests.hostile.raw import send
from tests.hostile.untouched import rows_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
TARGET = "/registry/v1/partnerships"
LIMIT = 4_096
JSON, DEEP = ("content-type", "application/json"), 100_000
GOOD = {
    "title": "Partnership",
    "legal_form": "treaty",
    "parties": [{"code": "CHE", "roles": ["destination"]}, {"code": "GEO", "roles": ["origin"]}],
}


def body(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def title(raw: bytes) -> bytes:
    """A good body whose title is these raw bytes between its quotation marks."""
    return body(title="@@").replace(b"@@", raw)


TEXTS: dict[str, bytes] = {
    "NUL escape": title(b"a\\u0000b"),
    "NUL byte": title(b"a\x00b"),
    "lone high surrogate": title(b"a\\ud800"),
    "lone low surrogate": title(b"\\udfffb"),
    "raw surrogate": title(b"\xed\xa0\x80"),
    "not UTF-8": title(b"\xff\xfe\x80"),
    "cut UTF-8": title(b"\xe2\x82"),
    "overlong slash": title(b"\xc0\xaf"),
    "raw line feed": title(b"a\nb"),
    "bad escape": title(b"\\x41"),
    "only a NUL": b"\x00",
    "NUL in a party": body(parties=[{"code": "C\x00", "roles": ["origin"]}, {"code": "GEO", "roles": ["origin"]}]),
    "surrogate in a party": body(
        parties=[{"code": "\ud800", "roles": ["origin"]}, {"code": "GEO", "roles": ["origin"]}]
    ),
    "surrogate in a name": body(**{"\ud800\ud800": 1}),
    "NUL in a name": body(**{"\x00\x00\x00": 1}),
}
SHAPES: dict[str, bytes] = {
    "brackets": b"[" * DEEP,
    "closed brackets": b"[" * DEEP + b"]" * DEEP,
    "braces": b'{"title":' * DEEP + b"1" + b"}" * DEEP,
    "deep title": body(title="@@").replace(b'"@@"', b"[" * DEEP + b"]" * DEEP),
    "NaN": body(title="@@").replace(b'"@@"', b"NaN"),
    "Infinity": body(title="@@").replace(b'"@@"', b"-Infinity"),
    "1e999": body(title="@@").replace(b'"@@"', b"1e999"),
    "5000 digits": body(title="@@").replace(b'"@@"', b"9" * 5_000),
    "100000 digits": b"9" * 100_000,
    "NaN alone": b"NaN",
    "empty": b"",
    "blank": b"   ",
    "null": b"null",
    "a text": b'"title"',
    "a number": b"1",
    "cut": body()[:-2],
    "two documents": body() + body(),
    "trailing comma": body()[:-1] + b",}",
    "comment": body() + b"// yes",
    "UTF-16": body().decode().encode("utf-16"),
    "duplicate key, last wrong": body()[:-1] + b',"legal_form":"none"}',
}
TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-7",
    "application/json-patch",
    "json",
    "",
    ";",
    "\x00",
    "application/" + "x" * 4_000,
)
ENCODINGS = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x" * 3_000)
CANARY = "Zebulonia"
RUBBISH: dict[str, bytes] = {
    "cut": b'{"name":"Zebulonia"',
    "an unknown field": b'{"Zebulonia":"Zebulonia"}',
    "a list": b'["Zebulonia"]',
    "not UTF-8": b'{"name":"Zebulonia\xff"}',
}
COUNTED = {"refused_message", "public_pace"}
"""Where it is counted that something was refused, and nothing of it is kept."""
BOMB = gzip.compress(b"[" * 10_000_000)


async def answered(
    found: Ground,
    tally: Tally,
    name: str,
    sent: bytes | Sequence[bytes],
    expected: set[int],
    *headers: tuple[str, str],
    length: bool = True,
) -> None:
    """Send it, expect one of these statuses and a problem document."""
    token = ("authorization", bearer(found, ["administrator"]))
    keyed = (token, ("idempotency-key", "hostile-body"), *headers)
    answer = await send(found.service.app, "POST", TARGET, headers=keyed, body=sent, length=length)
    wrong = complaint(answer) or (None if answer.status in expected else f"status {answer.status}, not {expected}")
    tally.count(str(answer.status), wrong, about=(name, answer.text[:300]))


async def test_broken_texts_and_shapes_are_refused_and_leave_nothing(running: Run, tally: Tally) -> None:
    found = Ground(await running("registry"))
    before = await rows_of(found.service)
    for name, sent in {**TEXTS, **SHAPES}.items():
        await answered(found, tally, name, sent, {400, 422}, JSON)
        await answered(found, tally, f"{name}, in pieces", [sent[:7], sent[7:]], {400, 422}, JSON, length=False)
    tally.close()
    assert await rows_of(found.service) == before


def takers(found: Ground) -> Iterator[tuple[str, str, list[str]]]:
    """Every operation that takes JSON: its method, a path that names nothing, and the answers that it documents."""
    for path, item in found.service.app.openapi()["paths"].items():
        for method, operation in item.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                target = re.sub(r"\{[^}]+\}", "0199c0de-0000-7000-8000-00000000dead", path)
                yield method.upper(), target, list(operation["responses"])


@pytest.mark.parametrize("name", sorted({*SERVICES} - {"reporting"}))  # which is only read
async def test_every_route_that_takes_a_body_refuses_rubbish_and_repeats_nothing(
    running: Run, name: str, tally: Tally
) -> None:
    found = Ground(await running(name))
    before = await rows_of(found.service)
    token = ("authorization", bearer(found, found.roles()))
    for method, target, documented in takers(found):
        for kind, sent in RUBBISH.items():
            headers = (token, JSON, ("idempotency-key", "rubbish"), ("if-match", '"1"'))
            answer = await send(found.service.app, method, target, headers=headers, body=sent)
            wrong = complaint(answer, sent=[CANARY], documented=documented)
            wrong = wrong or (f"status {answer.status}" if answer.status < 400 else None)
            tally.count(str(answer.status), wrong, about=(method, target, kind, answer.text[:300]))
    tally.close()
    after = await rows_of(found.service)
    assert {table: rows for table, rows in after.items() if rows != before[table] and table not in COUNTED} == {}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark, which RFC 8259 lets us skip"])
async def test_a_duplicate_key_counts_once_and_the_last_one_wins(running: Run, mark: bytes) -> None:
    found = Ground(await running("registry"))
    token = ("authorization", bearer(found, ["administrator"]))
    sent = mark + body()[:-1] + b',"title":"The last"}'
    headers = [token, JSON, ("idempotency-key", "twice")]
    answer = await send(found.service.app, "POST", TARGET, headers=headers, body=sent)
    assert (answer.status, json.loads(answer.body)["title"]) == (201, "The last")


async def test_wrong_types_and_encodings_are_refused(running: Run, tally: Tally) -> None:
    found = Ground(await running("registry"))
    before = await rows_of(found.service)
    for kind in TYPES:
        await answered(found, tally, f"type {kind!r}", body(), {415, 422}, ("content-type", kind))
    for encoding in ENCODINGS:
        for sent in (BOMB, body()):
            await answered(found, tally, f"encoding {encoding}", sent, {415}, JSON, ("content-encoding", encoding))
    tally.close()
    assert await rows_of(found.service) == before


async def test_bodies_over_the_limit_are_refused_however_they_come(running: Run, tally: Tally) -> None:
    found = Ground(await running("registry", max_body_bytes=LIMIT))
    before = await rows_of(found.service)
    long = body(title="x" * LIMIT)
    await answered(found, tally, "said", long, {413}, JSON)
    await answered(found, tally, "not said", [long], {413}, JSON, length=False)
    await answered(found, tally, "in pieces", [b" " * 100] * 100, {413}, JSON, length=False)
    await answered(found, tally, "byte by byte", [b" "] * (LIMIT + 1), {413}, JSON, length=False)
    await answered(found, tally, "understated", long, {413}, JSON, ("content-length", "10"))
    for length in ("-1", "1e3", "ten", "9" * 400, "9" * 5_000, "+5", "5, 5", " ", "\u0662"):
        await answered(found, tally, f"length {length[:9]}", body(), {400, 413}, JSON, ("content-length", length))
    tally.close()
    assert await rows_of(found.service) == before


async def test_an_identity_encoding_and_a_length_at_the_limit_are_fine(running: Run) -> None:
    found = Ground(await running("registry", max_body_bytes=LIMIT))
    token = ("authorization", bearer(found, ["administrator"]))
    sent = body() + b" " * (LIMIT - len(body()))
    headers = [token, JSON, ("content-encoding", "identity"), ("idempotency-key", "at-the-limit")]
    answer = await send(found.service.app, "POST", TARGET, headers=headers, body=sent)
    assert answer.status == 201, answer.text
