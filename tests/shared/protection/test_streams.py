"""Files sealed piece by piece: whole or not at all, in order, under their own name, whatever sizes they come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.protection.streams import (
    HEAD_BYTES,
    PIECE_BYTES,
    SEALED_PIECE_BYTES,
    SealingStream,
    new_file_key,
    opened,
    sealed_size,
)
from shared.protection.vault import SealBroken

KEY = new_file_key()
NAME = "0199c0de-0000-7000-8000-000000000001"


def sealed(content: bytes, key: bytes = KEY, name: str = NAME, step: int = 10_000) -> bytes:
    stream = SealingStream(key, name)
    parts = [stream.add(content[start : start + step]) for start in range(0, len(content), step)]
    return b"".join([*parts, stream.finish()])


def plain(data: bytes, key: bytes = KEY, name: str = NAME, step: int = 7_000) -> bytes:
    return b"".join(opened(key, name, (data[start : start + step] for start in range(0, len(data), step))))


@given(
    st.sampled_from([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 150_000]),
    st.integers(1, 200_000),
    st.integers(1, 200_000),
)
def test_what_was_sealed_opens_whatever_sizes_it_comes_in(size: int, written: int, read: int) -> None:
    content = bytes(index % 251 for index in range(size))
    data = sealed(content, step=written)
    assert len(data) == sealed_size(size)
    assert plain(data, step=read) == content
    assert content[:64] not in data or size < 16


@given(st.integers(0, 2 * SEALED_PIECE_BYTES), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    data = bytearray(sealed(bytes(100_000)))
    data[min(place, len(data) - 1)] ^= change
    with pytest.raises(SealBroken):
        plain(bytes(data))


def test_pieces_cannot_be_lost_moved_or_taken_from_another_file() -> None:
    data = sealed(bytes(3 * PIECE_BYTES))
    first, second = HEAD_BYTES + SEALED_PIECE_BYTES, HEAD_BYTES + 2 * SEALED_PIECE_BYTES
    broken = [
        data[:first],
        data[:second],
        data[: len(data) - 1],
        data[:HEAD_BYTES] + data[first:],
        data[:HEAD_BYTES] + data[first:second] + data[HEAD_BYTES:first] + data[second:],
        data + data[-SEALED_PIECE_BYTES:],
        b"",
        data[:4],
    ]
    for each in broken:
        with pytest.raises(SealBroken):
            plain(each)
    for key, name in ((new_file_key(), NAME), (KEY, "another")):
        with pytest.raises(SealBroken):
            plain(data, key=key, name=name)


def test_two_seals_of_one_file_differ() -> None:
    assert sealed(b"x" * 100) != sealed(b"x" * 100)
