"""Sends events to Kafka with their own append times, and makes sure that every one arrived."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from kafka.errors import KafkaError

from streams.cli.connection import admin_client, producer
from streams.cli.failure import Failure
from streams.cli.receivables import Entry
from streams.cli.terminal import Progress
from streams.cli.topic_setup import keep_own_time

_IN_FLIGHT_MAX: Final = 20_000
_WAIT_SECONDS: Final = 60


def keeps_own_time(bootstrap: str, topics: Iterable[str]) -> bool:
    """Whether these topics keep the timestamps of their records; raises Failure when one is missing."""
    with admin_client(bootstrap) as client:
        return all(keep_own_time(client, sorted(topics)).values())


def send(entries: Iterable[Entry], bootstrap: str, progress: Progress) -> None:
    """Sends in order and waits for every acknowledgement; raises Failure at the first that does not come."""
    encode = msgspec.json.Encoder().encode
    with producer(bootstrap) as client:
        waiting: list[Any] = []
        for entry in entries:
            value = encode(entry.value)
            waiting.append(client.send(entry.topic, value, entry.key.encode(), timestamp_ms=entry.timestamp_ms))
            if len(waiting) >= _IN_FLIGHT_MAX:
                _settle(waiting, progress)
        client.flush()
        _settle(waiting, progress)


def _settle(waiting: list[Any], progress: Progress) -> None:
    for future in waiting:
        try:
            future.get(timeout=_WAIT_SECONDS)
        except KafkaError as error:
            raise Failure(
                f"an event was not taken ({error}); look after the broker and import again: what arrived is a "
                "duplicate then and changes nothing"
            ) from None
        progress.advance()
    waiting.clear()
