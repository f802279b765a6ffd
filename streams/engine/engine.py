"""The partitions that one worker owns: taken when assigned, closed when revoked, anew when a client's rules fail."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from aiokafka import TopicPartition
from structlog.contextvars import bind_contextvars

from streams.engine import checks
from streams.engine.administration import Administration
from streams.engine.bad_records import BadRecords
from streams.engine.clocks import Clock, SimulatedClock, WallClock
from streams.engine.failures import ClientFailed, Refusal, Stopped
from streams.engine.fetching import COMMITTED
from streams.engine.fold import Fold
from streams.engine.inbox import Inbox
from streams.engine.inputs import Consuming
from streams.engine.metrics import WorkerMetrics
from streams.engine.ownership import Ownership, Taking
from streams.engine.partition import Partition
from streams.engine.publishing import Publisher
from streams.engine.reading import Reader
from streams.engine.restore_progress import RestoreProgress
from streams.engine.settings import EngineSettings
from streams.engine.topics import partition_counts
from streams.engine.turns import Turns

log = structlog.get_logger(__name__)

_TAKING_MAX: Final = 4
_PROGRESS_LOGGED_S: Final = 2.0


class Engine:
    """Everything of a worker that is not Faust."""

    def __init__(self, settings: EngineSettings, fold: Fold[Any, Any]) -> None:
        self.settings = settings
        self.fold = fold
        self.publisher = Publisher(settings)
        self.clock: Clock = (
            SimulatedClock(settings.simulated_rate, settings.simulated_idle_ms)
            if settings.simulated_time
            else WallClock()
        )
        self.consumer: Consuming | None = None
        self.partitions: dict[int, Partition] = {}
        self.failure: BaseException | None = None
        self.on_failure: Callable[[BaseException], None] = lambda _: None
        self.ending: Callable[[], bool] = lambda: False
        """Whether a signal has told the process to end."""
        self.metrics = WorkerMetrics()
        self.assigned: set[int] | None = None
        """Partitions that the group gave this worker; None before it did, and while it deals them out anew."""
        self.restoring: dict[int, RestoreProgress] = {}
        """Partitions being taken."""
        self.on_restoring: Callable[[RestoreProgress], None] = lambda _: None
        """Hears of every step of it, from the event loop."""
        self.bad = BadRecords(settings.bad_records_window, settings.bad_records_max)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._takes: dict[int, asyncio.Task[None]] = {}
        """Partitions being taken: the framework forgets them when the group rebalances meanwhile."""
        self._first_taken: dict[int, int] = {}
        self._turns = Turns()
        self._room = asyncio.Semaphore(_TAKING_MAX)
        self.started = False
        """Connected to the broker, and not stopped yet."""
        self._count = 0
        self._ends: Reader | None = None
        self._administration = Administration(settings)

    # life

    async def start(self) -> None:
        """Connect, and check what does not depend on a partition. Raises Refusal, Stopped."""
        await self.publisher.start()
        self._ends = Reader(self.settings)
        await self._ends.start()
        self.started = True
        counts = await partition_counts(self._administration.describe_topics, self.settings)
        self._count = self.publisher.partitions = checks.topics(self.settings, counts)

    async def stop(self) -> None:
        """Write checkpoints of what is still owned, unless something failed, and disconnect."""
        await self.revoke({*self.partitions, *self._takes})
        if self.started:
            self.started = False
            await self.publisher.stop()
            if self._ends is not None:
                await self._ends.stop()
            await self._administration.stop()

    def fail(self, error: BaseException, **where: int) -> None:
        """The first failure of the worker: nothing more is written, the process ends (rule 18).

        `where`: partition, epoch and chunk, as far as it was in one.
        """
        if self.failure is None:
            self.failure = error
            if isinstance(error, Refusal):
                log.error("refused", **where, code=error.code, reason=error.reason, remedy=error.remedy)
            elif isinstance(error, Stopped):
                log.error("stopped", **where, code=error.code, reason=str(error))
            else:
                log.error("stopped", **where, code="crashed", reason=str(error), exc_info=error)
            self.on_failure(error)

    # partitions

    async def assign(self, numbers: Iterable[int]) -> None:
        """Take these partitions and start to work on them; returns when each is taken or revoked again.

        Failures go to `fail`.
        """
        self.assigned = set(numbers)
        wanted = sorted(self.assigned - set(self.partitions))
        committed = asyncio.ensure_future(self._administration.committed())
        takes = [self._start_take(number, committed) for number in wanted]
        await asyncio.wait([committed, *takes])

    def _start_take(self, number: int, committed: asyncio.Future[dict[int, dict[str, int]]]) -> asyncio.Task[None]:
        former = self._takes.get(number)
        if former is not None and not former.cancelling():
            return former
        take = self._takes[number] = asyncio.ensure_future(self._take_and_begin(number, committed, former))
        return take

    async def _take_and_begin(
        self, number: int, committed: asyncio.Future[dict[int, dict[str, int]]], former: asyncio.Task[None] | None
    ) -> None:
        """Take a partition, after a `former` take of it that was revoked has ended."""
        me = asyncio.current_task()
        assert me is not None
        try:
            if former is not None:
                await asyncio.wait([former])
            offsets = (await asyncio.shield(committed)).get(number, {})
            async with self._room:
                ownership = await self._take(number, offsets, set())
            if not me.cancelling():
                self._begin(number, ownership, None)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            if not me.cancelling():
                self.fail(error, **_where_of(number, self.restoring.get(number)))
        finally:
            if self._takes.get(number) is me:
                del self._takes[number]

    async def revoke(self, numbers: Iterable[int]) -> None:
        """Finish the chunk at hand of these partitions, write their checkpoints, drop their state; take no more.

        Returns when nothing of ours is on its way to their journals, so that the next owner's record comes after.
        """
        numbers = set(numbers)
        self.assigned = None
        owned = {number: self._tasks[number] for number in sorted(numbers & set(self.partitions))}
        takes = [self._takes[number] for number in numbers & set(self._takes)]
        for take in takes:
            take.cancel()
        for number in owned:
            self.partitions[number].stop()
        if waiting := [*takes, *owned.values()]:
            await asyncio.wait(waiting, timeout=self.settings.stop_timeout_ms / 1000)
        for number, task in owned.items():
            task.cancel()
            if self._tasks.get(number) is task:  # else a stop or another rebalance was faster
                del self._tasks[number]
                self.partitions.pop(number).abandon()

    async def _take(self, number: int, committed: dict[str, int], apart: set[bytes]) -> Ownership:
        progress = self.restoring[number] = RestoreProgress(number, self._restoring_moved)
        taking = Taking(
            self.settings, self.fold, self.publisher, number, self._count, committed, apart, self._first_taken, progress
        )
        started = asyncio.get_running_loop().time()
        try:
            ownership = await taking.take()
        finally:
            if self.restoring.get(number) is progress:
                del self.restoring[number]
            progress.end()
        seconds = asyncio.get_running_loop().time() - started
        self.metrics.restore_seconds.observe(seconds)
        log.info(
            "partition_taken",
            **ownership.where(),
            clients=ownership.clients_restored,
            chunks_folded_again=ownership.chunks_folded_again,
            seconds=round(seconds, 3),
        )
        return ownership

    def _restoring_moved(self, progress: RestoreProgress) -> None:
        self.on_restoring(progress)
        if progress.phase != "done" and progress.told_again(_PROGRESS_LOGGED_S):
            log.info(
                "restoring",
                partition=progress.partition,
                epoch=progress.epoch,
                phase=progress.phase,
                percent=int(100 * progress.ratio),
                snapshots=progress.snapshots,
                snapshots_total=progress.snapshots_total,
                records=progress.records,
                records_total=progress.records_total,
            )

    def _begin(self, number: int, ownership: Ownership, inbox: Inbox | None) -> None:
        settings = self.settings
        ownership.folder.bad = self.bad
        if inbox is None:
            positions = {topic: position.next for topic, position in ownership.positions.items()}
            interleave_ms = 0 if settings.simulated_time else settings.interleave_ms
            inbox = Inbox(settings.input_topics, positions, settings.chunk_records_max, interleave_ms)
        partition = self._partition(ownership, inbox)
        self.partitions[number] = partition
        self._tasks[number] = asyncio.ensure_future(self._work(number, partition))

    def _partition(self, ownership: Ownership, inbox: Inbox) -> Partition:
        settings, publisher, clock, cut = self.settings, self.publisher, self.clock, self._administration.cut
        return Partition(settings, ownership, publisher, clock, self, inbox, self._turns, cut, self.metrics)

    async def _work(self, number: int, partition: Partition) -> None:
        """Run a partition until it is stopped; a client whose rules fail makes it be taken anew, that client apart."""
        bind_contextvars(**partition.owned.where())
        try:
            while True:
                try:
                    await partition.run()
                    if self.failure is None:
                        await partition.close()
                    return
                except ClientFailed as failure:
                    partition = await self._take_anew(number, partition, failure)
        except BaseException as error:
            partition.abandon()
            ours = self._tasks.get(number) is asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and (not ours or self.ending()):
                raise  # revoked, perhaps assigned anew since, or the process ends
            self.fail(error, **partition.owned.where())

    async def _take_anew(self, number: int, partition: Partition, failure: ClientFailed) -> Partition:
        if failure.key in partition.folder.apart:
            raise Stopped(f"the rules raise on client {failure.key!r} even apart") from failure.__cause__
        log.error("client_failed", **partition.owned.where(), client=failure.key, exc_info=failure.__cause__)
        partition.abandon()
        self.bad.forget()
        ownership = await self._take(number, {}, {*partition.folder.apart, failure.key})
        inbox = partition.inbox
        for taken in reversed(partition.current):
            inbox.put_back(taken)
        if any(ownership.positions[topic].next != inbox.folded_to[topic] for topic in inbox.topics):
            raise Stopped(f"another owner has worked on partition {number}")
        ownership.folder.bad = self.bad
        anew = self._partition(ownership, inbox)
        bind_contextvars(**ownership.where())
        anew.take_over(partition)
        self.partitions[number] = anew
        return anew

    # what comes from Faust

    def hand(self, topic: str, number: int, records: list[Any], done: Callable[[], None]) -> None:
        """Records of a fetch for one partition; those of a partition that is not ours any more are dropped."""
        partition = self.partitions.get(number)
        if partition is not None and self.failure is None:
            partition.put(topic, records, done)

    def positions(self) -> dict[tuple[str, int], int]:
        """The next offset to fetch of every input partition that is ours."""
        return {
            (topic, number): offset
            for number, partition in self.partitions.items()
            for topic, offset in partition.inbox.fetched_to.items()
        }

    # what partitions ask

    def ends(self, partition: int) -> dict[str, int | None]:
        """See `Inputs.ends`."""
        assert self.consumer is not None
        end_seen = self.consumer.end_seen
        return {topic: end_seen(topic, partition) for topic in self.settings.input_topics}

    async def ends_now(self, partition: int) -> dict[str, int]:
        """See `Inputs.ends_now`. Raises Stopped."""
        assert self._ends is not None
        tps = [TopicPartition(topic, partition) for topic in self.settings.input_topics]
        try:
            return {tp.topic: end for tp, end in (await self._ends.ends(tps, COMMITTED)).items()}
        except Exception as error:
            raise Stopped(f"asking for the ends of the inputs failed: {error!r}") from error

    async def read_to(self, partition: int, topic: str) -> int | None:
        """See `Inputs.read_to`."""
        assert self.consumer is not None
        return await self.consumer.position_of(topic, partition)

    def room(self, partition: int, topic: str, full: bool) -> None:
        """See `Inputs.room`."""
        assert self.consumer is not None
        self.consumer.set_room(topic, partition, full)


def _where_of(number: int, progress: RestoreProgress | None) -> dict[str, int]:
    """Of a partition that is being taken."""
    epoch = None if progress is None else progress.epoch
    return {"partition": number} if epoch is None else {"partition": number, "epoch": epoch}
