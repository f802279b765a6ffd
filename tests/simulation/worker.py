"""A worker process: the real engine, and in the place of Faust what joins the group, fetches and hands over."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped
from streams.engine.fold import Fold
from streams.engine.settings import EngineSettings
from streams.engine.stopping import checkpoint_soon
from tests.simulation.broker import Record
from tests.simulation.group import Group
from tests.simulation.network import Link

_POLL_S = 0.25

Place = tuple[str, int]


class Worker:
    """One incarnation: started once, and never again when it has ended."""

    def __init__(
        self,
        settings: EngineSettings,
        fold: Fold[Any, Any],
        link: Link,
        group: Group,
        ended: Callable[["Worker"], None],
    ) -> None:
        self.settings, self.link, self.group = settings, link, group
        self.process, self.loop = link.process, link.loop
        self.engine = Engine(settings, fold)
        self.engine.consumer = self
        self.engine.on_failure = self._failed
        self.engine.ending = lambda: self._told_to_end
        self._told_to_end = False
        self.crash: BaseException | None = None
        """What is no failure that the engine foresees."""
        self.closed: set[int] = set()
        """Partitions that it had when it was stopped and has given back in time and in order."""
        self._ended = ended
        self._messages: asyncio.Queue[tuple[str, int, list[int]]] = asyncio.Queue()
        self._generation = 0
        self._mine: set[int] = set()
        self._fetches: list[asyncio.Task[None]] = []
        self._seen: dict[Place, int] = {}
        self._positions: dict[Place, int] = {}
        self._full: set[Place] = set()
        self._room = asyncio.Event()
        self._ending = False
        self._returning = False
        self._begin(self._run())

    def _begin(self, coroutine: Any) -> asyncio.Task[None]:
        return self.loop.create_task(coroutine, context=self.process.context)

    @property
    def gone(self) -> bool:
        """Its process is dead."""
        return not self.process.alive

    # its life

    async def _run(self) -> None:
        try:
            await self.engine.start()
            self.link.later(self.link.delay(), self.group.join, self, 0)
            while True:
                what, generation, numbers = await self._messages.get()
                await asyncio.sleep(self.link.delay())  # a heartbeat tells it
                if what == "rejoin":
                    if generation > self._generation:  # one of before may arrive late
                        await self._give_back(generation)
                elif generation == self._generation:
                    self._begin(self._take(generation, numbers))
        except Exception as error:
            self.engine.fail(error)

    async def _give_back(self, generation: int) -> None:
        self._generation = generation
        self._stop_fetching()
        self._positions.clear()  # a consumer that is given a partition anew does not know how far it had read
        mine, self._mine = self._mine, set()
        self._returning = True
        await self.engine.revoke(mine)
        self._returning = False
        self.link.later(self.link.delay(), self.group.join, self, generation)

    async def _take(self, generation: int, numbers: list[int]) -> None:
        if self.engine.failure is not None or self._ending:
            return
        self._mine = set(numbers)
        await self.engine.assign(numbers)
        if generation == self._generation and self.engine.failure is None and not self._ending:
            for place, offset in self.engine.positions().items():
                self._positions[place] = offset
                self._seen.pop(place, None)
                self._fetches.append(self._begin(self._fetch(*place)))

    def _stop_fetching(self) -> None:
        for task in self._fetches:
            task.cancel()
        self._fetches.clear()
        self._full.clear()

    def deliver(self, what: str, generation: int, numbers: list[int]) -> None:
        """See `Member.deliver`."""
        arrive = self._messages.put_nowait
        self.loop.call_later(self.link.delay(), arrive, (what, generation, numbers), context=self.process.context)

    def stop(self) -> None:
        """SIGTERM."""
        self._told_to_end = True
        self._begin(self._stop_in_order())

    async def _stop_in_order(self) -> None:
        await checkpoint_soon(self.engine)
        await self._stop()

    def _failed(self, error: BaseException) -> None:
        if not self.process.alive:
            return
        if not isinstance(error, Stopped):
            self.crash = error
        self._begin(self._stop())

    async def _stop(self) -> None:
        if self._ending:
            return
        self._ending = True
        self._stop_fetching()
        leaves_first = self.link.random.random() < 0.5
        if leaves_first:
            self.link.later(self.link.delay(), self.group.lost, self)
        had, began = set() if self._returning else set(self.engine.partitions), self.loop.time()
        await self.engine.stop()
        if self.engine.failure is None and self.loop.time() - began < 0.9 * self.settings.stop_timeout_ms / 1000:
            self.closed = had
        if not leaves_first:
            self.link.later(self.link.delay(), self.group.lost, self)
        self.process.alive = False
        self._ended(self)

    # the consumer

    async def _fetch(self, topic: str, number: int) -> None:
        place = (topic, number)
        while True:
            while place in self._full:
                self._room.clear()
                await self._room.wait()
            position = self._positions[place]
            records, position, end = await self._poll(place, position)
            self._seen[place] = end
            self._positions[place] = position
            if records:
                self.engine.hand(topic, number, records, partial(self._commit, place, position))
                await asyncio.sleep(0)

    def _poll(self, place: Place, position: int) -> asyncio.Future[tuple[list[Record], int, int]]:
        """Records from a position on, its next one, and the end; when there is nothing the broker waits a little."""
        link, log = self.link, self.link.broker.log(place)
        answered = self.loop.create_future()
        most = link.random.choice((1, 2, 4, 30))

        def answer() -> None:
            link.later(link.delay(), _resolve, answered, (*log.records(position, most), log.end))

        def wait() -> None:
            if log.end > position:
                answer()
                return
            once = _Once(answer)
            log.waiting.append(once)
            link.later(_POLL_S, once)

        link.later(link.delay(), wait)
        return answered

    def _commit(self, place: Place, position: int) -> None:
        committed = self.link.broker.committed
        self.link.later(self.link.delay(), lambda: committed.__setitem__(place, max(position, committed.get(place, 0))))

    def end_seen(self, topic: str, partition: int) -> int | None:
        """See `Consuming.end_seen`."""
        return self._seen.get((topic, partition))

    async def position_of(self, topic: str, partition: int) -> int | None:
        """See `Consuming.position_of`."""
        return self._positions.get((topic, partition))

    def set_room(self, topic: str, partition: int, full: bool) -> None:
        """See `Consuming.set_room`."""
        if full:
            self._full.add((topic, partition))
        else:
            self._full.discard((topic, partition))
            self._room.set()

    def group_answers(self) -> bool:
        """See `Consuming.group_answers`."""
        return True

    @property
    def refusal(self) -> Refusal | None:
        """Why it must not start, if so."""
        return self.engine.failure if isinstance(self.engine.failure, Refusal) else None


class _Once:
    """Calls the first time only."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def __call__(self) -> None:
        if self._call is not None:
            call, self._call = self._call, None
            call()


def _resolve(future: asyncio.Future[Any], answer: Any) -> None:
    if not future.done():
        future.set_result(answer)
