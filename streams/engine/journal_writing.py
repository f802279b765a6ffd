"""Writes one partition's journal: a single writer that knows which offset its next record must get (rule 11)."""

from streams.engine import journal
from streams.engine.failures import Stopped
from streams.engine.publishing import Publisher


class JournalWriter:
    """The open end of one partition's journal, from the owner's record on; one append at a time."""

    def __init__(self, publisher: Publisher, topic: str, partition: int) -> None:
        self._publisher = publisher
        self._topic = topic
        self._partition = partition
        self._open = False
        self.owner = -1
        """The offset of our owner record: our name."""
        self.next = -1

    async def fence(self, record: journal.Owner) -> tuple[int, int | None]:
        """Append the owner record (rule 4); its offset and, where the broker stamped it, its append time.

        Raises Stopped when the offset is unknown.
        """
        metadata = await self._publisher.append(self._topic, self._partition, journal.encode(record))
        if metadata.offset < 0:
            raise Stopped(f"the owner record of partition {self._partition} has an unknown offset")
        self.owner = metadata.offset
        self.next = metadata.offset + 1
        return metadata.offset, metadata.timestamp if metadata.timestamp_type == 1 else None

    async def append(self, record: journal.Record) -> None:
        """Append a record of ours. Raises Stopped when it did not get the expected offset: somebody else writes."""
        assert not self._open, "one open append a partition (rule 11)"
        self._open = True
        metadata = await self._publisher.append(self._topic, self._partition, journal.encode(record))
        if metadata.offset != self.next:
            raise Stopped(
                f"the journal of partition {self._partition} gave offset {metadata.offset} instead of {self.next}: "
                "another owner writes"
            )
        self.next += 1
        self._open = False
