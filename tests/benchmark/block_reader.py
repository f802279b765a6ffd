"""The warehouse's side of a latency measurement: notes when each block, or answer, became readable.

A process of its own, so that it waits for nobody. Environment: BROKER, PARTITIONS, NOTES (the file it writes), TOPIC
(shipment-blocks unless it says another). Reports `ready` once it reads from the end of the topic; SIGTERM ends it after
everything readable was read.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.benchmark.results import report

TOPIC = os.environ.get("TOPIC", "shipment-blocks")
QUIET_SECONDS = 3.0
"""Told to stop, it waits until nothing has come for so long: a worker that fell behind is heard to the end."""
LATE_SECONDS_MAX = 60.0


class Cause(msgspec.Struct, gc=False):
    """What made the output: a record by its place, or a deadline by its instant."""

    kind: str
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    at: str | None = None


class Block(msgspec.Struct, gc=False):
    """Of a block or a release, only what is needed here."""

    type: str
    client_id: str
    cause: Cause


class Note(msgspec.Struct, gc=False):
    """A block and when it was readable, in milliseconds of the machine's clock."""

    readable_ms: float
    appended_ms: int
    block: Block


decode_notes = msgspec.json.Decoder(list[Note]).decode


async def read() -> list[Note]:
    """Every block from now until told to stop."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=os.environ["BROKER"], enable_auto_commit=False, fetch_max_wait_ms=500, check_crcs=False
    )
    await consumer.start()
    tps = [TopicPartition(TOPIC, partition) for partition in range(int(os.environ["PARTITIONS"]))]
    consumer.assign(tps)
    await consumer.seek_to_end()
    for tp in tps:
        await consumer.position(tp)
    decode = msgspec.json.Decoder(Block).decode
    notes: list[Note] = []
    report(ready=1)
    stopped_at = quiet_since = 0.0
    while not stopped_at or time.time() < min(quiet_since + QUIET_SECONDS, stopped_at + LATE_SECONDS_MAX):
        fetched = await consumer.getmany(timeout_ms=100)
        now = time.time() * 1000
        if stopping.is_set() and not stopped_at:
            stopped_at = quiet_since = time.time()
        elif fetched:
            quiet_since = time.time()
        for records in fetched.values():
            notes.extend(Note(now, record.timestamp, decode(record.value)) for record in records)
    await consumer.stop()
    return notes


if __name__ == "__main__":
    Path(os.environ["NOTES"]).write_bytes(msgspec.json.encode(asyncio.run(read())))
