"""Which servers a test run uses, and what it could not try for want of one.

Apache Kafka and Redis are what counts. Where a machine lacks them the embedded stand-in takes their place, and the run
ends with a loud line; where CI is set a missing one is a failure.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, Protocol

from tests.harness.embedded import Embedded
from tests.harness.kafka import KafkaNode, kafka_missing
from tests.harness.redis import RedisServer, redis_missing

TEST_KAFKA = "STOPLIST_TEST_KAFKA"
"""Environment variable: `host:port` of a running Kafka to use instead of starting one."""


class Broker(Protocol):
    """What a test may rely on, whichever broker it is."""

    @property
    def bootstrap(self) -> str:
        """`host:port` for Kafka clients."""


class RedisAddress(Protocol):
    """What a test may rely on, whichever Redis it is."""

    @property
    def url(self) -> str:
        """Address for Redis clients."""


class Existing(NamedTuple):
    """A broker that runs already and stays."""

    bootstrap: str


class Missing(Exception):
    """A component that CI must have is not there."""


not_tried: dict[str, str] = {}
"""What this run did without, each with what to install."""


def lack(component: str, wants: str) -> None:
    """Note that `component` is not tried because `wants` is missing; raises Missing in CI."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        raise Missing(f"{component} cannot be tried: {wants} is missing, and in CI nothing may be")
    not_tried[component] = wants


@contextmanager
def broker() -> Iterator[Broker]:
    """The one that STOPLIST_TEST_KAFKA names, else an Apache Kafka node, else the embedded one."""
    if existing := os.environ.get(TEST_KAFKA):
        yield Existing(existing)
        return
    with ExitStack() as stack:
        missing = kafka_missing()
        if missing is None:
            yield stack.enter_context(KafkaNode())
        else:
            lack("Apache Kafka", missing)
            yield stack.enter_context(Embedded())


@contextmanager
def redis() -> Iterator[RedisAddress]:
    """A Redis server, else the embedded one."""
    with ExitStack() as stack:
        missing = redis_missing()
        if missing is None:
            yield stack.enter_context(RedisServer())
        else:
            lack("Redis", missing)
            yield stack.enter_context(Embedded())
