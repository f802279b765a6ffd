"""The records of one small world, by seed: valid ones, repeats, revisions, and everything that can be wrong."""

import json
from random import Random
from typing import Final

from streams.engine.misrouting import ORIGIN_HEADER, partition_of
from tests.fuzz.sent import Headers, Sent
from tests.fuzz.spoiling import OF_DOCUMENT, OF_VALUE, astray, rekeyed
from tests.fuzz.valid import START_MS, Draft, Writer

PARTITIONS: Final = 3
_SPOILT: Final = 0.5
_HEADERS: Final[tuple[Headers, ...]] = (
    ((ORIGIN_HEADER, b"payments/0/7"),),
    ((ORIGIN_HEADER, None),),
    (("trace", None), ("", b""), ("ж", b"\xff")),
    (("stoplist-id", b"payments/0/0"), ("stoplist-reason", b"misrouted")),
    (("padding", b"x" * 5_000),),
)


class Stream:
    """Draws record after record; offsets count by topic and partition."""

    def __init__(self, random: Random, spoilt: float = _SPOILT) -> None:
        self.random = random
        self.writer = Writer(random)
        self.now = START_MS
        self._spoilt = spoilt
        self._said: list[tuple[str, bytes | None, bytes | None]] = []
        self._ends: dict[tuple[str, int], int] = {}

    def records(self, count: int) -> list[Sent]:
        """At least so many: a broadcast is one in each partition."""
        sent: list[Sent] = []
        for draft in self.writer.begin(self.now):
            sent += self._placed(draft.topic, draft.key, json.dumps(draft.document).encode(), (), "valid")
        while len(sent) < count:
            self.now += self.random.choice((1, 1, 1, 1_000, 60_000, 900_000, 7_200_000))
            sent += self._next()
        return sent

    def _next(self) -> list[Sent]:
        random = self.random
        if self._said and random.random() < 0.12:
            topic, key, value = random.choice(self._said)
            return self._placed(topic, key, value, (), "repeat")
        draft, hows = self.writer.next(self.now), list[str]()
        if random.random() >= self._spoilt:
            if random.random() < 0.15:
                draft.document["revision"] = random.choice((1, 2, 3))
            return self._placed(draft.topic, draft.key, json.dumps(draft.document).encode(), (), "valid")
        return self._spoil(draft, hows)

    def _spoil(self, draft: Draft, hows: list[str]) -> list[Sent]:
        random = self.random
        count = random.choice((1, 1, 1, 2, 3))
        for _ in range(count):
            pick = random.random()
            if pick < 0.45:
                change = random.choice(OF_DOCUMENT)
                if draft.document:
                    change(random, draft.document)
                    hows.append(change.__name__)
            elif pick < 0.55:
                spoil = random.choice((rekeyed, rekeyed, astray))
                draft = spoil(random, draft)
                hows.append(spoil.__name__)
        value: bytes | None = json.dumps(draft.document, ensure_ascii=random.random() < 0.5).encode(errors="replace")
        for _ in range(count if not hows or random.random() < 0.2 else 0):
            change_value = random.choice(OF_VALUE)
            if value:
                value = change_value(random, value)
                hows.append(change_value.__name__)
        if random.random() < 0.03:
            value = random.choice((None, b""))
            hows.append("empty")
        headers: Headers = ()
        if random.random() < 0.05:
            headers = random.choice(_HEADERS)
            hows.append("headers")
        return self._placed(draft.topic, draft.key, value, headers, "+".join(hows))

    def _placed(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, how: str) -> list[Sent]:
        """In the partition of its key, sometimes in another; a record without a key in each."""
        random = self.random
        if len(self._said) < 5_000:
            self._said.append((topic, key, value))
        if key is None:
            return [self._put(topic, number, key, value, headers, how) for number in range(PARTITIONS)]
        partition = partition_of(key, PARTITIONS)
        if random.random() < (0.02 if not headers else 0.5):
            partition, how = random.randrange(PARTITIONS), f"{how}+misrouted"
        return [self._put(topic, partition, key, value, headers, how)]

    def _put(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers, how: str
    ) -> Sent:
        offset = self._ends.get((topic, partition), 0)
        self._ends[topic, partition] = offset + 1
        return Sent(topic, partition, offset, self.now, key, value, headers, how)
