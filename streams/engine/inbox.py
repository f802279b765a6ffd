"""What a partition has fetched and not folded: one queue a topic, and the rule which records go next.

Order: of the buffered records the earliest append time goes first. Records of one topic go while no other topic has
an older one; a topic of which nothing is buffered must have been read to its end, or be waited for.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from schemas.records import Instant
from streams.engine.journal import Range


class Fetched(NamedTuple):
    """Records of one topic from one fetch, and what to call once all of them are published."""

    records: list[Any]
    done: Callable[[], None] | None


class Taken(NamedTuple):
    """The records of the next chunk."""

    topic: str
    records: list[Any]
    done: list[Callable[[], None]]
    """What to call once they are published: one for each fetch that ends with them."""
    position: int
    """Next offset to be folded before they were taken: offsets without a record may lie in front of the first."""

    def span(self) -> Range:
        """As the journal names them."""
        first, last = self.records[0], self.records[-1]
        return Range(self.topic, first.offset, last.offset, last.timestamp)

    def all_done(self) -> None:
        """The records are published."""
        for done in self.done:
            done()


def _bytes_of(records: Sequence[Any]) -> int:
    return sum([len(record.value or b"") for record in records])


class Inbox:
    """The queues of one partition."""

    def __init__(self, topics: Sequence[str], positions: dict[str, int], records_max: int, interleave_ms: int) -> None:
        """`positions`: the next offset to be folded, by topic. `records_max`: of one chunk."""
        self._records_max = records_max
        self._interleave_ms = interleave_ms
        self.topics = tuple(topics)
        self._queues: dict[str, deque[Fetched]] = {topic: deque() for topic in topics}
        self.fetched_to = dict(positions)
        """Next offset not yet fetched."""
        self.folded_to = dict(positions)
        """Next offset not yet taken for a chunk."""
        self.buffered = dict.fromkeys(topics, 0)
        """Records."""
        self.buffered_bytes = dict.fromkeys(topics, 0)

    def put(self, topic: str, records: list[Any], done: Callable[[], None] | None) -> None:
        """Buffer what was fetched; records already taken (read again after a seek) are dropped."""
        start = self.fetched_to[topic]
        if records[0].offset < start:
            records = [record for record in records if record.offset >= start]
            if not records:
                if done is not None:
                    done()
                return
        self._queues[topic].append(Fetched(records, done))
        self.fetched_to[topic] = records[-1].offset + 1
        self.buffered[topic] += len(records)
        self.buffered_bytes[topic] += _bytes_of(records)

    def waiting_for(self, ends: dict[str, int | None]) -> list[str]:
        """Topics of which nothing is buffered although they have not been read to their end, or it is unknown."""
        return [
            topic
            for topic in self.topics
            if not self._queues[topic] and ((end := ends[topic]) is None or self.fetched_to[topic] < end)
        ]

    def empty(self) -> bool:
        """Nothing is buffered."""
        return not any(self._queues.values())

    def earliest(self) -> Instant:
        """The earliest append time of what is buffered; something must be."""
        heads: list[Instant] = [queue[0].records[0].timestamp for queue in self._queues.values() if queue]
        return min(heads)

    def take(self, most: int | None = None) -> Taken | None:
        """The records of the next chunk, at most `most`, or None when nothing is buffered."""
        heads = [(queue[0].records[0].timestamp, topic) for topic, queue in self._queues.items() if queue]
        if not heads:
            return None
        earliest, topic = min(heads)
        limit = min((head for head, other in heads if other != topic), default=None)
        bound = None if limit is None else max(earliest, limit + self._interleave_ms)
        records, done = self._gather(self._queues[topic], bound, self._records_max if most is None else most)
        position, self.folded_to[topic] = self.folded_to[topic], records[-1].offset + 1
        self.buffered[topic] -= len(records)
        self.buffered_bytes[topic] -= _bytes_of(records)
        return Taken(topic, records, done, position)

    def _gather(
        self, queue: deque[Fetched], bound: Instant | None, most: int
    ) -> tuple[list[Any], list[Callable[[], None]]]:
        """As many records of one topic as may go together: several fetches make one chunk, so that under load a
        round trip to the broker carries all that came during the one before."""
        records: list[Any] = []
        dones: list[Callable[[], None]] = []
        while queue and (room := most - len(records)) > 0:
            fetched, done = queue[0]
            count = self._count(fetched, bound, room)
            if not count:
                if records:
                    break
                count = 1
            queue.popleft()
            if count < len(fetched):
                queue.appendleft(Fetched(fetched[count:], done))
                records = records + fetched[:count]
                break
            records = records + fetched if records else fetched
            if done is not None:
                dones.append(done)
        return records, dones

    def put_back(self, taken: Taken) -> None:
        """Records taken and not folded after all go back to the head of their queue."""
        self._queues[taken.topic].appendleft(Fetched(taken.records, taken.all_done if taken.done else None))
        self.folded_to[taken.topic] = taken.position
        self.buffered[taken.topic] += len(taken.records)
        self.buffered_bytes[taken.topic] += _bytes_of(taken.records)

    @staticmethod
    def _count(records: list[Any], bound: Instant | None, room: int) -> int:
        """How many of the records go: those before the first that is younger than `bound`."""
        count = min(len(records), room)
        if bound is not None and records[count - 1].timestamp > bound:
            count = next((index for index in range(count) if records[index].timestamp > bound), count)
        return count
