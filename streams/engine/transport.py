"""The seams of Faust's Kafka transport: a fetch's records travel as one message, and the journal says where to read.

A message's value is the list of a partition's records in one fetch, its offset that of the last of them.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar, Final, cast

import aiokafka
from faust import Service
from faust.serializers.schemas import Schema
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerMessage
from faust.types.transports import SchedulingStrategyT
from mode.utils.futures import maybe_async

from streams.engine.engine import Engine
from streams.engine.failures import Stopped
from streams.engine.pacing import pace

_WATCH_S: Final = 1.0


class ChunkScheduler(SchedulingStrategyT):
    """Setting `ConsumerScheduler`: gives each partition's records of a fetch whole, not one by one."""

    def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
        """The (partition, records) of a fetch."""
        return ((tp, chunk) for tp, chunk in records.items() if chunk)


class ChunkSchema(Schema):  # type: ignore[type-arg]
    """Passes the list on as it is: the fold decodes."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:
        """None: a chunk has no key of its own."""
        return None

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        """The list of records."""
        return message.value


class ChunkConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer "thread", run in the worker's own event loop.

    Of two threads only one runs Python at a time: while a chunk is folded, each step of a fetch in the other thread
    would wait for the interpreter's switch, 5 ms, and a fetch has a dozen of them. In one loop it waits for the chunk
    at hand, once. The engine gives the loop away between two chunks (`turns`).
    """

    def __init__(self, consumer: Any, *, loop: asyncio.AbstractEventLoop, **kwargs: Any) -> None:
        super().__init__(consumer, loop=loop, thread_loop=loop, **kwargs)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """As Faust's, with a task where it has a thread. Raises what connecting raises."""
        self._thread_started.set()
        started = self._thread_running = self.parent_loop.create_future()
        self._serving = asyncio.ensure_future(self._serve())
        try:
            await started
        finally:
            self._thread_running = None

    async def _gather_remaining_tasks(self) -> None:
        """Nothing: those of this loop are the worker's."""

    async def call_thread(self, fun: Any, *args: Any, **kwargs: Any) -> Any:
        """Call it: there is no other thread."""
        return await maybe_async(fun(*args, **kwargs))

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        """With the engine's waiting time: Faust's own, 1.5 s, would delay a partition that has room again until the
        fetch of the quiet ones returns. And without what a producer has aborted: it never happened."""
        consumer = super()._create_worker_consumer(transport)
        settings = cast(Engine, self.app.engine).settings  # type: ignore[attr-defined]
        consumer._fetch_max_wait_ms = settings.fetch_wait_ms
        consumer._isolation_level = "read_committed"
        return pace(consumer)


class ChunkConsumer(Consumer):
    """Hands over whole fetches, reads on from the journal's positions, and commits what was published."""

    _engine: Engine

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = asyncio.Event()
        self._engine = cast(Engine, self.app.engine)  # type: ignore[attr-defined]
        self._engine.consumer = self

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return ChunkConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        last = record[-1]
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            [],
            None,
            record,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def perform_seek(self) -> None:
        """Seek to where the journal says; the committed offsets are for dashboards."""
        assignment = self.assignment()
        positions = {
            TP(topic, number): offset
            for (topic, number), offset in self._engine.positions().items()
            if TP(topic, number) in assignment
        }
        for tp, offset in positions.items():
            self._read_offset[tp] = offset or None
            self._committed_offset[tp] = None
        if positions:
            await self.seek_wait(positions)
        for tp, offset in positions.items():
            self._read_offset[tp] = offset or None

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust calls it so
        """As Faust's, but when every partition's queue is full wait for room, not for a second."""
        if self.flow_active and not self.app.client_only and not self._get_active_partitions():
            self._room.clear()
            await self.wait_first(self._room.wait(), timeout=timeout)
            return {}, self._get_active_partitions()
        return await super()._wait_next_records(timeout)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109 - Faust calls it so
        """Hand a fetch over as a whole: Faust's loop around this would go through three tasks for each message."""
        messages = [message async for message in super().getmany(timeout)]
        if messages:
            await self.wait_first(self._hand(messages), self.suspend_flow.wait())
        for message in messages[:0]:  # nothing is left for that loop
            yield message

    async def _hand(self, messages: list[tuple[TP, Any]]) -> None:
        read_offset = self._read_offset
        for tp, message in messages:
            before = read_offset[tp]
            if before is None or message.offset >= before:
                await self.callback(message)
                read_offset[tp] = message.offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Nothing: the offsets between two messages are the records of a chunk."""

    def _new_offset(self, tp: TP) -> int | None:
        """The offset after the last acknowledged chunk: chunks of a partition are acknowledged in order."""
        acked = self._acked[tp]
        if not acked:
            return None
        offset = max(acked) + 1
        acked.clear()
        self._acked_index[tp].clear()
        return offset

    @Service.task
    async def _watch_group(self) -> None:
        """A worker that the group has thrown out, or whose membership failed, must end: nothing else would tell.

        One with an instance id keeps its membership through every rebalance. It has another only when a worker under
        the same id took it, which it would take back at once, and so on without end; or when it was silent too long.
        """
        instance_id = self._engine.settings.instance_id
        joined_as = ""
        while not self.should_stop:
            await self.sleep(_WATCH_S)
            coordinator = getattr(self._thread._consumer, "_coordinator", None)
            member = getattr(coordinator, "member_id", "") if instance_id else ""
            if joined_as and member and member != joined_as:
                self._engine.fail(
                    Stopped(
                        f"another worker runs under the instance id {instance_id}, or this one was silent for longer "
                        "than the session timeout; give every worker an id of its own"
                    )
                )
                return
            joined_as = joined_as or member
            task = getattr(coordinator, "_coordination_task", None)
            if task is None or not task.done() or task.cancelled() or self.should_stop:
                continue
            if (error := task.exception()) is not None:
                self._engine.fail(Stopped(f"the group does not have this worker any more: {error}"))
                return

    # what the engine asks

    def end_seen(self, topic: str, partition: int) -> int | None:
        """See `Consuming.end_seen`."""
        tp = TP(topic, partition)
        try:
            # an open transaction is not waited for: its records come when it is committed
            stable: int | None = self._thread._ensure_consumer().last_stable_offset(tp)
            return self.highwater(tp) if stable is None or stable < 0 else stable
        except Exception:  # not assigned just now
            return None

    async def position_of(self, topic: str, partition: int) -> int | None:
        """See `Consuming.position_of`."""
        try:
            return await self.position(TP(topic, partition))
        except Exception:  # not assigned just now
            return None

    def set_room(self, topic: str, partition: int, full: bool) -> None:
        """See `Consuming.set_room`."""
        tp = TP(topic, partition)
        if full:
            self.on_buffer_full(tp)
        else:
            self.on_buffer_drop(tp)
            self._room.set()

    def group_answers(self) -> bool:
        """See `Consuming.group_answers`; heartbeats ask."""
        coordinator = getattr(self._thread._consumer, "_coordinator", None)
        return getattr(coordinator, "coordinator_id", None) is not None

    def pause_changelog(self, topic: str) -> None:
        """Never fetch the changelog: the engine reads it itself, in bulk."""
        consumer = self._thread._ensure_consumer()
        consumer.pause(*(tp for tp in consumer.assignment() if tp.topic == topic))


class ChunkTransport(Transport):
    """Faust's Kafka transport with the consumer above."""

    Consumer: ClassVar[type[ChunkConsumer]] = ChunkConsumer
