"""Sends events to Kafka with their own append times, and makes sure that every one arrived."""

from collections.abc import Iterable
from typing import Final

from streams.cli.connection import admin_client
from streams.cli.imports.sinks import kafka_sink
from streams.cli.receivables import Entry
from streams.cli.terminal import Progress
from streams.cli.topic_setup import keep_own_time

_BATCH: Final = 16_000


def keeps_own_time(bootstrap: str, topics: Iterable[str]) -> bool:
    """Whether these topics keep the timestamps of their records; raises Failure when one is missing."""
    with admin_client(bootstrap) as client:
        return all(keep_own_time(client, sorted(topics)).values())


def send(entries: list[Entry], bootstrap: str, progress: Progress) -> None:
    """Sends in order, by topic and client, and waits for every acknowledgement; raises Failure when one is missing."""
    if not entries:
        return
    with kafka_sink(bootstrap, sorted({entry.topic for entry in entries})) as sink:
        for start in range(0, len(entries), _BATCH):
            some = entries[start : start + _BATCH]
            sink.send(some)
            progress.advance(len(some))
        sink.settle()
