"""Clients of the broker for the commands: opened or refused in one sentence, their log lines kept off the terminal."""

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    KafkaTimeoutError,
    UnknownTopicOrPartitionError,
)

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT
from streams.cli.security import client_settings

BOOTSTRAP_TIMEOUT_MS: Final = 5_000
_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it says the same again, at length


def addresses(bootstrap: str) -> list[str]:
    """The brokers named by `HOST:PORT,…`; raises Failure when one is no address."""
    found = [part.strip() for part in bootstrap.split(",")]
    for part in found:
        match = _ADDRESS.fullmatch(part)
        if match is None or not 0 < int(match[2]) < 65_536:
            raise Failure(f"--bootstrap: {part!r} is no broker address; write HOST:PORT, like {BOOTSTRAP_DEFAULT}")
    return found


@contextmanager
def admin_client(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An admin client, closed at the end; broker errors become Failures."""
    with _opened(KafkaAdminClient, bootstrap, request_timeout_ms=15_000) as client:
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


def partitions_of(client: KafkaAdminClient, topic: str) -> list[int]:
    """The partitions of a topic; raises Failure when there is no such topic."""
    (found,) = client.describe_topics([topic])
    if found["error_code"]:
        raise Failure(f"topic {topic} is missing; make the topics with stoplist topics create")
    return sorted(partition["partition_index"] for partition in found["partitions"])


@contextmanager
def _opened(kind: type[Any], bootstrap: str, **settings: Any) -> Iterator[Any]:
    servers = addresses(bootstrap)
    settings = {**client_settings(), **settings}
    if not any(map(_answers, servers)):  # in a moment, where the client would try for seconds
        raise Failure(f"no Kafka broker answers at {bootstrap}; start it, or name another with --bootstrap")
    try:
        client = kind(bootstrap_servers=servers, bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS, **settings)
    except KafkaTimeoutError:
        raise Failure(f"no Kafka broker answers at {bootstrap}; start it, or name another with --bootstrap") from None
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


def _answers(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=BOOTSTRAP_TIMEOUT_MS / 1000).close()
    except OSError:
        return False
    return True
