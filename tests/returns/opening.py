"""Opens an encrypted package by the letter of RFC 7516 and 7518, with nothing of the library that made it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_half(key: X25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def opened(token: str, key: X25519PrivateKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """The protected header, and the package."""
    protected, wrapped, nonce, ciphertext, tag = token.split(".")
    header = json.loads(decoded(protected))
    shared = key.exchange(X25519PublicKey.from_public_bytes(decoded(header["epk"]["x"])))
    content_key = aes_key_unwrap(_derived(shared, b"ECDH-ES+A256KW", 256), decoded(wrapped))
    plain = AESGCM(content_key).decrypt(decoded(nonce), decoded(ciphertext) + decoded(tag), protected.encode())
    return header, json.loads(plain)


def _derived(shared: bytes, algorithm: bytes, bits: int) -> bytes:
    """Concat KDF (RFC 7518 4.6.2), one round of SHA-256; no party information."""
    name = len(algorithm).to_bytes(4, "big") + algorithm
    nobody = bytes(4)
    return hashlib.sha256((1).to_bytes(4, "big") + shared + name + nobody + nobody + bits.to_bytes(4, "big")).digest()
