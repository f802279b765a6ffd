"""The work on one owned partition: one chunk after the other (rules 10-13), snapshots in between, time when due."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog

from schemas.records import Instant
from streams.engine import checks, faults
from streams.engine.clocks import Clock
from streams.engine.inbox import Inbox, Taken
from streams.engine.inputs import Inputs
from streams.engine.journal import Chunk, Position, TimeChunk
from streams.engine.keeping import Cut, Keeper
from streams.engine.made import Made
from streams.engine.metrics import Meter, WorkerMetrics
from streams.engine.ownership import Ownership
from streams.engine.pace import Pace, chunk_seconds
from streams.engine.publishing import Publisher
from streams.engine.settings import EngineSettings
from streams.engine.turns import ALONE, LAST, Turns

log = structlog.get_logger(__name__)

_WAIT_MAX_S: Final = 1.0
_STUCK_S: Final = 0.5
_RANGES_MAX: Final = 32
"""Of one chunk: with simulated time each may hold one record."""
_TIME_S: Final = 0.015
"""Of a chunk of time: when many clients are due at once, records go in between."""
_SPARE_SHARE: Final = 1 / 6
"""Of the time a chunk was folded, for snapshots after it: a round keeps up with the chunks that make it necessary."""
_IDLE_S: Final = 0.003
"""For snapshots at once when nobody has anything to fold; a record just in waits for it."""


class Partition:
    """Runs until stopped; any exception of `run` stops the worker, ClientFailed makes it take the partition anew."""

    def __init__(
        self,
        settings: EngineSettings,
        ownership: Ownership,
        publisher: Publisher,
        clock: Clock,
        inputs: Inputs,
        inbox: Inbox,
        turns: Turns,
        cut: Cut,
        metrics: WorkerMetrics,
    ) -> None:
        self.settings = settings
        self.number = ownership.partition
        self.folder = ownership.folder
        self.inbox = inbox
        self.current: list[Taken] = []
        """Records taken from the inbox and not published yet."""
        self.owned = ownership
        self._writer = ownership.writer
        self._publisher = publisher
        self._clock = clock
        self._inputs = inputs
        self._wake = asyncio.Event()
        self._meter = meter = Meter(metrics, ownership)
        self._keeper = Keeper(settings, ownership, publisher, cut, self._wake, meter)
        self._stopping = False
        self._full: set[str] = set()
        self._turns = turns
        self._records_pace = Pace(settings.chunk_records_max, least=25, first=200)
        self._time_pace = Pace(settings.deadline_clients_max, least=10, first=25)
        self._spare_s = _IDLE_S
        self._horizon: tuple[Instant, dict[str, int]] = (-1, {})
        self._read_to: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._waiting_since: float | None = None
        self._time_waits_since: float | None = None
        """Somebody is due and a topic is not read to its end."""
        clock.saw(self.folder.at)

    # from outside

    def put(self, topic: str, records: list[Any], done: Callable[[], None] | None) -> None:
        """Records of a fetch have come."""
        self.inbox.put(topic, records, done)
        if topic not in self._full and not self._room(topic, 1):
            self._full.add(topic)
            self._inputs.room(self.number, topic, True)
        self._wake.set()

    def _room(self, topic: str, part: int) -> bool:
        """Whether no more is buffered than a `part` of what may be, in records and in bytes; a fetch comes on top."""
        inbox, settings = self.inbox, self.settings
        few = inbox.buffered[topic] <= settings.chunk_records_max // part
        return few and inbox.buffered_bytes[topic] <= 2 * settings.fetch_bytes_max // part

    def take_over(self, former: "Partition") -> None:
        """Go on where `former` was when the partition was taken anew: its queues and what it said of them."""
        self._full = former._full
        self._stopping = former._stopping

    def stop(self) -> None:
        """Finish the chunk at hand and return from `run`."""
        self._stopping = True
        self._wake.set()

    # the loop

    async def run(self) -> None:
        """Work until `stop`. Raises Stopped, Refusal, ClientFailed."""
        if self.owned.checkpoint_first:
            await self._keeper.close()
        await self._keeper.retry_held()
        while not self._stopping:
            self._wake.clear()
            if self.folder.bad is not None:
                self.folder.bad.report()
            await self._keeper.between_chunks(self._spare_s)
            ranges = await self._next()
            if ranges:
                await self._fold(ranges)
            fired = await self._fire()
            if not ranges and not fired:
                await self._wait()

    async def _next(self) -> list[Taken]:
        """The records of the next chunk, once no topic can still have older ones and it is this partition's turn.

        Several ranges in the order in which they would be chunks of their own: under a steady load of several topics
        a journaled chunk for each would cost more than folding it.
        """
        if not self._may_take():
            return []
        await self._turns.next(self.inbox.earliest(), self._backlog_s() or ALONE)
        room = self._records_pace.items(chunk_seconds(self._backlog_s()))  # more may have come meanwhile
        ranges: list[Taken] = []
        while room > 0 and len(ranges) < _RANGES_MAX and self._may_take():
            taken = self.inbox.take(room)
            assert taken is not None
            ranges.append(taken)
            room -= len(taken.records)
        return ranges

    def _backlog_s(self) -> float:
        """How long it takes to fold what is buffered; 0 while that is not known."""
        return self._records_pace.seconds(sum(self.inbox.buffered.values()))

    def _may_take(self) -> bool:
        if self.inbox.empty():
            self._waiting_since = None
            return False
        if self._waiting_for():
            if self._waiting_since is None:
                self._waiting_since = time.monotonic()
            return False
        self._waiting_since = None
        return True

    def _waiting_for(self) -> list[str]:
        ends = self._inputs.ends(self.number)
        waiting = self.inbox.waiting_for(ends)
        return [topic for topic in waiting if self._behind(topic, ends[topic])]

    def _behind(self, topic: str, end: int | None) -> bool:
        """False when the consumer was found to have read a topic whose last offsets hold no records."""
        return end is None or self._read_to.get(topic, -1) < end

    async def _fold(self, ranges: list[Taken]) -> None:
        """One chunk of records: rules 10 to 13."""
        self.current = ranges
        records = ranges[0].records if len(ranges) == 1 else [record for taken in ranges for record in taken.records]
        n = self.owned.n + 1
        for taken in ranges:
            checks.timestamp_type(self.settings, taken.records[0])
        self._meter.begin(n)
        self._records_pace.start(len(records))
        made = self.folder.records(n, records)
        self._records_pace.stop(len(records))
        self._meter.folded()
        self._spare_s = _SPARE_SHARE * self._records_pace.seconds(len(records))
        faults.reach("fold")
        first, *more = [taken.span() for taken in ranges]
        owner, rules_version = self._writer.owner, self.folder.fold.rules_version
        await self._writer.append(
            Chunk(owner, n, first.topic, first.first, first.last, first.timestamp, rules_version, more)
        )
        self._meter.journaled()
        faults.reach("journal")
        await self._publish(made)
        self.owned.n = n
        self.current = []
        self._meter.published_records(len(records))
        for span in (first, *more):
            self.owned.positions[span.topic] = Position(span.last + 1, span.timestamp)
            self._clock.saw(span.timestamp)
        for taken in ranges:
            taken.all_done()
        faults.reach("commit")
        for topic in [topic for topic in self._full if self._room(topic, 2)]:
            self._full.discard(topic)
            self._inputs.room(self.number, topic, False)
        self.folder.states.trim()

    async def _publish(self, made: Made) -> None:
        if made.here or made.elsewhere:
            self._keeper.published(await self._publisher.publish(self.number, made))
            self._keeper.newest(made)
        faults.reach("publish")

    # time

    async def _fire(self) -> bool:
        """A chunk of time, when somebody is due and everything before that instant has been folded."""
        if not await self._may_fire():
            return False
        await self._turns.next(self._clock.now(self.folder.at))  # as a record that is appended now
        instant = self._instant()  # with simulated time records may have come meanwhile
        if instant is None:
            return False
        n, folder = self.owned.n + 1, self.folder
        chosen = folder.states.deadlines.pop(instant, self._time_pace.items(_TIME_S))
        if not chosen:
            return False
        self._meter.begin(n)
        self._time_pace.start(len(chosen))
        made = folder.fire(n, instant, chosen)
        self._time_pace.stop(len(chosen))
        self._meter.folded()
        self._spare_s = 0.0
        faults.reach("fold")
        due, client = chosen[-1]
        owner, rules_version = self._writer.owner, folder.fold.rules_version
        await self._writer.append(TimeChunk(owner, n, instant, due, client, rules_version))
        self._meter.journaled()
        faults.reach("journal")
        await self._publish(made)
        self.owned.n = n
        self._meter.published_time(len(chosen))
        folder.states.trim()
        return True

    async def _may_fire(self) -> bool:
        first = self.folder.states.deadlines.first()
        if first is None or first[0] > (now := self._clock.now(self.folder.at)):
            self._time_waits_since = None
            return False
        if not self._clock.simulated and self._horizon[0] < first[0]:
            self._horizon = (now, await self._inputs.ends_now(self.number))
        return self._instant() is not None

    def _instant(self) -> Instant | None:
        """The instant up to which deadlines may fire now, or None."""
        if self._clock.simulated:
            instant, settled = self._clock.now(self.folder.at), self.inbox.empty() and not self._waiting_for()
        else:
            # not the partition's own instant: it may have moved on with a record that came after the horizon, and
            # what another topic got in between is not folded yet
            (instant, ends), folded = self._horizon, self.inbox.folded_to
            settled = all(max(folded[topic], self._read_to.get(topic, 0)) >= end for topic, end in ends.items())
        if settled:
            self._time_waits_since = None
            return instant
        if self._time_waits_since is None:
            self._time_waits_since = time.monotonic()
        return None

    async def _wait(self) -> None:
        """Until records come, a deadline is due, or something in the background is done."""
        waits = [since for since in (self._waiting_since, self._time_waits_since) if since is not None]
        if waits and time.monotonic() - min(waits) > _STUCK_S:
            await self._ask_positions()
        if self._stopping:
            return
        if self._keeper.busy:
            await self._turns.next(LAST)
            self._spare_s = _IDLE_S
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s()):
                await self._wake.wait()

    def _timeout_s(self) -> float:
        first = self.folder.states.deadlines.first()
        timeout = _WAIT_MAX_S
        if self._waiting_since is not None or self._time_waits_since is not None or not self.inbox.empty():
            timeout = 0.02
        elif first is not None and not self._clock.simulated:
            timeout = min(timeout, (first[0] - self._clock.now(self.folder.at)) / 1000)
        elif first is not None:
            timeout = 0.05
        return max(timeout, 0.002)

    async def _ask_positions(self) -> None:
        """Topics whose last offsets hold no records (transaction markers) are read to their end all the same."""
        self._waiting_since = self._time_waits_since = None
        for topic in self.inbox.topics:
            if not self.inbox.buffered[topic]:
                position = await self._inputs.read_to(self.number, topic)
                if position is not None and not self.inbox.buffered[topic]:
                    if self._asked.get(topic) == position:  # what was fetched before it is not in a queue on its way
                        self._read_to[topic] = position
                    self._asked[topic] = position

    async def close(self) -> None:
        """After `run` returned: write a checkpoint of everything, so that nothing is folded again."""
        await self._keeper.close()
        log.info("partition_closed", **self.owned.where(), clients=len(self.folder.states))

    def abandon(self) -> None:
        """Drop what runs in the background; nothing more is written."""
        self._keeper.abandon()
