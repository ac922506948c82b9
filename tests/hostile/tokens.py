"""Access tokens that must open nothing: each is wrong in one way, and right in every other."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.auth.local_issuer import LocalIssuer
from shared.auth.tokens import AUDIENCE

Claims = dict[str, Any]
Forge = Callable[[LocalIssuer, Claims], str | None]
HOUR = 3_600
STRANGER = Ed25519PrivateKey.generate()
STRANGER_ES256: EllipticCurvePrivateKey = generate_private_key(SECP256R1())


def _claims(issuer: LocalIssuer, claims: Claims, **changes: Any) -> Claims:
    now = int(time.time())
    body = {"iss": issuer.issuer, "aud": AUDIENCE, "iat": now, "exp": now + HOUR, **claims, **changes}
    return {name: value for name, value in body.items() if value is not None}


def _ours(**changes: Any) -> Forge:
    """Signed by the issuer itself, with these claims changed; None takes a claim away."""
    return lambda issuer, claims: _signed(issuer, _claims(issuer, claims, **changes))


def _later(**seconds: int) -> Forge:
    """Signed by the issuer itself, with these instants moved from now."""

    def forged(issuer: LocalIssuer, claims: Claims) -> str:
        return _signed(issuer, _claims(issuer, claims, **{name: int(time.time()) + by for name, by in seconds.items()}))

    return forged


def _signed(issuer: LocalIssuer, claims: Claims) -> str:
    return jwt.encode(claims, issuer._key, algorithm="EdDSA", headers={"kid": issuer.key_id})


def _strange(**headers: Any) -> Forge:
    """Signed by a stranger, who says in the header whatever may help."""

    def forged(issuer: LocalIssuer, claims: Claims) -> str:
        named = {name: value(issuer) if callable(value) else value for name, value in headers.items()}
        return jwt.encode(_claims(issuer, claims), STRANGER, algorithm="EdDSA", headers=named)

    return forged


def _jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(public).rstrip(b"=").decode(), "kid": "s"}


def _our_kid(issuer: LocalIssuer) -> str:
    return issuer.key_id


def _unsigned(algorithm: str) -> Forge:
    """No signature at all, under one of the spellings of `none` or under our own algorithm."""

    def forged(issuer: LocalIssuer, claims: Claims) -> str:
        return _parts({"alg": algorithm, "typ": "JWT", "kid": issuer.key_id}, _claims(issuer, claims)) + "."

    return forged


def _public_key_as_secret(shape: str) -> Forge:
    """HS256 with our public key, which everybody may fetch, in the place of the secret."""

    def forged(issuer: LocalIssuer, claims: Claims) -> str:
        public = issuer._key.public_key()
        secrets = {
            "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
            "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "x": issuer.jwks()["keys"][0]["x"].encode(),
        }
        signed = _parts({"alg": "HS256", "typ": "JWT", "kid": issuer.key_id}, _claims(issuer, claims))
        return f"{signed}.{_text(hmac.digest(secrets[shape], signed.encode(), hashlib.sha256))}"

    return forged


def _other_algorithm(issuer: LocalIssuer, claims: Claims) -> str:
    body, headers = _claims(issuer, claims), {"kid": issuer.key_id}
    return jwt.encode(body, STRANGER_ES256, algorithm="ES256", headers=headers)


def _changed_after_signing(issuer: LocalIssuer, claims: Claims) -> str:
    header, _, signature = _signed(issuer, _claims(issuer, {**claims, "roles": []})).split(".")
    return f"{header}.{_text(json.dumps(_claims(issuer, claims)).encode())}.{signature}"


def _cut(issuer: LocalIssuer, claims: Claims) -> str:
    return _signed(issuer, _claims(issuer, claims)).rsplit(".", 1)[0] + "."


def _parts(header: dict[str, Any], claims: Claims) -> str:
    return ".".join(_text(json.dumps(part).encode()) for part in (header, claims))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


FORGED: dict[str, Forge] = {
    "no token": lambda issuer, claims: None,
    "empty": lambda issuer, claims: "",
    "not a token": lambda issuer, claims: "a.b.c",
    "expired": _later(iat=-2 * HOUR, exp=-HOUR),
    "never expires": _ours(exp=None),
    "expires beyond numbers": _ours(exp=10**400),
    "expires at infinity": _ours(exp=float("inf")),
    "not yet valid": _later(nbf=HOUR),
    "issued tomorrow": _later(iat=24 * HOUR, exp=25 * HOUR),
    "wrong audience": _ours(aud="wayhome-elsewhere"),
    "no audience": _ours(aud=None),
    "wrong issuer": _ours(iss="https://identity.example"),
    "no subject": _ours(sub=None),
    "subject of the system": _ours(sub="system:job"),
    "role of the system": _ours(roles=["system"]),
    "roles not a list": _ours(roles="administrator"),
    "alg none": _unsigned("none"),
    "alg NONE": _unsigned("NONE"),
    "alg ours, no signature": _unsigned("EdDSA"),
    "HS256 with the raw public key": _public_key_as_secret("raw"),
    "HS256 with the public key as PEM": _public_key_as_secret("pem"),
    "HS256 with the public key as in the JWKS": _public_key_as_secret("x"),
    "our kid, a stranger's key": _strange(kid=_our_kid),
    "our kid, a stranger's algorithm": _other_algorithm,
    "unknown kid": _strange(kid="s"),
    "no kid": _strange(),
    "kid is a path": _strange(kid="../../../../dev/null"),
    "kid is SQL": _strange(kid="' OR '1'='1"),
    "stranger's jwk": _strange(kid="s", jwk=_jwk(STRANGER)),
    "stranger's jku": _strange(kid="s", jku="http://127.0.0.1:9/jwks"),
    "stranger's jku and jwk, our kid": _strange(kid=_our_kid, jku="http://127.0.0.1:9/jwks", jwk=_jwk(STRANGER)),
    "stranger's x5u": _strange(kid="s", x5u="http://127.0.0.1:9/chain.pem"),
    "changed after signing": _changed_after_signing,
    "signature cut off": _cut,
}
"""By what is wrong; `claims` are those of somebody who may do everything."""
