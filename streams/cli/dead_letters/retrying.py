"""Sends rejected records again: whether that can help, by the workers' own rules, and then how.

The rules are asked as a worker would be for a client of whom nothing is known, under the policy in force now: what they
refuse would be a dead letter again. What depends on the client's facts (a partner that is missing, a full client) may
have changed since, and is sent.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas.catalogue import IMPORTANCE, TOPIC_OF_TYPE, TURNOVER
from schemas.dead_letters import (
    BEFORE_OPENING,
    CONFLICTING_REVISION,
    MONTH_CLOSED,
    PARTNER_MISSING,
    REASONS,
    TOO_LATE,
    WRONG_TOPIC,
)
from schemas.decoding import decode
from schemas.json_document import read_json
from schemas.records import Rejected
from streams.cli.dead_letters.reading import DeadLetter
from streams.cli.failure import Failure
from streams.cli.folding import Record

_ACKNOWLEDGED_SECONDS: Final = 30
RETRY_HEADER: Final = "stoplist-retry"
"""On a record sent again: the id of its dead letter."""
_NEVER: Final = (CONFLICTING_REVISION, BEFORE_OPENING, MONTH_CLOSED, TOO_LATE)
"""The same bytes are refused for these again, whatever else changes."""


class Again(NamedTuple):
    """A record to be sent once more."""

    place: str
    topic: str
    key: bytes | None
    """None: to every partition."""
    value: bytes
    timestamp_ms: int | None
    """Its own time, for topics with simulated time."""


class Refused(NamedTuple):
    """Why sending it again cannot help, in one sentence with a remedy."""

    place: str
    why: str


class Trying:
    """Asks the rules, under what is in force."""

    def __init__(self, shared: Any, now_ms: int) -> None:
        from streams.domain.fold import ClientFold

        self._shared = shared
        self._fold = ClientFold(shared.current.rules.policy)
        self._now_ms = now_ms

    def again(self, found: DeadLetter, edited: bytes | None) -> Again | Refused:
        """The record as it is to be sent, with the right topic and key."""
        place, reason = found.letter.place, found.letter.reason
        if found.topic in (IMPORTANCE, TURNOVER):
            return Refused(place, "only Stoplist writes its topic; find out who sent the record")
        if found.topic not in TOPIC_OF_TYPE.values():
            return Refused(place, "it does not say which input topic it came from; send it again by its own program")
        value = found.value if edited is None else edited
        if edited is None and found.left_out:
            return Refused(place, "its value was too large for a dead letter; send it smaller with --value FILE")
        if edited is None and reason in _NEVER:
            return Refused(place, f"{reason} will not change: {found.letter.message.removeprefix(REASONS[reason])}")
        topic = _topic_of(found.topic, value)
        event = decode(topic, value)
        if isinstance(event, Rejected):
            return _refused(place, event)
        key = getattr(event, "client_id", None)
        record = Record(topic, 0, 0, self._now_ms, None if key is None else key.encode(), value or b"")
        why = self._judged(record)
        if why is not None and why.reason != PARTNER_MISSING:  # what it names may be there by now
            return _refused(place, why)
        return Again(place, topic, record.key, value or b"", found.rejected_ms)

    def _judged(self, record: Record) -> Rejected | None:
        fold = self._fold
        if record.key is None:
            answer = fold.broadcast(fold.shared_decode(fold.shared_encode(self._shared)), record, self._now_ms)
            return answer if isinstance(answer, Rejected) else None
        shared = fold.shared_new()
        return fold.record(shared, fold.create(shared, record.key), record, self._now_ms, [])


def _topic_of(topic: str, value: bytes | None) -> str:
    """The topic of its event: that of the record, unless the record was in the wrong one."""
    verdict = decode(topic, value)
    if isinstance(verdict, Rejected) and verdict.reason == WRONG_TOPIC:
        return TOPIC_OF_TYPE[read_json(value or b"")["type"]]
    return topic


def _refused(place: str, why: Rejected) -> Refused:
    field = f"{why.field}: " if why.field and not why.remedy.startswith(why.field) else ""
    return Refused(place, f"it would be refused again as {why.reason}; {field}{why.remedy}")


def send(records: Iterable[Again], sender: KafkaProducer, own_time: dict[str, bool]) -> Iterable[str]:
    """Sends one after the other and says of each where it arrived; raises Failure at the first that does not."""
    for again in records:
        partitions = [None] if again.key is not None else sorted(sender.partitions_for(again.topic))
        for partition in partitions:
            try:
                taken = sender.send(
                    again.topic, again.value, again.key, partition=partition,
                    timestamp_ms=again.timestamp_ms if own_time[again.topic] else None,
                    headers=[(RETRY_HEADER, again.place.encode())],
                ).get(timeout=_ACKNOWLEDGED_SECONDS)  # fmt: skip
            except KafkaError as error:
                raise Failure(
                    f"{again.place}: the broker did not take it ({error}); retry it again: what arrived is a duplicate "
                    "then and changes nothing"
                ) from None
            key = "no key" if again.key is None else f"key {again.key.decode()}"
            yield f"{again.place}: sent to {taken.topic}, {key} (partition {taken.partition}, offset {taken.offset})"
