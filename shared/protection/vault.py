"""Sealing personal data: one key per person, wrapped by the service's master key; destroying the key erases the person.

AES-256-GCM with a random nonce. The associated data service|table|column|person|version binds a ciphertext to its
place: moved
elsewhere it does not open. Layout of a sealed value: key version (1 byte), nonce (12), ciphertext and tag.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import WayhomeError

NONCE_BYTES = 12
KEY_BYTES = 32
KEY_VERSION = 1


class SealBroken(WayhomeError):
    """A sealed value does not open: damaged, moved, or sealed under an unknown master key."""

    slug = "seal-broken"
    title = "A protected value cannot be opened"


class PersonErased(WayhomeError):
    """The person's key was destroyed; nothing can be sealed for them any more."""

    slug = "person-erased"
    status = 409
    title = "This person's data was erased"


@dataclass(frozen=True)
class Sealed:
    """One value and its place; `value` is the plain text to seal or the sealed bytes to open."""

    person_id: UUID
    table: str
    column: str
    value: bytes


class Vault:
    """The keys of one service."""

    def __init__(self, service: str, master_key: bytes, old_master_keys: Sequence[bytes] = ()) -> None:
        self._service = service
        self._master_keys = [master_key, *old_master_keys]

    def new_key(self, person_id: UUID) -> tuple[bytes, bytes]:
        """A fresh person key and its wrapped form."""
        key = secrets.token_bytes(KEY_BYTES)
        return key, self.wrap(person_id, key)

    def newest(self) -> Vault:
        """This vault without its earlier master keys."""
        return Vault(self._service, self._master_keys[0])

    def wrap(self, person_id: UUID, key: bytes) -> bytes:
        """A person key under the current master key."""
        return self._encrypt(self._master_keys[0], key, self._wrap_place(person_id))

    def unwrap(self, person_id: UUID, wrapped: bytes) -> bytes:
        """A person key; raises SealBroken if no master key opens it."""
        for master_key in self._master_keys:
            try:
                return self._decrypt(master_key, wrapped, self._wrap_place(person_id))
            except InvalidTag:
                continue
        raise SealBroken

    def seal_with(self, key: bytes, item: Sealed) -> bytes:
        """Seal one value under a person key."""
        return bytes([KEY_VERSION]) + self._encrypt(key, item.value, self._place(item))

    def open_with(self, key: bytes, item: Sealed) -> bytes:
        """Open one value; raises SealBroken."""
        if len(item.value) < 1 + NONCE_BYTES + 16 or item.value[0] != KEY_VERSION:
            raise SealBroken
        try:
            return self._decrypt(key, item.value[1:], self._place(item))
        except InvalidTag:
            raise SealBroken from None

    def seal_service(self, name: str, value: bytes) -> bytes:
        """Seal something of the service itself (a signing key) under a key derived for that name."""
        return self._encrypt(self._derived(self._master_keys[0], name), value, self._place_of_service(name))

    def open_service(self, name: str, value: bytes) -> bytes:
        """Open something of the service itself; raises SealBroken."""
        for master_key in self._master_keys:
            try:
                return self._decrypt(self._derived(master_key, name), value, self._place_of_service(name))
            except InvalidTag:
                continue
        raise SealBroken

    def _derived(self, master_key: bytes, name: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"wayhome|{self._service}|{name}".encode()).derive(master_key)

    def _place(self, item: Sealed) -> bytes:
        return f"{self._service}|{item.table}|{item.column}|{item.person_id}|{KEY_VERSION}".encode()

    def _wrap_place(self, person_id: UUID) -> bytes:
        return f"{self._service}|person_key|wrapped_key|{person_id}|{KEY_VERSION}".encode()

    def _place_of_service(self, name: str) -> bytes:
        return f"{self._service}|service|{name}".encode()

    @staticmethod
    def _encrypt(key: bytes, value: bytes, place: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, value, place)

    @staticmethod
    def _decrypt(key: bytes, value: bytes, place: bytes) -> bytes:
        return AESGCM(key).decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], place)
