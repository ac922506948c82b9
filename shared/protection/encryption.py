"""Encrypt something to one recipient's public key, so that nobody on the way and no gateway before it can read it.

JSON Web Encryption (RFC 7516) in its compact form: ECDH-ES+A256KW with X25519 (RFC 7518, RFC 8037) and A256GCM. No
other algorithm is offered, so none can be negotiated down to.
"""

from __future__ import annotations

from joserfc import jwe
from joserfc.jwk import OKPKey

MEDIA_TYPE = "application/jose"
KEY_AGREEMENT, CONTENT = "ECDH-ES+A256KW", "A256GCM"


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
