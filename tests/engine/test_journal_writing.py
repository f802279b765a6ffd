"""The single writer of a journal: expected offsets, and a journal that does not grow without end; on real Kafka."""

import asyncio
from collections.abc import Callable

import pytest

from streams.engine.failures import Stopped
from streams.engine.journal import Checkpoint, Chunk, Owner, Position
from streams.engine.journal_reading import JournalReading
from streams.engine.journal_writing import JournalWriter
from streams.engine.publishing import Publisher
from streams.engine.settings import EngineSettings
from tests.engine.world import World

pytestmark = pytest.mark.kafka


def _settings(world: World) -> EngineSettings:
    return EngineSettings(
        bootstrap_servers=(world.bootstrap,),
        journal_topic=world.settings["journal_topic"],
        snapshot_topic=world.settings["snapshot_topic"],
    )


def _chunk(owner: int, n: int) -> Chunk:
    return Chunk(owner, n, "in", n * 10, n * 10 + 9, n, "r")


def _read(world: World) -> JournalReading:
    reading = JournalReading(0)
    for read in sorted(world.read(world.settings["journal_topic"]), key=lambda r: r.offset):
        if read.partition == 0:
            reading.feed(read.offset, read.value)
    return reading


def test_an_owner_that_names_itself_anew_goes_on_where_it_was(world: Callable[..., World]) -> None:
    one = world().create()

    async def write() -> JournalWriter:
        publisher = Publisher(_settings(one))
        await publisher.start()
        writer = JournalWriter(publisher, one.settings["journal_topic"], 0)
        await writer.fence(Owner(2, "w"))
        await writer.append(_chunk(writer.owner, 1))
        await writer.fence_again(Owner(2, "w"))
        await writer.append(_chunk(writer.owner, 2))
        await writer.append(Checkpoint(writer.owner, 2, {"in": Position(30, 2)}, 0, b"", "r"))
        await writer.append(_chunk(writer.owner, 3))
        await publisher.stop()
        return writer

    writer = asyncio.run(write())
    reading = _read(one)
    assert (reading.last, reading.completed_through, reading.ignored) == (3, 2, 0)
    assert reading.cut_before() == writer.owner == 2
    assert writer.tenure == 0


def test_a_writer_stops_when_its_record_does_not_get_the_expected_offset(world: Callable[..., World]) -> None:
    one = world().create()

    async def write() -> None:
        publisher = Publisher(_settings(one))
        await publisher.start()
        first = JournalWriter(publisher, one.settings["journal_topic"], 0)
        second = JournalWriter(publisher, one.settings["journal_topic"], 0)
        await first.fence(Owner(2, "w1"))
        await second.fence(Owner(2, "w2"))
        try:
            with pytest.raises(Stopped, match="another owner writes"):
                await first.append(_chunk(first.owner, 1))
        finally:
            await publisher.stop()

    asyncio.run(write())
    assert (_read(one).last, _read(one).ignored) == (0, 1), "what it wrote is void"
