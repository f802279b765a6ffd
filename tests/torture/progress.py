"""How far the workers are, by the journals: read forward once, judged by rule 2, without the engine."""

from contextlib import closing
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

Place = tuple[str, int]


class JournalProgress:
    """`behind()` tells how many input records no accepted chunk names yet."""

    def __init__(self, bootstrap: str, journal: str, inputs: tuple[str, ...], partitions: int) -> None:
        self._bootstrap, self._inputs, self._partitions = bootstrap, inputs, partitions
        self._places = [TopicPartition(journal, number) for number in range(partitions)]
        self._next = dict.fromkeys(self._places, 0)
        self._owner: dict[int, int] = {}
        self._folded: dict[Place, int] = {}
        self.chunks = 0

    def behind(self) -> int:
        """Read on, and compare with the ends of the inputs as of now."""
        options: dict[str, Any] = {"group_id": None, "enable_auto_commit": False, "max_poll_records": 5_000}
        with closing(KafkaConsumer(bootstrap_servers=self._bootstrap, **options)) as reader:
            inputs = [TopicPartition(topic, n) for topic in self._inputs for n in range(self._partitions)]
            ends = reader.end_offsets(inputs)
            reader.assign(self._places)
            for place, offset in self._next.items():
                reader.seek(place, offset)
            last = reader.end_offsets(self._places)
            while any(reader.position(place) < last[place] for place in self._places):
                for records in reader.poll(500).values():
                    for record in records:
                        self._saw(record)
            self._next = {place: reader.position(place) for place in self._places}
        return sum(max(0, end - self._folded.get((tp.topic, tp.partition), 0)) for tp, end in ends.items())

    def _saw(self, record: Any) -> None:
        entry = msgspec.json.decode(record.value)
        number = record.partition
        if entry["type"] == "owner":
            self._owner[number] = record.offset
        elif entry["type"] == "chunk" and entry["owner"] == self._owner.get(number):
            self.chunks += 1
            self._folded[entry["topic"], number] = entry["last"] + 1
            for topic, _, after, _ in entry.get("more", ()):
                self._folded[topic, number] = after + 1
