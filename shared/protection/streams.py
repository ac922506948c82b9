"""Seals files piece by piece, so that no file sits in memory whole: AES-256-GCM in the STREAM construction.

Each file has a random key of its own; whoever keeps that key sealed under a person's key erases the file with the
person. Layout: version (1 byte), nonce prefix (7), then pieces of up to PIECE_BYTES with a tag (16) each. The nonce of
a piece is prefix, number (4 bytes) and whether it is the last (1), so that pieces can be neither moved, dropped nor cut
off; the associated data is the name of the file, so that files cannot be exchanged. Source: Hoang, Reyhanitabar,
Rogaway, Vizar, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (2015).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.protection.vault import KEY_BYTES, SealBroken

VERSION = 1
PREFIX_BYTES = 7
TAG_BYTES = 16
PIECE_BYTES = 65_536
HEAD_BYTES = 1 + PREFIX_BYTES
SEALED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES


def new_file_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def sealed_size(size: int) -> int:
    """How many bytes a file of this size takes once it is sealed; an empty one has one empty piece."""
    pieces = max(1, -(-size // PIECE_BYTES))
    return HEAD_BYTES + size + pieces * TAG_BYTES


class _Pieces:
    """Numbers the pieces of one file."""

    def __init__(self, key: bytes, prefix: bytes, name: bytes) -> None:
        self._cipher, self._prefix, self._name, self._number = AESGCM(key), prefix, name, 0

    def nonce(self, *, last: bool) -> bytes:
        """The nonce of the next piece."""
        number, self._number = self._number, self._number + 1
        return self._prefix + number.to_bytes(4, "big") + bytes([last])

    def seal(self, piece: bytes, *, last: bool) -> bytes:
        """The next piece, sealed."""
        return self._cipher.encrypt(self.nonce(last=last), piece, self._name)

    def open(self, piece: bytes, *, last: bool) -> bytes:
        """The next piece, opened; raises SealBroken."""
        try:
            return self._cipher.decrypt(self.nonce(last=last), piece, self._name)
        except InvalidTag:
            raise SealBroken from None


class SealingStream:
    """Takes plain bytes of any length, gives sealed bytes; `finish` gives the last ones."""

    def __init__(self, key: bytes, name: str) -> None:
        prefix = secrets.token_bytes(PREFIX_BYTES)
        self._pieces = _Pieces(key, prefix, name.encode())
        self._head = bytes([VERSION]) + prefix
        self._held = bytearray()

    def add(self, plain: bytes) -> bytes:
        """Sealed bytes that are ready; may be empty."""
        self._held += plain
        ready = bytearray(self._take_head())
        while len(self._held) > PIECE_BYTES:  # the last piece is known to be the last only at the end
            ready += self._pieces.seal(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return bytes(ready)

    def finish(self) -> bytes:
        """The rest."""
        return self._take_head() + self._pieces.seal(bytes(self._held), last=True)

    def _take_head(self) -> bytes:
        head, self._head = self._head, b""
        return head


class OpeningStream:
    """Takes sealed bytes of any length, gives plain ones; `finish` gives the last ones and proves that none is lacking.

    What `add` gives is authentic piece by piece; only after `finish` is the file known to be whole.
    """

    def __init__(self, key: bytes, name: str) -> None:
        self._key, self._name = key, name.encode()
        self._pieces: _Pieces | None = None
        self._held = bytearray()

    def add(self, sealed: bytes) -> bytes:
        """Plain bytes that are ready. Raises SealBroken."""
        self._held += sealed
        if self._pieces is None and not self._begin():
            return b""
        ready = bytearray()
        while self._pieces is not None and len(self._held) > SEALED_PIECE_BYTES:
            ready += self._pieces.open(bytes(self._held[:SEALED_PIECE_BYTES]), last=False)
            del self._held[:SEALED_PIECE_BYTES]
        return bytes(ready)

    def finish(self) -> bytes:
        """The rest. Raises SealBroken when something is lacking."""
        if self._pieces is None:
            raise SealBroken
        return self._pieces.open(bytes(self._held), last=True)

    def _begin(self) -> bool:
        if len(self._held) < HEAD_BYTES:
            return False
        if self._held[0] != VERSION:
            raise SealBroken
        self._pieces = _Pieces(self._key, bytes(self._held[1:HEAD_BYTES]), self._name)
        del self._held[:HEAD_BYTES]
        return True


def opened(key: bytes, name: str, sealed: Iterator[bytes]) -> Iterator[bytes]:
    """The plain bytes of a sealed file, piece by piece. Raises SealBroken."""
    stream = OpeningStream(key, name)
    for piece in sealed:
        if plain := stream.add(piece):
            yield plain
    yield stream.finish()
