"""What the broker says of our topics when a worker starts: made a moment ago, they may not be known to every broker."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiokafka.errors import KafkaError

from streams.engine import checks
from streams.engine.failures import Stopped
from streams.engine.settings import EngineSettings

log = structlog.get_logger(__name__)

Describe = Callable[[list[str]], Awaitable[list[Any]]]
"""Asks a broker for these topics; each a dictionary with `topic`, `error_code` and `partitions`."""

_AGAIN_S: Final = 0.1


async def partition_counts(describe: Describe, settings: EngineSettings) -> dict[str, int]:
    """How many partitions each topic of ours has; 0: it does not exist.

    What is missing or has no leader is asked for again, up to `topics_wait_ms`. Raises Stopped when partitions have no
    leader then, or nobody answers: brokers are down, and a later start may find them.
    """
    loop = asyncio.get_running_loop()
    give_up, awaited = loop.time() + settings.topics_wait_ms / 1000, False
    topics = list(checks.required_topics(settings))
    while True:
        described, failure = await _described(describe, topics)
        counts = dict.fromkeys(topics, 0)
        counts |= {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}
        failure = failure or _leaderless(described)
        missing = [topic for topic, count in counts.items() if not count]
        if not failure and not missing:
            return counts
        if loop.time() >= give_up:
            if failure:
                raise Stopped(failure)
            return counts
        if not awaited:
            awaited = True
            log.warning("topics_awaited", missing=missing, reason=failure, milliseconds=settings.topics_wait_ms)
        await asyncio.sleep(_AGAIN_S)


async def _described(describe: Describe, topics: list[str]) -> tuple[list[Any], str]:
    """What a broker says, or why none did."""
    try:
        return await describe(topics), ""
    except KafkaError as error:
        if not error.retriable:
            raise
        return [], f"no broker says what topics there are: {error!r}"


def _leaderless(described: list[Any]) -> str:
    """Partitions that no broker leads, in a sentence; "": none."""
    places = [
        f"{topic['topic']}/{partition['partition']}"
        for topic in described
        for partition in topic["partitions"]
        if partition["error_code"] or partition["leader"] < 0
    ]
    return f"no broker leads {', '.join(places)}: start the brokers that hold them" if places else ""
