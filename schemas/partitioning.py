"""Which partition a key belongs to: the hash of Kafka's default partitioner."""


def murmur2(data: bytes) -> int:
    """The 32-bit hash of Kafka's default partitioner, as an unsigned number."""
    length = len(data)
    value = 0x9747B28C ^ length
    whole = length & ~3
    for index in range(0, whole, 4):
        part = int.from_bytes(data[index : index + 4], "little") * 0x5BD1E995 & 0xFFFFFFFF
        part = (part ^ part >> 24) * 0x5BD1E995 & 0xFFFFFFFF
        value = value * 0x5BD1E995 & 0xFFFFFFFF ^ part
    if whole < length:
        value = (value ^ int.from_bytes(data[whole:], "little")) * 0x5BD1E995 & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0x5BD1E995 & 0xFFFFFFFF
    return value ^ value >> 15


def partition_of(key: bytes, count: int) -> int:
    """The partition, of `count`, to which a record with this key belongs."""
    if count < 1:
        raise ValueError(f"{count} partitions; a topic has at least one")
    return (murmur2(key) & 0x7FFFFFFF) % count
