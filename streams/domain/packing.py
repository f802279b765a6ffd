"""Published records as a snapshot keeps them: compressed against one that says what most of them say.

A client's last status was half of its state, and nine tenths of a status are names and sentences that all statuses
share. The bytes of a packed record depend on the library that made them, so nothing may compare or hash them. What a
snapshot brought stays packed until it is looked at: most clients are decided about before anybody asks, or never.
"""

import zlib
from typing import Final

import lz4.block

from streams.domain.packing_samples import SAMPLE_1, SAMPLE_2

_DEFLATED: Final = b"\x01"
_LZ4: Final = b"\x02"
"""Marks: what no JSON begins with. Snapshots of version 1 have neither; those of 2 and 3 were deflated, which took six
times as long."""
_WINDOW_BITS: Final = -13
"""Negative: no zlib header and no checksum; Kafka has its own."""


def pack(published: bytes) -> bytes:
    """The record compressed; what is packed, and nothing, stay as they are."""
    if not published or published[:1] == _LZ4:
        return published
    return b"".join((_LZ4, lz4.block.compress(unpack(published), dict=SAMPLE_2)))


def unpack(packed: bytes) -> bytes:
    """The record byte for byte, packed or not."""
    mark = packed[:1]
    if mark == _LZ4:
        return bytes(lz4.block.decompress(packed[1:], dict=SAMPLE_2))
    if mark == _DEFLATED:
        return zlib.decompressobj(_WINDOW_BITS, SAMPLE_1).decompress(packed[1:])
    return packed
