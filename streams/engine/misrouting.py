"""Records found in a partition that is not their key's: sent once to the right one, marked with where they were."""

from functools import lru_cache
from typing import Final

from aiokafka.partitioner import murmur2

from schemas.records import Output, Rejected, Source
from streams.engine.fitting import bytes_of

ORIGIN_HEADER: Final = "stoplist-origin"
_FORWARDED_BYTES_MAX: Final = 900_000
"""Input topics take 1 MiB, of what may have been compressed on its way here and is not on its way there."""
MISROUTED: Final = Rejected(
    "misrouted",
    None,
    "send it with the murmur2 partitioner and the client id as key (librdkafka: partitioner=murmur2_random)",
)


@lru_cache(maxsize=1 << 16)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition, of `partitions`, to which a record with this key belongs."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def forwarded(record: Source) -> Output | None:
    """The record as it goes to its right partition; None when it was forwarded before, or would not fit there."""
    headers = list(record.headers or ())
    if any(name == ORIGIN_HEADER for name, _ in headers):
        return None
    if bytes_of(record.key, record.value, headers) > _FORWARDED_BYTES_MAX:
        return None
    origin = f"{record.topic}/{record.partition}/{record.offset}".encode()
    return Output(record.topic, record.key, record.value, [*headers, (ORIGIN_HEADER, origin)])
