"""Where sealed contents lie: a folder on a disk, or whatever else fsspec reaches, for example S3 (`s3://bucket/folder`).

Objects have random names, are written once and never changed. What is in the store and in no row is an orphan.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import fsspec

from shared.errors import Unavailable
from shared.ids import new_id

READ_BYTES = 262_144


class StoreAway(Unavailable):
    """The store of documents cannot be reached, or is full."""

    slug = "document-store-away"


class DocumentStore:
    """One store, by its address. Every method raises StoreAway when the store does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url

    def place(self) -> tuple[Any, str]:
        """The file system and the folder in it."""
        folder_here = self._url.startswith(("file://", "/"))
        options = {"auto_mkdir": True} if folder_here else {"use_listings_cache": False}  # others remove objects too
        system, folder = fsspec.core.url_to_fs(self._url, **options)
        return system, folder.rstrip("/")

    async def writer(self) -> ObjectWriter:
        """A new object, to be written piece by piece."""
        return await ObjectWriter.begin(self)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of an object, piece by piece."""
        system, folder = await _away(self.place)
        source = await _away(system.open, _path(folder, name), "rb")
        try:
            while piece := await _away(source.read, READ_BYTES):
                yield piece
        finally:
            await asyncio.to_thread(source.close)

    async def exists(self, name: str) -> bool:
        """Whether an object is there."""
        system, folder = await _away(self.place)
        return bool(await _away(system.exists, _path(folder, name)))

    async def remove(self, name: str) -> None:
        """Remove an object; one that is gone already is no error."""
        system, folder = await _away(self.place)
        with suppress(FileNotFoundError):
            await _away(system.rm_file, _path(folder, name), gone_already=True)

    async def older_than(self, moment: datetime) -> list[str]:
        """Names of all objects that were written before a moment."""
        found: list[str] = await _away(lambda: list(self._old(moment)))
        return found

    def _old(self, moment: datetime) -> Iterator[str]:
        system, folder = self.place()
        if not system.exists(folder):
            return
        for path, entry in system.find(folder, detail=True).items():
            written = entry.get("mtime") or entry.get("LastModified")
            when = datetime.fromtimestamp(written, UTC) if isinstance(written, int | float) else written
            if when is not None and when < moment:
                yield path.rsplit("/", 1)[-1]


class ObjectWriter:
    """Writes one object; what is not kept is removed."""

    def __init__(self, store: DocumentStore, name: str, sink: Any) -> None:
        self.name, self._store, self._sink = name, store, sink

    @classmethod
    async def begin(cls, store: DocumentStore) -> ObjectWriter:
        """Open a new object under a random name."""
        name = new_id().hex
        system, folder = await _away(store.place)
        return cls(store, name, await _away(system.open, _path(folder, name), "wb"))

    async def add(self, piece: bytes) -> None:
        """The next bytes."""
        if piece:
            await _away(self._sink.write, piece)

    async def close(self) -> None:
        """Everything is written."""
        await _away(self._sink.close)

    async def abandon(self) -> None:
        """Nothing of it is kept; what cannot be removed now is found as an orphan later."""
        with suppress(StoreAway):
            await _away(self._sink.close)
        with suppress(StoreAway):
            await self._store.remove(self.name)


def _path(folder: str, name: str) -> str:
    """Objects are spread over folders by the end of their name, which is random, so that none grows too long."""
    if UUID(name).hex != name:
        raise ValueError("an object is named by 32 hexadecimal digits")
    return f"{folder}/{name[-2:]}/{name}"


async def _away(do: Any, *arguments: Any, gone_already: bool = False) -> Any:
    """Run a blocking call of the store aside; raises StoreAway, and FileNotFoundError where the caller expects it.

    A driver has errors of its own: s3fs lets botocore's through when nobody listens, and those are no OSError.
    """
    try:
        return await asyncio.to_thread(do, *arguments)
    except FileNotFoundError:
        if gone_already:
            raise
        raise StoreAway from None
    except Exception:
        raise StoreAway from None
