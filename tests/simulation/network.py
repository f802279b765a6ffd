"""What lies between a process and the broker: delays, requests that fail, land late, or land unacknowledged.

Stands in for three classes of the client library: the producer, the engine's fetcher and the admin client. Who they
belong to is known by the address they connect to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import Context
from functools import partial
from random import Random
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError
from aiokafka.structs import OffsetAndMetadata, RecordMetadata

from streams.engine.failures import Stopped
from tests.simulation.broker import Batch, Broker, Record, Sent
from tests.simulation.loop import PROCESS, Process, SimulatedLoop

FATES: Final = ("fails", "unacknowledged", "unknown", "late", "slow", "fatal", "twice")
"""What may happen to an append: it does not land and fails; it lands and the sender hears of a timeout; it lands and
the acknowledgement names no offset (a repetition, as the broker sees it); it lands long after its sender gave it up;
it lands and is acknowledged slowly; it lands and its sender is killed; its acknowledgement is lost, asked for again and
comes twice, the second time as that of a repetition."""
_NOBODY: Final = Context()
_EARLIEST: Final = -2

LINKS: dict[str, "Link"] = {}
"""By address."""


class Link:
    """One process's connection."""

    def __init__(self, broker: Broker, loop: SimulatedLoop, process: Process, random: Random) -> None:
        self.broker, self.loop, self.process, self.random = broker, loop, process, random
        self.fates: dict[str, list[str]] = {}
        """By topic, what happens to the next appends."""
        self.kill: Callable[[], None] = lambda: None
        """End the process, as SIGKILL does."""
        self.timeout_s = 2.0
        self.drag_s = 0.0
        """Added to every delay: a slow network."""
        self.armed: dict[str, list[int]] = {}
        """By step of `streams.engine.faults`, the count at which it strikes."""
        self._landed: dict[tuple[str, int], float] = {}

    def delay(self) -> float:
        """Of one way: short, or long enough for much else to happen."""
        pick = self.random.random()
        span = 0.004 if pick < 0.8 else 0.06 if pick < 0.97 else 0.6
        return self.drag_s + span * self.random.random()

    def later(self, seconds: float, call: Callable[..., None], *args: Any) -> None:
        """Call outside of any process: what is on its way arrives, whatever becomes of its sender."""
        self.loop.call_later(seconds, call, *args, context=_NOBODY)

    async def ask(self, question: Callable[[], Any]) -> Any:
        """The broker's answer to a question."""
        if not self.process.alive:
            await self.loop.create_future()
        answered = self.loop.create_future()

        def reach() -> None:
            self.later(self.delay(), _resolve, answered, question())

        self.later(self.delay(), reach)
        return await answered

    def append(self, topic: str, partition: int, records: list[Sent]) -> asyncio.Future[RecordMetadata]:
        """Send a batch; of one sender they land in order, each at most once."""
        answered: asyncio.Future[RecordMetadata] = self.loop.create_future()
        if not self.process.alive:
            return answered
        fates = self.fates.get(topic)
        fate = fates.pop(0) if fates else ""
        there, back = self.delay(), self.delay()
        if fate == "fails":
            self.later(there + back, _fail, answered)
            return answered
        if fate == "late":
            there = self.timeout_s + 8 * self.random.random()
        elif fate == "slow":
            there += self.random.random()
        tp, now = (topic, partition), self.loop.time()
        at = self._landed[tp] = max(now + there, self._landed.get(tp, 0.0))

        landed_already: list[bool] = []

        def land() -> None:
            if landed_already:
                return
            landed_already.append(True)
            self.broker.on_its_way -= 1
            log = self.broker.logs[tp]
            landed = self.broker.append(topic, partition, records)
            if fate == "fatal":
                self.kill()
            if fate in ("unacknowledged", "late", "fatal"):
                return
            offset = -1 if fate == "unknown" else landed.base
            stamp = landed.records[0].timestamp
            where = TopicPartition(topic, partition)
            metadata = RecordMetadata(topic, partition, where, offset, stamp, int(log.stamped), log.start)
            if fate == "twice":
                lost = self.timeout_s / 4 + self.random.random() / 2
                self.later(back + lost, _resolve, answered, metadata)
                self.later(2 * back + lost, _resolve, answered, metadata._replace(offset=-1))
                return
            self.later(back, _resolve, answered, metadata)

        self.broker.on_its_way += 1
        if fate == "late":
            self.broker.late.setdefault(tp, []).append(land)
        self.later(at - now, land)
        self.later(self.timeout_s, _fail, answered)
        return answered


def _resolve(future: asyncio.Future[Any], answer: Any) -> None:
    if not future.done():
        future.set_result(answer)


def _fail(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(KafkaTimeoutError())


class _Request:
    """A producer's batch; how much fits differs from one to the next."""

    def __init__(self, room: int) -> None:
        self.records: list[Sent] = []
        self._room = room

    def append(self, *, key: Any, value: Any, timestamp: Any, headers: Any = ()) -> Any:
        """None when it is full."""
        if len(self.records) >= self._room:
            return None
        self.records.append((key, value, timestamp, headers))
        return self

    def record_count(self) -> int:
        """How many are in it."""
        return len(self.records)


class Producer:
    """Stands in for aiokafka's idempotent producer."""

    def __init__(self, *, bootstrap_servers: list[str], **_: Any) -> None:
        self._link = LINKS[bootstrap_servers[0]]
        self._left: dict[tuple[str, int], float] = {}

    async def start(self) -> None:
        """Connect."""
        await self._link.ask(lambda: None)

    async def stop(self) -> None:
        """Disconnect; what is on its way arrives."""

    def create_batch(self) -> _Request:
        """An empty one."""
        return _Request(self._link.random.choice((1, 2, 3, 100)))

    async def send_batch(self, batch: _Request, topic: str, partition: int) -> asyncio.Future[RecordMetadata]:
        """Send; who is stopped or killed in front of this has not sent."""
        await asyncio.sleep(0)
        link, now = self._link, self._link.loop.time()
        leaves = now + (link.delay() if link.random.random() < 0.2 else 0.0)
        leaves = self._left[topic, partition] = max(leaves, self._left.get((topic, partition), 0.0))
        if leaves > now:
            await asyncio.sleep(leaves - now)
        return self._link.append(topic, partition, batch.records)


class Fetcher:
    """Stands in for `streams.engine.fetching.Fetcher`."""

    def __init__(self, settings: Any) -> None:
        self._link = LINKS[settings.bootstrap_servers[0]]

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Disconnect."""

    async def offsets(self, tps: Sequence[TopicPartition], which: int, _: int = 0) -> dict[TopicPartition, int]:
        """The first or the next offset of each, all of one instant; no transaction here is open or aborted."""
        link = self._link

        def bounds() -> dict[TopicPartition, int]:
            logs = {tp: link.broker.log(tp) for tp in tps}
            return {tp: log.start if which == _EARLIEST else log.end for tp, log in logs.items()}

        if fates := link.fates.get("reading"):
            raise Stopped(f"{fates.pop(0)}: nobody answers")
        found: dict[TopicPartition, int] = await link.ask(bounds)
        if which != _EARLIEST:
            for topic, partition in tps:
                link.broker.spring(topic, partition)
        return found

    async def batches(self, tp: TopicPartition, start: int, end: int, *_: int) -> AsyncIterator[list[Batch]]:
        """A fetch at a time."""
        link = self._link
        while start < end:
            most = link.random.choice((1, 2, 5, 50, 500))
            log = link.broker.log(tp)
            batches: list[Batch] = await link.ask(partial(log.fetch, start, most))
            if not batches:
                raise Stopped(f"reading {tp} from {start}: the offset is out of range")
            start = batches[-1].next_offset
            yield [batch for batch in batches if not batch.is_control_batch]


class Admin:
    """Stands in for aiokafka's admin client."""

    def __init__(self, *, bootstrap_servers: list[str], **_: Any) -> None:
        self._link = LINKS[bootstrap_servers[0]]

    async def start(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Disconnect."""

    async def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]:
        """With their partitions."""
        answer: list[dict[str, Any]] = await self._link.ask(lambda: [self._described(topic) for topic in topics])
        return answer

    def _described(self, topic: str) -> dict[str, Any]:
        numbers = range(self._link.broker.partitions(topic))
        partitions = [{"partition": number, "leader": 1, "error_code": 0} for number in numbers]
        return {"topic": topic, "partitions": partitions, "error_code": 0}

    async def list_consumer_group_offsets(self, _: str) -> dict[TopicPartition, OffsetAndMetadata]:
        """What was committed."""
        committed = await self._link.ask(lambda: dict(self._link.broker.committed))
        return {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in committed.items()}

    async def delete_records(self, before: dict[TopicPartition, Any]) -> None:
        """Cut."""
        for tp, records in before.items():
            await self._link.ask(partial(self._link.broker.log(tp).cut, records.before_offset))


def link_here() -> Link | None:
    """The connection of the process whose code runs."""
    process = PROCESS.get()
    return None if process is None else LINKS.get(process.name)


__all__ = ["FATES", "LINKS", "Admin", "Fetcher", "Link", "Producer", "Record", "link_here"]
