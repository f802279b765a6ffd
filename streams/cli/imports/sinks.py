"""Where imported events go: to Kafka in whole batches, or into a history file.

Batches are built below aiokafka's producer, a client at a time in its partition: a bank's file of a day is in Kafka
within seconds, where sending record by record takes minutes.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.partitioning import partition_of
from streams.cli.connection import admin_client, partitions_of
from streams.cli.failure import Failure
from streams.cli.history_writing import writing
from streams.cli.reaching import addresses
from streams.cli.receivables import Entry
from streams.cli.security import client_settings

TOPICS: Final = ("payments", "shipments", "sales")
_BATCH_BYTES: Final = 256 * 1024
_SECONDS_MAX: Final = 120
_encode: Final = msgspec.json.Encoder().encode


class Sink(Protocol):
    """Takes events in order; what `send` was given is there when `settle` returns."""

    def send(self, entries: list[Entry]) -> None:
        """Begins to write these, after what came before; returns before they are there."""

    def settle(self) -> None:
        """Waits until everything is there; raises Failure when it is not."""


class HistorySink:
    """Lines of a history file, as `stoplist replay` takes them."""

    def __init__(self, out: Any) -> None:
        self._out = out

    def send(self, entries: list[Entry]) -> None:
        """Writes a line for each."""
        for entry in entries:
            line = {"topic": entry.topic, "timestamp": entry.timestamp_ms, "key": entry.key, "value": entry.value}
            self._out.write(_encode(line) + b"\n")

    def settle(self) -> None:
        """Nothing is under way."""


class KafkaSink:
    """A producer in a thread of its own, so that the next lines are read while the last are on their way."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        self._partitions = partitions
        self._place = lru_cache(maxsize=100_000)(self._placed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kafka", daemon=True)
        self._thread.start()
        self._waiting: Future[None] | None = None
        self._producer: AIOKafkaProducer = self._await(self._start(bootstrap))

    def send(self, entries: list[Entry]) -> None:
        """Waits for what was sent before, then sends these; raises Failure when those did not arrive."""
        self.settle()
        if entries:
            self._waiting = asyncio.run_coroutine_threadsafe(self._send(entries), self._loop)

    def settle(self) -> None:
        """Waits for every acknowledgement."""
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            try:
                waiting.result(_SECONDS_MAX)
            except (KafkaError, TimeoutError) as error:
                raise Failure(
                    f"events were not taken ({error!r}); look after the broker and import again: what arrived is a "
                    "duplicate then and changes nothing"
                ) from None

    def close(self) -> None:
        """Ends the producer and its thread."""
        self._await(self._producer.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _placed(self, client_id: str) -> tuple[bytes, int]:
        """Key and partition of a client's records."""
        key = client_id.encode()
        return key, partition_of(key, self._partitions)

    def _await(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_SECONDS_MAX)

    async def _start(self, bootstrap: str) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=addresses(bootstrap),
            acks="all",
            enable_idempotence=True,
            max_batch_size=_BATCH_BYTES,
            **client_settings(),
        )
        try:
            await producer.start()
        except KafkaError as error:
            raise Failure(f"the broker at {bootstrap} cannot be used ({error}); correct that and try again") from None
        return producer

    async def _send(self, entries: list[Entry]) -> None:
        batches: dict[tuple[str, int], Any] = {}
        waiting = []
        for timestamp_ms, topic, client_id, event in entries:
            (key, partition), value = self._place(client_id), _encode(event)
            place = topic, partition
            batch = batches.get(place)
            if batch is None or batch.append(key=key, value=value, timestamp=timestamp_ms) is None:
                if batch is not None:
                    batch.close()
                    waiting.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = batches[place] = self._producer.create_batch()
                batch.append(key=key, value=value, timestamp=timestamp_ms)
        for (topic, partition), batch in batches.items():
            batch.close()
            waiting.append(await self._producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*waiting)


@contextmanager
def kafka_sink(bootstrap: str, topics: Iterable[str] = TOPICS) -> Iterator[KafkaSink]:
    """A sink on the broker; raises Failure when it does not answer or a topic is missing."""
    with admin_client(bootstrap) as client:
        counts = {len(partitions_of(client, topic)) for topic in topics}
    if len(counts) > 1:
        raise Failure("the topics differ in their number of partitions; look at stoplist topics check")
    sink = KafkaSink(bootstrap, counts.pop())
    try:
        yield sink
    finally:
        sink.close()


@contextmanager
def history_sink(history: str) -> Iterator[HistorySink]:
    """A sink into a file; `-` is standard output."""
    try:
        with writing(history) as out:
            yield HistorySink(out)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{history}: cannot be written ({error.strerror}); name another file") from None
