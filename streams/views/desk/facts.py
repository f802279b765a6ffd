"""A client's facts as senders wrote them, read from the inputs' one partition when somebody looks at the client."""

import asyncio
from contextlib import suppress
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import TopicAuthorizationFailedError

from schemas.catalogue import CLIENTS, JUDGEMENTS, PAYMENTS, POLICIES, SHIPMENTS
from schemas.partitioning import partition_of
from schemas.security import Security
from streams.views.ending import stopped

TOPICS: Final = (POLICIES, CLIENTS, JUDGEMENTS, SHIPMENTS, PAYMENTS)
"""Sales move no obligation, so they are left out; of records of one instant those of the earlier topic come first."""
_SECONDS_MAX: Final = 10.0
_ANSWER_SECONDS_MAX: Final = 15.0
"""Connecting included; a page waits for twenty."""
_STOP_SECONDS_MAX: Final = 2.0
_RECORDS_MAX: Final = 5_000
_POLL_MS: Final = 500
_FETCH_BYTES: Final = 8 << 20


class Facts(NamedTuple):
    """Records of the client, and those about everybody, by append time."""

    records: list[Any]
    complete: bool
    """False when there was more than could be read in ten seconds."""


async def facts_of(bootstrap: list[str], security: Security, client_id: str, partitions: int) -> Facts:
    """Everything up to the topics' ends as of now. Raises TopicAuthorizationFailedError with the topics that may not be
    read, or are not there; KafkaError, OSError, and TimeoutError when there is no answer in fifteen seconds."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id="stoplist-timeline",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=100,
        **security.client_settings(),
    )
    try:
        async with asyncio.timeout(_ANSWER_SECONDS_MAX):
            await consumer.start()
            # asked for the offsets of a topic that it may not see, the client of Kafka asks again and again
            if hidden := sorted(set(TOPICS) - await consumer.topics()):
                raise TopicAuthorizationFailedError(*hidden)
            return await _read(consumer, client_id.encode(), partitions)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS_MAX):
                await stopped(consumer)


async def _read(consumer: AIOKafkaConsumer, key: bytes, partitions: int) -> Facts:
    places = [TopicPartition(topic, partition_of(key, partitions)) for topic in TOPICS]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    begins = await consumer.beginning_offsets(places)
    for place in places:
        consumer.seek(place, begins[place])
    loop = asyncio.get_running_loop()
    until = loop.time() + _SECONDS_MAX
    found: list[tuple[int, int, int, Any]] = []
    behind = {place for place in places if begins[place] < ends[place]}
    while behind and loop.time() < until:
        for place, records in (await consumer.getmany(*behind, timeout_ms=_POLL_MS, max_records=_RECORDS_MAX)).items():
            order = TOPICS.index(place.topic)
            found += [
                (record.timestamp, order, record.offset, record)
                for record in records
                if record.offset < ends[place] and record.key in (key, None)
            ]
        behind = {place for place in behind if await consumer.position(place) < ends[place]}
    found.sort(key=lambda item: item[:3])
    return Facts([record for _, _, _, record in found], not behind)
