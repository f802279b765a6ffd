"""One endpoint: its clients side by side, each client's events one after the other, retries, and parking.

An event is settled when the endpoint took it, or when the endpoint is parked and the event lies in the file of parked
ones. Kafka's offset of a record is committed when all endpoints have settled it, so a restart loses nothing and may
tell again what was under way: receivers drop a webhook-id they have seen.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zlib import crc32

import structlog

from streams.cli.notify.calling import Refused
from streams.cli.notify.config import EndpointConfig
from streams.cli.notify.events import Event
from streams.cli.notify.parked import Parked

log = structlog.get_logger(__name__)
Call = Callable[[Event], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]
_DRAINED_AT_ONCE: Final = 500
Settled = Callable[[], None]


class Endpoint:
    """Tells one receiver; `run` is its life, `offer` gives it an event."""

    def __init__(
        self,
        name: str,
        config: EndpointConfig,
        call: Call,
        parked: Parked,
        report_folder: Path,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.name = name
        self._config = config
        self._call = call
        self._parked = parked
        self._report = report_folder / f"{name}.parked.txt"
        self._pause = pause
        self._lanes: list[asyncio.Queue[tuple[Event, Settled]]] = [asyncio.Queue() for _ in range(config.parallel)]
        self.live = name not in parked.parkings()

    def offer(self, event: Event, settled: Settled) -> None:
        """Takes an event; `settled` is called when it is delivered or kept."""
        self._lanes[self._lane(event)].put_nowait((event, settled))

    async def run(self) -> None:
        """Tells without end, until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._follow(lane))

    def _lane(self, event: Event) -> int:
        return crc32(event.client_id.encode()) % len(self._lanes)

    async def _follow(self, lane: asyncio.Queue[tuple[Event, Settled]]) -> None:
        while True:
            event, settled = await lane.get()
            if not (self.live and await self._tell(event)):
                self._parked.keep(self.name, event)  # behind what waits already
            settled()

    async def _tell(self, event: Event) -> bool:
        """Whether it was delivered; False once the endpoint is parked."""
        for attempt in range(1, self._config.attempts_max + 1):
            try:
                await self._call(event)
                return True
            except Refused as refused:
                log.warning("webhook.refused", endpoint=self.name, id=event.id, attempt=attempt, why=str(refused))
                if refused.for_good or attempt == self._config.attempts_max:
                    self._park(event, f"{refused}, {attempt} time{'s' if attempt > 1 else ''}")
                    return False
            await self._pause(self._backoff_seconds(attempt))
            if not self.live:
                return False  # another client's event was the last straw
        return False

    def _backoff_seconds(self, attempt: int) -> float:
        longest = min(self._config.backoff_seconds_max, self._config.backoff_seconds * 2 ** (attempt - 1))
        return float(longest * random.uniform(0.5, 1.0))

    def _park(self, event: Event, why: str) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self.live = False
        self._parked.park(self.name, since, why)
        self._report.write_text(
            f"Endpoint {self.name} ({self._config.host}) is parked since {since}: {why}.\n"
            f"The first event it did not take: {event.id} of {event.topic}.\n"
            f"Everything for it is kept, in order. When it answers again: stoplist notify resume {self.name}\n",
            "utf-8",
        )
        log.error("endpoint.parked", endpoint=self.name, why=why, report=str(self._report))

    async def drain(self) -> None:
        """Tells what was kept, in order, and goes on; parks again when that fails."""
        count = 0
        while waiting := self._parked.kept(self.name, _DRAINED_AT_ONCE):
            lanes: dict[int, list[tuple[int, Event]]] = {}
            for number, event in waiting:
                lanes.setdefault(self._lane(event), []).append((number, event))
            told = await asyncio.gather(*map(self._tell_kept, lanes.values()))
            count += sum(told)
            if sum(told) < len(waiting):
                return
        self._parked.release(self.name)  # nothing waits: what comes from now on is told at once
        self.live = True
        self._report.unlink(missing_ok=True)
        log.info("endpoint.resumed", endpoint=self.name, told=count)

    async def _tell_kept(self, waiting: list[tuple[int, Event]]) -> int:
        for told, (number, event) in enumerate(waiting):
            if not await self._tell_once_more(event):
                return told
            self._parked.told(number)
        return len(waiting)

    async def _tell_once_more(self, event: Event) -> bool:
        try:
            await self._call(event)
            return True
        except Refused as refused:
            self._park(event, str(refused))
            return False
