"""Encrypt something to one public key, so that nobody on the way and no gateway before it can read it; and open it.

JSON Web Encryption (RFC 7516) in its compact form: ECDH-ES+A256KW with X25519 (RFC 7518, RFC 8037) and A256GCM. No
other algorithm is offered, so none can be negotiated down to.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

MEDIA_TYPE = "application/jose"
KEY_AGREEMENT, CONTENT = "ECDH-ES+A256KW", "A256GCM"


class NotOpened(ValueError):
    """This was not encrypted to the key, not in this form, or changed on the way."""


def encrypted_to(public_key: str, plaintext: bytes, *, key_id: str) -> str:
    """The compact form for a base64url X25519 key; `key_id` tells the recipient which of its keys opens it.

    Raises ValueError for a key that is none, for example one of the points that give everybody the same secret.
    """
    key = OKPKey.import_key({"kty": "OKP", "crv": "X25519", "x": public_key})
    header = {"alg": KEY_AGREEMENT, "enc": CONTENT, "kid": key_id, "cty": "application/json"}
    return jwe.encrypt_compact(header, plaintext, key, algorithms=[KEY_AGREEMENT, CONTENT])


def can_encrypt_to(public_key: str) -> bool:
    """Whether this is a key that gives a secret to its owner alone."""
    try:
        encrypted_to(public_key, b"", key_id="trial")
    except ValueError:
        return False
    return True


def public_half(secret: bytes) -> str:
    """The base64url X25519 key of 32 secret bytes, to be given to whoever is to encrypt."""
    return _encoded(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def opened_with(secret: bytes, token: str) -> bytes:
    """What was encrypted to the public half of these 32 bytes; the algorithms are ours, never the token's. Raises
    NotOpened."""
    held: dict[str, str | list[str]] = {"kty": "OKP", "crv": "X25519", "x": public_half(secret), "d": _encoded(secret)}
    try:
        opened = jwe.decrypt_compact(token, OKPKey.import_key(held), algorithms=[KEY_AGREEMENT, CONTENT])
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotOpened from None
    return opened.plaintext or b""


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
