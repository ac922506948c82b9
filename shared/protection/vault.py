"""Sealing personal data: one key per person, wrapped by the service's master key; destroying the key erases the person.

AES-256-GCM with a random nonce. The associated data service|table|column|person|version binds a ciphertext to its
place: moved
elsewhere it does not open. Layout of a sealed value: key version (1 byte), nonce (12), ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import WayhomeError

NONCE_BYTES = 12
KEY_BYTES = 32
KEY_VERSION = 1
LASTING = b"wayhome|lasting-hash"


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


OnOpen = Callable[[Sequence[UUID], str], None]
Driver = Callable[[], Awaitable[Any]]
"""The driver's connection in the unit's transaction."""
Append = Callable[..., None]
"""Takes a table and one row's values by column, written at commit."""

KEYS = "SELECT person_id, wrapped_key, destroyed_at FROM person_key WHERE person_id = ANY($1::uuid[])"
ADD_KEYS = (
    "INSERT INTO person_key (person_id, wrapped_key, key_version) "
    "SELECT id, wrapped, $3 FROM unnest($1::uuid[], $2::bytea[]) AS made (id, wrapped) "
    "ON CONFLICT (person_id) DO NOTHING RETURNING person_id"
)
DESTROY = (
    "INSERT INTO person_key (person_id, wrapped_key, key_version, destroyed_at) "
    "VALUES ($1, NULL, $2, clock_timestamp()) "
    "ON CONFLICT (person_id) DO UPDATE SET wrapped_key = NULL, "
    "destroyed_at = coalesce(person_key.destroyed_at, clock_timestamp())"
)


class Vault:
    """The keys of one service."""

    def __init__(self, service: str, master_key: bytes, old_master_keys: Sequence[bytes] = ()) -> None:
        self._service = service
        self._master_keys = [master_key, *old_master_keys]

    def bound(self, driver: Driver, on_open: OnOpen, append: Append) -> BoundVault:
        """The vault inside one unit of work; `on_open` is told whose data was opened and why, `append` takes rows."""
        return BoundVault(self, driver, on_open, append)

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

    def blind(self, value: str, *, purpose: str) -> bytes:
        """A keyed hash for equality search; never on low-entropy values alone. It changes with the master key."""
        return hmac.digest(self._derived(self._master_keys[0], f"blind|{purpose}"), value.encode(), hashlib.sha256)

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


class BoundVault:
    """The vault inside one unit of work: keys come from and go to its transaction, opening is audited."""

    def __init__(self, vault: Vault, driver: Driver, on_open: OnOpen, append: Append) -> None:
        self._vault = vault
        self._driver = driver
        self._on_open = on_open
        self._append = append
        self._known: dict[UUID, bytes | None] = {}

    def enrol(self, person_id: UUID) -> None:
        """Make the key of a person whose id was made just now, so that nobody can have made it before."""
        key, wrapped = self._vault.new_key(person_id)
        self._known[person_id] = key
        self._append("person_key", person_id=person_id, wrapped_key=wrapped, key_version=KEY_VERSION)

    async def _add(self, wanted: Sequence[UUID]) -> None:
        """Make keys; whoever has one already, from another unit of work at the same time, keeps it."""
        if not wanted:
            return
        made = dict(zip(wanted, map(self._vault.new_key, wanted), strict=True))
        wrapped = [made[person_id][1] for person_id in wanted]
        for row in await (await self._driver()).fetch(ADD_KEYS, wanted, wrapped, KEY_VERSION):
            self._known[row["person_id"]] = made[row["person_id"]][0]
        await self._read([person_id for person_id in wanted if person_id not in self._known])

    async def seal(self, item: Sealed) -> bytes:
        """Seal one value."""
        return (await self.seal_many([item]))[0]

    async def seal_many(self, items: Sequence[Sealed]) -> list[bytes]:
        """Seal values, making keys for new persons; raises PersonErased."""
        await self._load({item.person_id for item in items}, create=True)
        sealed: list[bytes] = []
        for item in items:
            key = self._known[item.person_id]
            if key is None:
                raise PersonErased
            sealed.append(self._vault.seal_with(key, item))
        return sealed

    async def open(self, item: Sealed, *, purpose: str) -> bytes | None:
        """Open one value; None if the person was erased."""
        return (await self.open_many([item], purpose=purpose))[0]

    async def open_many(self, items: Sequence[Sealed], *, purpose: str) -> list[bytes | None]:
        """Open values; None where the person was erased. One audit row names the persons and the purpose."""
        if not items:
            return []
        await self._load({item.person_id for item in items}, create=False)
        self._on_open([item.person_id for item in items], purpose)
        opened: list[bytes | None] = []
        for item in items:
            key = self._known.get(item.person_id)
            opened.append(None if key is None else self._vault.open_with(key, item))
        return opened

    def seal_service(self, name: str, value: bytes) -> bytes:
        """Seal something of the service itself."""
        return self._vault.seal_service(name, value)

    def open_service(self, name: str, value: bytes) -> bytes:
        """Open something of the service itself."""
        return self._vault.open_service(name, value)

    def blind(self, value: str, *, purpose: str) -> bytes:
        """A keyed hash for equality search."""
        return self._vault.blind(value, purpose=purpose)

    async def lasting_hash(self, key_id: UUID, value: str) -> bytes:
        """A keyed hash under a key of its own, which a new master key does not change. Raises PersonErased."""
        await self._load({key_id}, create=True)
        if (key := self._known[key_id]) is None:
            raise PersonErased
        return hmac.digest(HKDF(SHA256(), KEY_BYTES, salt=None, info=LASTING).derive(key), value.encode(), "sha256")

    async def destroy(self, person_id: UUID) -> None:
        """Destroy a person's key: what was sealed under it never opens again."""
        await (await self._driver()).execute(DESTROY, person_id, KEY_VERSION)
        self._known[person_id] = None

    async def _load(self, wanted: set[UUID], *, create: bool) -> None:
        missing = sorted(wanted - self._known.keys())
        if not missing:
            return
        await self._read(missing)
        if create:
            await self._add([person_id for person_id in missing if person_id not in self._known])

    async def _read(self, person_ids: Sequence[UUID]) -> None:
        if not person_ids:
            return
        for row in await (await self._driver()).fetch(KEYS, list(person_ids)):
            person_id, wrapped = row["person_id"], row["wrapped_key"]
            gone = row["destroyed_at"] is not None or wrapped is None
            self._known[person_id] = None if gone else self._vault.unwrap(person_id, wrapped)
