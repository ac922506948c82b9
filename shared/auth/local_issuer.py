"""The issuer of a one-machine deployment and of the tests: signs tokens with one ed25519 key of its own."""

from __future__ import annotations

import base64
import hashlib
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.auth.tokens import AUDIENCE

DEFAULT_LIFETIME_SECONDS = 8 * 3600


class LocalIssuer:
    """Issues tokens to whoever may read its key file; never for production."""

    def __init__(self, key: Ed25519PrivateKey, *, issuer: str) -> None:
        self.issuer = issuer
        self._key = key
        public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self._x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
        self.key_id = hashlib.sha256(public).hexdigest()[:16]

    @classmethod
    def generate(cls, *, issuer: str) -> LocalIssuer:
        """An issuer with a new key."""
        return cls(Ed25519PrivateKey.generate(), issuer=issuer)

    @classmethod
    def at(cls, path: Path, *, issuer: str) -> LocalIssuer:
        """The issuer whose key is in this file, made on first use and readable by its owner only."""
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise TypeError(f"{path.name} is not an ed25519 key")
        return cls(loaded, issuer=issuer)

    def issue(
        self,
        *,
        roles: list[str],
        subject: str,
        lifetime_seconds: int = DEFAULT_LIFETIME_SECONDS,
        **claims: Any,
    ) -> str:
        """A signed token for these roles and scope claims."""
        now = int(time.time())
        body = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + lifetime_seconds,
            "roles": roles,
            **{name: value for name, value in claims.items() if value is not None},
        }
        return jwt.encode(body, self._key, algorithm="EdDSA", headers={"kid": self.key_id})

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWKS document."""
        key = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.key_id, "x": self._x}
        return {"keys": [key]}

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["EdDSA"],
        }
