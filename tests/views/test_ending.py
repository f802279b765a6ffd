"""What runs beside is over when it is said to be, and ends nobody who did not ask for it."""

import asyncio
import logging

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from streams.views.ending import ended, stopped
from streams.views.projection.projector import Projector, ProjectorSettings
from tests.harness.embedded import Embedded
from tests.harness.records import create_topics


def test_a_task_that_loses_its_first_cancellation_is_ended_too() -> None:
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    async def run() -> None:
        tasks = [asyncio.create_task(deaf()), asyncio.create_task(asyncio.sleep(60))]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await ended(tasks)
        assert all(task.cancelled() for task in tasks)

    asyncio.run(run())
    assert lost == 1


def test_nothing_to_end_is_no_mistake() -> None:
    asyncio.run(ended([]))


class _Heard(logging.Handler):
    """Whether a text was logged."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._text in record.getMessage():
            self.heard.set()


async def _alone() -> None:
    """Nothing runs but the caller, or it is about to end: no task of the consumer is left."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    assert not rest or not (await asyncio.wait(rest, timeout=30))[1]


def test_a_consumer_whose_broker_is_gone_stops_without_ending_who_stops_it() -> None:
    failed = _Heard("Failed fetch messages")

    async def run(broker: Embedded) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, retry_backoff_ms=60_000)
        await consumer.start()
        consumer.assign([TopicPartition("journal", 0)])
        await consumer.seek_to_beginning()
        await consumer.getmany(timeout_ms=100)
        broker.close()
        async with asyncio.timeout(60):
            await failed.heard.wait()  # its fetch waits a minute now, which is cut short
        await stopped(consumer)
        await _alone()

    log = logging.getLogger("aiokafka")
    log.addHandler(failed)
    try:
        with Embedded() as broker:
            create_topics(broker.bootstrap, ["journal"])
            asyncio.run(run(broker))
    finally:
        log.removeHandler(failed)


def test_a_consumer_stops_that_has_hardly_begun(embedded: Embedded) -> None:
    async def run() -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=embedded.bootstrap)
        await consumer.start()
        await stopped(consumer)
        await _alone()

    asyncio.run(run())


def test_a_projector_goes_on_when_something_it_waits_for_was_cancelled() -> None:
    class Waiting(Projector):
        """One whose first attempt waits for a task that is cancelled, as the client of Kafka may let it."""

        attempts = 0
        again = asyncio.Event()

        async def _project(self) -> None:
            self.attempts += 1
            if self.attempts == 2:
                self.again.set()
            task = asyncio.create_task(asyncio.sleep(60))
            asyncio.get_running_loop().call_soon(task.cancel)
            await (task if self.attempts == 1 else asyncio.sleep(60))

    async def run() -> None:
        projector = Waiting(Redis(), ProjectorSettings([]))
        task = asyncio.create_task(projector.run())
        async with asyncio.timeout(30):
            await projector.again.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
