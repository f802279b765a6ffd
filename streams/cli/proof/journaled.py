"""What one partition's journal says was folded, by the engine's own reading of it (rules 1-3)."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from streams.engine.journal import Chunk, Entry
from streams.engine.journal_reading import JournalReading
from streams.engine.reading import Reader


@dataclass
class Journaled:
    """One partition's journal from what is left of its beginning up to offset `end`."""

    tp: TopicPartition
    begin: int
    end: int
    reading: JournalReading
    first: int | None = None
    """The number of the first chunk that is still there; None: there is none."""
    chunks: int = 0
    firsts: dict[str, int] = field(default_factory=dict)
    """By topic, the first offset of the chunks that are still there."""
    lasts: dict[str, int] = field(default_factory=dict)
    """By topic, the last one."""
    rules: Counter[str] = field(default_factory=Counter)
    """Chunks by the version of the rules that made them."""

    @property
    def whole(self) -> bool:
        """Nothing was cut off: it begins with the first chunk, or holds none because there was none."""
        return self.first == 1 or (self.first is None and self.reading.last == 0)


async def read_journal(reader: Reader, tp: TopicPartition, end: int) -> Journaled:
    """Reads the journal up to `end`. Raises Refusal when it has a gap or cannot be read."""
    begins, _ = await reader.bounds([tp])
    found = Journaled(tp, begins[tp], end, JournalReading(tp.partition))
    async for entry in _accepted(reader, tp, found.begin, end, found.reading):
        found.first = entry.n if found.first is None else found.first
        found.chunks += 1
        found.rules[entry.rules_version] += 1
        if isinstance(entry, Chunk):
            for span in entry.ranges:
                found.firsts.setdefault(span.topic, span.first)
                found.lasts[span.topic] = span.last
    found.reading.ended()
    return found


async def entries_again(reader: Reader, found: Journaled) -> AsyncIterator[Entry]:
    """The accepted chunks once more, in order, without keeping them."""
    reading = JournalReading(found.tp.partition)
    async for entry in _accepted(reader, found.tp, found.begin, found.end, reading):
        yield entry


async def _accepted(
    reader: Reader, tp: TopicPartition, begin: int, end: int, reading: JournalReading
) -> AsyncIterator[Entry]:
    async for records in reader.span(tp, begin, end):
        for record in records:
            before = reading.last
            reading.feed(record.offset, record.value)
            entry = reading.chunks.get(reading.last)
            if reading.last != before and entry is not None:  # else a checkpoint told of chunks that were cut off
                yield entry
