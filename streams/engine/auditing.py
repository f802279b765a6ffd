"""What the journal and the inputs say a partition's state is, without taking it: for audits and for tests."""

from typing import Any

from aiokafka import TopicPartition

from streams.engine.fold import Fold
from streams.engine.journal_reading import JournalReading
from streams.engine.ownership import Rebuilt, Taking
from streams.engine.publishing import Publisher
from streams.engine.reading import Reader
from streams.engine.settings import EngineSettings


async def rebuild(settings: EngineSettings, fold: Fold[Any, Any], partition: int, partitions: int) -> Rebuilt:
    """Read one partition's journal, snapshots and inputs and fold what is accepted; nothing is written.

    Raises Refusal and Stopped as taking the partition does.
    """
    tp = TopicPartition(settings.journal_topic, partition)
    reading = JournalReading(partition, settings.accept_loss)
    async with Reader(settings) as reader:
        begins, ends = await reader.bounds([tp])
        async for records in reader.span(tp, begins[tp], ends[tp]):
            for record in records:
                reading.feed(record.offset, record.value)
        reading.ended()
        taking = Taking(settings, fold, Publisher(settings), partition, partitions)
        return await taking.rebuild(reader, reading, ends[tp])


async def state_hash(settings: EngineSettings, fold: Fold[Any, Any], partition: int, partitions: int) -> str:
    """A hash of the partition's state, the same wherever and in whatever chunks it was folded."""
    folder = (await rebuild(settings, fold, partition, partitions)).folder
    return folder.states.digest(folder.shared, folder.at).hex()
