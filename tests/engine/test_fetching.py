"""Reading whole batches in a recovery: compressed, of transactions, and while the broker restarts."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.records import Instant, Output, Source
from streams.engine.auditing import state_hash
from streams.engine.fetching import COMMITTED, Fetcher
from streams.engine.reading import Reader
from streams.engine.settings import EngineSettings
from tests.engine.counting import CountingFold, CountShared, CountState
from tests.engine.world import PARTITIONS, World, keys_of, value
from tests.harness.components import Broker
from tests.harness.kafka import KafkaNode
from tests.harness.records import create_topics
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka
CODECS = ("gzip", "snappy", "lz4", "zstd")


async def _send_batches(bootstrap: str, topic: str, batches: Sequence[Sequence[bytes]]) -> None:
    """Each batch as it is, to partition 0."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        for values in batches:
            batch = producer.create_batch()
            for one in values:
                assert batch.append(key=None, value=one, timestamp=None) is not None
            await (await producer.send_batch(batch, topic, partition=0))
    finally:
        await producer.stop()


async def _span(bootstrap: str, topic: str, start: int, end: int, *how: Any) -> list[tuple[int, bytes]]:
    """(offset, value) of what a recovery reads from `start` up to `end`."""
    async with Reader(EngineSettings(bootstrap_servers=(bootstrap,))) as reader:
        tp = TopicPartition(topic, 0)
        return [(one.offset, one.value) async for read in reader.span(tp, start, end, *how) for one in read]


@pytest.mark.parametrize("codec", CODECS)
def test_compressed_batches_are_read_as_they_were_sent(kafka: Broker, unique: str, codec: str) -> None:
    create_topics(kafka.bootstrap, [unique], {"compression.type": codec})  # the broker compresses
    values = [f"{number} {'x' * 500}".encode() for number in range(30)]
    asyncio.run(_send_batches(kafka.bootstrap, unique, [values[:10], values[10:25], values[25:]]))
    sent = list(enumerate(values))
    assert asyncio.run(_span(kafka.bootstrap, unique, 0, 30)) == sent
    assert asyncio.run(_span(kafka.bootstrap, unique, 13, 27)) == sent[13:27], "from within a batch to within another"


@pytest.mark.parametrize("codec", CODECS)
def test_a_worker_folds_compressed_records_and_folds_them_again(world: Callable[..., World], codec: str) -> None:
    one = world(chunk_records_max=10, snapshot_interval_ms=3_600_000)
    one.create(input_config={"message.timestamp.type": "LogAppendTime", "compression.type": codec})
    key = keys_of(0, 1)[0]
    one.send(0, [(key, value())] * 16)
    assert one.ended(one.start(fault="commit:1")) == -9, one.tail()
    with one.worker():
        one.wait_folded()
    assert sorted(one.by_id()) == [f"{key.decode()}:{sequence}" for sequence in (1, 2)]


@asynccontextmanager
async def _transactional(bootstrap: str, name: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=name)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def _write(
    producer: AIOKafkaProducer, topic: str, *values: bytes, key: bytes | None = None
) -> list[tuple[int, bytes]]:
    """Into the open transaction, all acknowledged, one batch: each value with its offset."""
    sent = [await producer.send(topic, one, key, partition=0) for one in values]
    await producer.flush()
    return [((await future).offset, one) for future, one in zip(sent, values, strict=True)]


def test_what_was_aborted_is_not_read_and_markers_are_no_records(kafka: Broker, unique: str) -> None:
    """Two producers take turns: what counts depends on how each one's transaction ended, wherever reading starts."""
    aborted: list[tuple[int, bytes]] = []
    counts: list[tuple[int, bytes]] = []

    async def write() -> None:
        async with (
            _transactional(kafka.bootstrap, f"{unique}-1") as one,
            _transactional(kafka.bootstrap, f"{unique}-2") as two,
        ):
            await one.begin_transaction()
            await two.begin_transaction()
            aborted.extend(await _write(one, unique, b"a", b"b"))
            counts.extend(await _write(two, unique, b"c"))
            aborted.extend(await _write(one, unique, b"d"))
            await one.abort_transaction()
            counts.extend(await _write(two, unique, b"e"))
            await one.begin_transaction()
            counts.extend(await _write(one, unique, b"f"))
            await one.commit_transaction()
            await two.commit_transaction()
            await two.begin_transaction()
            aborted.extend(await _write(two, unique, b"g"))
            await two.abort_transaction()
            await one.begin_transaction()
            counts.extend(await _write(one, unique, b"h"))
            await one.commit_transaction()

    create_topics(kafka.bootstrap, [unique])
    asyncio.run(write())
    end = counts[-1][0] + 1
    # a transaction is over before all see its marker
    wait_until(lambda: asyncio.run(_ends(kafka.bootstrap, unique))[1] > end, "the last marker")
    for start in range(end):
        read = asyncio.run(_span(kafka.bootstrap, unique, start, end, COMMITTED))
        assert read == [one for one in counts if one[0] >= start], f"from {start}"
    assert asyncio.run(_span(kafka.bootstrap, unique, 0, end)) == sorted(counts + aborted)


async def _ends(bootstrap: str, topic: str) -> tuple[int, int]:
    """Of partition 0: the end, and the end of what is committed."""
    tp = TopicPartition(topic, 0)
    async with Reader(EngineSettings(bootstrap_servers=(bootstrap,))) as reader:
        return (await reader.ends([tp]))[tp], (await reader.ends([tp], COMMITTED))[tp]


def test_the_end_of_an_input_is_where_the_first_open_transaction_begins(kafka: Broker, unique: str) -> None:
    async def run() -> None:
        await _send_batches(kafka.bootstrap, unique, [[b"0", b"1"]])
        async with _transactional(kafka.bootstrap, unique) as producer:
            await producer.begin_transaction()
            await _write(producer, unique, b"2", b"3")
            assert await _ends(kafka.bootstrap, unique) == (4, 2)
            await producer.commit_transaction()

    create_topics(kafka.bootstrap, [unique])
    asyncio.run(run())
    wait_until(lambda: asyncio.run(_ends(kafka.bootstrap, unique)) == (5, 5), "the marker")


def test_a_worker_folds_what_was_committed_and_only_that_and_the_same_again(world: Callable[..., World]) -> None:
    one = world(chunk_records_max=10, snapshot_interval_ms=3_600_000).create()
    key = keys_of(0, 1)[0]

    async def write(*commits: bool) -> None:
        async with _transactional(one.bootstrap, one.prefix) as producer:
            for commit in commits:
                await producer.begin_transaction()
                await _write(producer, one.inputs[0], *[value(1 if commit else 100)] * 8, key=key)
                await (producer.commit_transaction() if commit else producer.abort_transaction())

    def totals() -> list[int]:
        return [json.loads(body)["total"] for _, body in sorted(one.by_id().items())]

    asyncio.run(write(False, True, False, True))
    # one chunk of ten: eight records, what was aborted, two of the second eight
    assert one.ended(one.start(fault="commit:1")) == -9, one.tail()
    asyncio.run(write(False, True))
    with one.worker():
        wait_until(lambda: len(one.by_id()) >= 3, "the third eight", every_seconds=0.1)
    assert totals() == [8, 16, 24]


def test_time_goes_on_behind_an_open_transaction_and_its_records_count_when_it_is_committed(
    world: Callable[..., World],
) -> None:
    one = world().create()
    key, other = keys_of(0, 2)

    async def run() -> None:
        async with _transactional(one.bootstrap, one.prefix) as producer:
            await producer.begin_transaction()
            await _write(producer, one.inputs[1], *[value()] * 8, key=other)
            one.send(0, [(key, value(due=time.time_ns() // 1_000_000 + 500))])
            wait_until(lambda: one.outputs(), "the deadline", every_seconds=0.1)
            assert {read.key for read in one.outputs()} == {key}
            await producer.commit_transaction()
        wait_until(lambda: len(one.outputs()) == 2, "the transaction's group", every_seconds=0.1)

    with one.worker():
        asyncio.run(run())


def test_a_broker_that_restarts_between_two_fetches_is_waited_for(kafka_node: KafkaNode) -> None:
    """The next fetch was on its way when the broker went: it is asked for again, nothing comes twice."""
    tp = TopicPartition("t", 0)
    values = [f"{number}".encode() for number in range(40)]

    async def run() -> list[tuple[int, bytes | None]]:
        read: list[tuple[int, bytes | None]] = []
        fetcher = Fetcher(EngineSettings(bootstrap_servers=(kafka_node.bootstrap,)))
        await fetcher.start()
        async for batches in fetcher.batches(tp, 0, len(values), bytes_max=1):  # of so few bytes: a batch each
            read += [(record.offset, record.value) for batch in batches for record in batch]
            if len(read) in (12, 28):
                await asyncio.to_thread(_restart, kafka_node)
        await fetcher.stop()
        return read

    create_topics(kafka_node.bootstrap, ["t"])
    asyncio.run(_send_batches(kafka_node.bootstrap, "t", [values[n : n + 4] for n in range(0, len(values), 4)]))
    assert asyncio.run(run()) == list(enumerate(values))


class _Disturbed(CountingFold):
    """Restarts the broker at its hundredth record."""

    def __init__(self, prefix: str, node: KafkaNode) -> None:
        super().__init__(prefix)
        self.folded = 0
        self._node = node

    def record(self, shared: CountShared, state: CountState, source: Source, at: Instant, out: list[Output]) -> Any:
        """As counting does."""
        self.folded += 1
        if self.folded == 100:
            _restart(self._node)
        return super().record(shared, state, source, at, out)


def test_a_broker_that_restarts_while_chunks_are_folded_again_changes_nothing(
    kafka_node: KafkaNode, unique: str, tmp_path: Path
) -> None:
    one = World(kafka_node.bootstrap, unique, tmp_path / "log", snapshot_interval_ms=3_600_000).create()
    padding = "x" * 4000  # several fetches of two megabytes each
    one.send(0, [(key, value(note=padding)) for key in keys_of(0, 500) for _ in range(4)])
    process = one.start()
    one.wait_folded()
    process.kill()  # no checkpoint: everything is to be folded again
    process.wait()
    settings = one.engine_settings()
    undisturbed = asyncio.run(state_hash(settings, CountingFold(one.prefix), 0, PARTITIONS))
    fold = _Disturbed(one.prefix, kafka_node)
    assert asyncio.run(state_hash(settings, fold, 0, PARTITIONS)) == undisturbed
    assert fold.folded == 2000


def _restart(node: KafkaNode) -> None:
    node.kill()
    node.start()
