"""Clients of the broker for the commands: opened or refused in one sentence, their log lines kept off the terminal."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    KafkaTimeoutError,
    UnknownTopicOrPartitionError,
)

from streams.cli.failure import Failure
from streams.cli.reaching import BOOTSTRAP_TIMEOUT_MS, addresses, not_let_in, somebody_answers
from streams.cli.security import client_settings

AGAIN_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 10.0
Answer = TypeVar("Answer")

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it says the same again, at length


@contextmanager
def admin_client(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An admin client, closed at the end; broker errors become Failures.

    It learns within a second of a broker that came back: whoever waits for one asks it again and again.
    """
    with _opened(KafkaAdminClient, bootstrap, request_timeout_ms=15_000, metadata_max_age_ms=1_000) as client:
        yield client


@contextmanager
def producer(bootstrap: str, **settings: Any) -> Iterator[KafkaProducer]:
    """A producer that waits for all replicas and repeats without duplicates."""
    durable: dict[str, Any] = {"acks": "all", "enable_idempotence": True, "linger_ms": 5, **settings}
    with _opened(KafkaProducer, bootstrap, **durable) as client:
        yield client


@contextmanager
def consumer(bootstrap: str, **settings: Any) -> Iterator[KafkaConsumer]:
    """A consumer without a group: it reads what it is assigned, as workers do not what was aborted, commits nothing."""
    alone: dict[str, Any] = {
        "group_id": None,
        "enable_auto_commit": False,
        "check_crcs": True,
        "isolation_level": "read_committed",
        **settings,
    }
    with _opened(KafkaConsumer, bootstrap, **alone) as client:
        yield client


def patiently(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """What the brokers say. Of several one may just have gone, and it was the one that was asked: then ask again.

    Raises what `ask` raises when that is not so, or lasts longer than `seconds`.
    """
    give_up = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() >= give_up:
                raise
        time.sleep(AGAIN_SECONDS)


def partitions_of(client: KafkaAdminClient, topic: str) -> list[int]:
    """The partitions of a topic; raises Failure when there is no such topic."""
    (found,) = patiently(_PATIENCE_SECONDS, lambda: client.describe_topics([topic]))
    if found["error_code"]:
        raise missing(topic)
    return sorted(partition["partition_index"] for partition in found["partitions"])


def missing(topic: str) -> Failure:
    """That there is no such topic; to who may not see it a broker says the same."""
    user = client_settings().get("sasl_plain_username")
    or_forbidden = f", or {user} may not use it" if user else ""
    or_ask = ", or ask for the right" if user else ""
    return Failure(f"topic {topic} is missing{or_forbidden}; make the topics with stoplist topics create{or_ask}")


@contextmanager
def _opened(kind: type[Any], bootstrap: str, **settings: Any) -> Iterator[Any]:
    servers = addresses(bootstrap)
    security = client_settings()
    settings = {**security, **settings}
    somebody_answers(bootstrap, security.get("ssl_context"))  # where the client tries for long
    try:
        client = kind(bootstrap_servers=servers, bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS, **settings)
    except KafkaTimeoutError:
        raise not_let_in(bootstrap, security.get("sasl_plain_username")) from None
    except KafkaError as error:
        raise Failure(f"the broker at {bootstrap} cannot be used ({error}); correct that and try again") from None
    try:
        yield client
    except UnknownTopicOrPartitionError:
        raise Failure("a topic is missing; make the topics with stoplist topics create") from None
    except AuthorizationError as error:
        raise Failure(f"the broker at {bootstrap} does not allow it ({error}); ask for the right") from None
    except KafkaTimeoutError:
        raise Failure(f"the broker at {bootstrap} stopped answering; look whether it runs and try again") from None
    except KafkaError as error:
        raise Failure(f"the broker at {bootstrap} refused ({error}); correct that and try again") from None
    finally:
        client.close()


def partition_of_topic(reader: KafkaConsumer, topic: str, partition: int) -> TopicPartition:
    """A partition that the reader may be assigned; raises Failure when it is not there, or not to be seen."""
    if partition not in (reader.partitions_for_topic(topic) or ()):
        raise Failure(
            f"topic {topic} has no partition {partition}, or this user may not read it; make the topics with "
            "stoplist topics create, or give the user the right (docs/deploy.md)"
        )
    return TopicPartition(topic, partition)
