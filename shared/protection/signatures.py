"""Standard Webhooks 1.0.0: ed25519 (`v1a`) and HMAC (`v1`) signatures, made and checked.

Header form is checked before any cryptography, and every refusal is one exception with a slug: hostile input never
raises anything else.
Source: the Standard Webhooks specification, spec/standard-webhooks.md; tests/vectors/published.json holds the
published vectors.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.errors import WayhomeError

TOLERANCE_SECONDS = 300
ID_FORM = re.compile(r"[A-Za-z0-9_-]{1,128}")
TIMESTAMP_FORM = re.compile(r"[0-9]{1,12}")
SECRET_PREFIX, PUBLIC_PREFIX, HMAC_PREFIX = "whsk_", "whpk_", "whsec_"
LONGEST_LIST = 20


class SignatureRefused(WayhomeError):
    """The message is not signed by anybody we trust, or not now; `slug` says which."""

    slug = "signature-refused"
    status = 401
    title = "The signature is not valid"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class KeyMalformed(ValueError):
    """A key is not of the documented form."""


@dataclass(frozen=True)
class PublicKey:
    """A receiver's copy of a sender's key."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read `whpk_` + base64 of 32 bytes; raises KeyMalformed."""
        raw = _decoded(text, PUBLIC_PREFIX)
        if len(raw) != 32:
            raise KeyMalformed("a public key has 32 bytes")
        return cls(raw)

    def __str__(self) -> str:
        return PUBLIC_PREFIX + base64.b64encode(self.raw).decode()

    def verifies(self, version: str, signature: bytes, content: bytes) -> bool:
        """Whether this signature is ours over this content."""
        if version != "v1a" or len(signature) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SharedSecret:
    """An HMAC secret both sides know."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> SharedSecret:
        """Read `whsec_` + base64 of 24 to 64 bytes; raises KeyMalformed."""
        raw = _decoded(text, HMAC_PREFIX)
        if not 24 <= len(raw) <= 64:
            raise KeyMalformed("a secret has 24 to 64 bytes")
        return cls(raw)

    def sign(self, message_id: str, timestamp: int, body: bytes) -> str:
        """The header value `v1,...`."""
        digest = hmac.new(self.raw, _content(message_id, str(timestamp), body), hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()

    def verifies(self, version: str, signature: bytes, content: bytes) -> bool:
        """Whether this signature is ours over this content; constant time."""
        expected = hmac.new(self.raw, content, hashlib.sha256).digest()
        return version == "v1" and hmac.compare_digest(expected, signature)


class SigningKey:
    """An ed25519 key that signs `v1a`."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read `whsk_` + base64 of 32 bytes, or of 64 (seed and public half); raises KeyMalformed."""
        raw = _decoded(text, SECRET_PREFIX)
        if len(raw) not in (32, 64):
            raise KeyMalformed("a signing key has 32 or 64 bytes")
        key = cls(Ed25519PrivateKey.from_private_bytes(raw[:32]))
        if len(raw) == 64 and key.public.raw != raw[32:]:
            raise KeyMalformed("the two halves do not belong together")
        return key

    def __str__(self) -> str:
        return SECRET_PREFIX + base64.b64encode(self.raw).decode()

    def __repr__(self) -> str:
        return "SigningKey(...)"

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the seed."""
        formats = (serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
        return self._key.private_bytes(*formats)

    @property
    def public(self) -> PublicKey:
        """What receivers need."""
        formats = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return PublicKey(self._key.public_key().public_bytes(*formats))

    def sign(self, message_id: str, timestamp: int, body: bytes) -> str:
        """The header value `v1a,...`."""
        signature = self._key.sign(_content(message_id, str(timestamp), body))
        return "v1a," + base64.b64encode(signature).decode()


Trusted = PublicKey | SharedSecret


@dataclass(frozen=True)
class Verified:
    """A message whose signature holds."""

    message_id: str
    timestamp: int


def signed_headers(
    keys: Sequence[SigningKey | SharedSecret], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers; several keys while one is being replaced."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(key.sign(message_id, timestamp, body) for key in keys),
    }


def verify(
    trusted: Sequence[Trusted],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> Verified:
    """Check a message against keys we hold; raises SignatureRefused and nothing else.

    `headers` has lower-case names; `now` is seconds since 1970. Keys never come from the message.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not ID_FORM.fullmatch(message_id):
        raise SignatureRefused("id-malformed")
    if not TIMESTAMP_FORM.fullmatch(timestamp):
        raise SignatureRefused("timestamp-malformed")
    if abs(now - int(timestamp)) > tolerance_seconds:
        raise SignatureRefused("timestamp-out-of-range")
    content = _content(message_id, timestamp, body)
    for version, signature in _signatures(headers.get("webhook-signature", "")):
        if any(key.verifies(version, signature, content) for key in trusted):
            return Verified(message_id, int(timestamp))
    raise SignatureRefused("no-signature-matches")


def _signatures(header: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in header.split(" ")[:LONGEST_LIST]:
        version, comma, encoded = item.partition(",")
        if not comma or version not in ("v1", "v1a") or not encoded.isascii():
            continue
        try:
            found.append((version, base64.b64decode(encoded, validate=True)))
        except (binascii.Error, ValueError):
            continue
    return found


def _content(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body


def _decoded(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix) or not text.isascii():
        raise KeyMalformed(f"expected {prefix}")
    try:
        return base64.b64decode(text[len(prefix) :], validate=True)
    except (binascii.Error, ValueError):
        raise KeyMalformed("not base64") from None
