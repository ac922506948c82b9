"""The published vectors, the negative ones, and hostile input: one kind of refusal, nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from shared.protection.signatures import (
    KeyMalformed,
    PublicKey,
    SharedSecret,
    SignatureRefused,
    SigningKey,
    signed_headers,
    verify,
)

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "published.json").read_text())[
    "standard_webhooks"
]
HMAC = next(vector for vector in VECTORS if vector["name"] == "hmac-1")
ED25519 = next(vector for vector in VECTORS if vector["name"] == "ed25519-1")
SECRET, KEY = SharedSecret.parse(HMAC["secret"]), SigningKey.parse(ED25519["secret"])
NOW = 1614265330


def headers(signature: str, **changes: str) -> dict[str, str]:
    return {
        "webhook-id": HMAC["id"],
        "webhook-timestamp": str(NOW),
        "webhook-signature": signature,
        **changes,
    }


def check(signature: str, *, body: bytes = HMAC["body"].encode(), now: float = NOW, **changes: str) -> None:
    verify(
        [SECRET, KEY.public],
        headers(signature, **{k.replace("_", "-"): v for k, v in changes.items()}),
        body,
        now=now,
    )


def test_the_published_signatures_are_made_and_accepted() -> None:
    body = HMAC["body"].encode()
    assert SECRET.sign(HMAC["id"], NOW, body) == HMAC["signature"]
    assert KEY.sign(ED25519["id"], NOW, body) == ED25519["signature"]
    assert str(KEY.public) == ED25519["public"]
    check(HMAC["signature"])
    check(ED25519["signature"])


def test_one_right_signature_among_junk_is_enough() -> None:
    check(f"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc {HMAC['signature']} v1,!!")


@pytest.mark.parametrize(
    "signature",
    [
        "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
        HMAC["signature"][:-2] + "A=",
        "v1," + ED25519["signature"][4:],
        "v1a," + HMAC["signature"][3:],
        "v1,",
        "v1",
        "",
        "v1,\u00e9",
    ],
)
def test_wrong_signatures_are_refused(signature: str) -> None:
    with pytest.raises(SignatureRefused):
        check(signature)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(missing: str) -> None:
    found = headers(HMAC["signature"])
    del found[missing]
    with pytest.raises(SignatureRefused):
        verify([SECRET], found, HMAC["body"].encode(), now=NOW)


@pytest.mark.parametrize("now", [NOW - 301, NOW + 301])
def test_outside_of_five_minutes_is_refused(now: float) -> None:
    with pytest.raises(SignatureRefused, match="signature"):
        check(HMAC["signature"], now=now)
    check(HMAC["signature"], now=NOW + 300)


@pytest.mark.parametrize(
    "timestamp", ["1614265330.5", " 1614265330", "1614265330 ", "+1614265330", "1e9", "\u0661", "9" * 13]
)
def test_odd_timestamps_are_refused(timestamp: str) -> None:
    with pytest.raises(SignatureRefused):
        check(HMAC["signature"], webhook_timestamp=timestamp)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!", "whsec_AAAA", "whpk_AAAA", str(KEY.public)])
def test_malformed_secrets_are_refused(secret: str) -> None:
    with pytest.raises(KeyMalformed):
        SharedSecret.parse(secret)
    with pytest.raises(KeyMalformed):
        SigningKey.parse(secret)


def test_both_lengths_of_signing_keys_are_read() -> None:
    short = "whsk_" + base64.b64encode(KEY.raw).decode()
    assert str(SigningKey.parse(short).public) == ED25519["public"]
    mixed = base64.b64encode(KEY.raw + bytes(32)).decode()
    with pytest.raises(KeyMalformed):
        SigningKey.parse("whsk_" + mixed)


TEXT = st.text(max_size=60)


@given(TEXT, TEXT, TEXT, st.binary(max_size=60), st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=400)
def test_hostile_headers_raise_nothing_else(a: str, b: str, c: str, body: bytes, now: float) -> None:
    hostile = {"webhook-id": a, "webhook-timestamp": b, "webhook-signature": c}
    with pytest.raises(SignatureRefused):
        verify([SECRET, KEY.public], hostile, body, now=now)


@given(st.binary(max_size=200), st.integers(0, 10**10))
def test_what_we_sign_we_accept_and_a_changed_byte_we_do_not(body: bytes, at: int) -> None:
    new = SigningKey.generate()
    made = signed_headers([KEY, new], "msg_1", at, body)
    for key in (KEY.public, new.public):
        assert verify([key], made, body, now=at).message_id == "msg_1"
    with pytest.raises(SignatureRefused):
        verify([KEY.public], made, body + b"x", now=at)


def test_the_published_library_accepts_our_hmac() -> None:
    import time

    at, body = int(time.time()), b'{"a": 1}'
    made = signed_headers([SECRET], "msg_1", at, body)
    assert Webhook(HMAC["secret"]).verify(body, made) == {"a": 1}


def test_keys_do_not_print_their_secret() -> None:
    assert base64.b64encode(KEY.raw).decode() not in repr(KEY)
    assert PublicKey.parse(str(KEY.public)) == KEY.public
