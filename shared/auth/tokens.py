"""Verifies bearer tokens: our issuer, our audience, allowed algorithms, well-formed claims; anything else is 401."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from typing import Any

import jwt

from shared.auth.principal import SYSTEM_PREFIX, Principal
from shared.errors import Unauthenticated, Unavailable
from shared.http.trusted import fetch_json

ALGORITHMS = ("EdDSA", "RS256", "ES256")
AUDIENCE = "wayhome"
LIST_CLAIMS = ("offices", "programmes", "countries")
TEXT_CLAIMS = ("authority_id", "agency_id", "partner_id", "provider_id", "side", "partnership_id")
ROLE_OF_ORGANISATION = {
    "agency_id": "partner_agency",
    "partner_id": "reintegration_partner",
    "provider_id": "provider",
}
"""An organisation's claim counts beside its own role only, so that no role reaches what another one's scope opens."""
LEEWAY_SECONDS = 10
REFRESH_AFTER_SECONDS = 300.0
UNKNOWN_KEY_PAUSE_SECONDS = 10.0
MOST_REMEMBERED = 4096
RESERVED_ROLE = "system"


class TokenVerifier:
    """Turns a token into a principal. Keys come from the configured address only; jku, x5u and jwk are ignored."""

    def __init__(
        self,
        *,
        issuer: str,
        jwks_url: str | None = None,
        jwks: Mapping[str, Any] | None = None,
        refresh_after_seconds: float = REFRESH_AFTER_SECONDS,
    ) -> None:
        self._issuer = issuer
        self._refresh_after_seconds = refresh_after_seconds
        self._jwks_url = jwks_url
        self._keys: dict[str, jwt.PyJWK] = _read_keys(jwks) if jwks is not None else {}
        self._fetched_at = time.monotonic() if jwks is not None else float("-inf")
        self._fetching = asyncio.Lock()
        self._verified: dict[bytes, tuple[Principal, float]] = {}

    async def verify(self, token: str) -> Principal:
        """The principal; raises Unauthenticated for everything that is not a valid token of ours.

        A token found valid is remembered until it expires or the issuer's keys are fetched anew, five minutes at most.
        """
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None and time.time() < known[1] and not self._stale(self._refresh_after_seconds):
            return known[0]
        principal, expires_at = await self._verified_anew(token)
        if len(self._verified) >= MOST_REMEMBERED:
            self._verified.clear()
        self._verified[digest] = (principal, expires_at)
        return principal

    async def _verified_anew(self, token: str) -> tuple[Principal, float]:
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header.get("kid"))
            if key is None or header.get("alg") not in ALGORITHMS or header.get("alg") != key.algorithm_name:
                raise Unauthenticated
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
            return principal_of(claims), float(claims["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            raise Unauthenticated from None

    async def _key(self, key_id: object) -> jwt.PyJWK | None:
        if not isinstance(key_id, str):
            return None
        if self._jwks_url is not None and self._due(key_id):
            async with self._fetching:  # one of many waiting requests asks, the others find its answer
                if self._due(key_id):
                    await self._refresh()
        return self._keys.get(key_id)

    def _due(self, key_id: str) -> bool:
        unknown = key_id not in self._keys and self._stale(UNKNOWN_KEY_PAUSE_SECONDS)
        return unknown or self._stale(self._refresh_after_seconds)

    def _stale(self, seconds: float) -> bool:
        return time.monotonic() - self._fetched_at > seconds

    async def _refresh(self) -> None:
        assert self._jwks_url is not None  # noqa: S101 - checked by the caller
        try:
            self._keys = _read_keys(await fetch_json(self._jwks_url))
            self._fetched_at = time.monotonic()
            self._verified.clear()
        except (OSError, ValueError) as error:
            if not self._keys:
                raise Unavailable("The identity provider cannot be reached.") from error
            self._fetched_at = time.monotonic() - self._refresh_after_seconds + UNKNOWN_KEY_PAUSE_SECONDS


def _read_keys(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for entry in document.get("keys", []):
        try:
            key = jwt.PyJWK.from_dict(entry)
        except jwt.PyJWTError:
            continue
        if key.key_id and key.algorithm_name in ALGORITHMS:
            keys[key.key_id] = key
    return keys


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """The principal in verified claims; raises ValueError for a claim of the wrong shape."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 200 or subject.startswith(SYSTEM_PREFIX):
        raise ValueError("sub")
    roles = _texts(claims.get("roles", []))
    if RESERVED_ROLE in roles:
        raise ValueError("roles")
    lists = {name: _texts(claims.get(name, [])) for name in LIST_CLAIMS}
    texts = {name: _text(claims.get(name)) for name in TEXT_CLAIMS}
    texts |= {name: None for name, role in ROLE_OF_ORGANISATION.items() if role not in roles}
    return Principal(subject=subject, roles=roles, **lists, **texts)  # type: ignore[arg-type]


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > 200 or not all(isinstance(item, str) and item for item in value):
        raise ValueError("list claim")
    return frozenset(value)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise ValueError("text claim")
    return value
