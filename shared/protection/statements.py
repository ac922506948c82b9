"""Statements signed for others to keep: JSON in a compact JWS (RFC 7515) with Ed25519 (RFC 8037), which anybody who has
the public key checks without asking us.

Every statement has a kind (`typ`), so that a signature given for one thing never counts for another, and names its key
(`kid`), so that a key can be replaced while what it signed stays checkable.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt import PyJWS

ALGORITHM = "EdDSA"


def new_secret() -> bytes:
    """The 32 secret bytes of a new key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_half(secret: bytes) -> str:
    """The base64url Ed25519 key of 32 secret bytes, the `x` of a JSON Web Key."""
    raw = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(statement: Mapping[str, Any], secret: bytes, *, key_id: str, kind: str) -> str:
    """The statement with its signature, in the compact form: three parts of base64url with dots between them."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    content = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    return PyJWS().encode(content, key, algorithm=ALGORITHM, headers={"kid": key_id, "typ": kind})


def as_jwk(public_key: str, key_id: str) -> dict[str, str]:
    """A public key as an entry of a JSON Web Key Set (RFC 7517)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public_key, "kid": key_id, "use": "sig", "alg": ALGORITHM}
