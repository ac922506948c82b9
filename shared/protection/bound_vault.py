"""The vault inside one unit of work: keys come from and go to its transaction, and every opening is audited."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.protection.blind_index import BlindIndex
from shared.protection.vault import KEY_BYTES, KEY_VERSION, PersonErased, Sealed, Vault

LASTING = b"wayhome|lasting-hash"
SECRET = b"wayhome|lasting-secret"
INDEX = b"wayhome|blind-index"
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

    async def blind_index(self, key_id: UUID) -> BlindIndex:
        """A blind index under a key of its own, which a new master key does not change. Raises PersonErased."""
        return BlindIndex(await self._lasting(key_id, INDEX))

    async def lasting_hash(self, key_id: UUID, value: str) -> bytes:
        """A keyed hash under a key of its own, which a new master key does not change. Raises PersonErased."""
        return hmac.digest(await self._lasting(key_id, LASTING), value.encode(), "sha256")

    async def lasting_secret(self, key_id: UUID) -> bytes:
        """32 bytes that belong to this id, which a new master key does not change. Raises PersonErased."""
        return await self._lasting(key_id, SECRET)

    async def _lasting(self, key_id: UUID, info: bytes) -> bytes:
        await self._load({key_id}, create=True)
        if (key := self._known[key_id]) is None:
            raise PersonErased
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)

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
