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
        self.tenure = -1
        """That of our first owner record: it stays in the keys of our snapshots."""
        self.next = -1

    async def fence(self, record: journal.Owner) -> tuple[int, int | None]:
        """Append the owner record (rule 4); its offset and, where the broker stamped it, its append time.

        Raises Stopped when the offset is unknown.
        """
        metadata = await self._publisher.append(self._topic, self._partition, journal.encode(record))
        if metadata.offset < 0:
            raise Stopped(f"the owner record of partition {self._partition} has an unknown offset")
        self.owner = self.tenure = metadata.offset
        self.next = metadata.offset + 1
        return metadata.offset, metadata.timestamp if metadata.timestamp_type == 1 else None

    @property
    def length(self) -> int:
        """Records since our owner record."""
        return self.next - self.owner

    async def fence_again(self, record: journal.Owner) -> None:
        """Append another owner record of ours, so that the journal can be cut in front of it one day.

        The expected offset shows that nobody wrote since our last record, so there is nothing to read up to it (rules
        4 and 5 hold) and what is published is known (rule 8). Raises Stopped like `append`.
        """
        await self.append(record)
        self.owner = self.next - 1

    async def append(self, record: journal.Record) -> None:
        """Append a record of ours. Raises Stopped when it did not get the expected offset: somebody else writes."""
        assert not self._open, "one open append a partition (rule 11)"
        self._open = True
        metadata = await self._publisher.append(self._topic, self._partition, journal.encode(record))
        if metadata.offset != self.next:
            raise Stopped(
                f"the journal of partition {self._partition} gave offset {metadata.offset} instead of {self.next}: "
                "another owner writes",
                "other_owner",
            )
        self.next += 1
        self._open = False
