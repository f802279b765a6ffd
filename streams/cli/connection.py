"""Clients of the broker for the commands: opened or refused in one sentence, their log lines kept off the terminal."""

import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    KafkaTimeoutError,
    UnknownTopicOrPartitionError,
)

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT
from streams.cli.security import PREFIX, client_settings

BOOTSTRAP_TIMEOUT_MS: Final = 5_000
AGAIN_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 10.0
Answer = TypeVar("Answer")
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
    if not any(_answers(server, security.get("ssl_context")) for server in servers):  # where the client tries for long
        raise Failure(f"no Kafka broker answers at {bootstrap}; start it, or name another with --bootstrap")
    try:
        client = kind(bootstrap_servers=servers, bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS, **settings)
    except KafkaTimeoutError:
        raise _not_let_in(bootstrap, security.get("sasl_plain_username")) from None
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


def _not_let_in(bootstrap: str, user: str | None) -> Failure:
    """Something listens, and yet there is no connection."""
    if user is None:
        return Failure(f"no Kafka broker answers at {bootstrap}; start it, or name another with --bootstrap")
    return Failure(
        f"the broker at {bootstrap} does not let {user} in; correct {PREFIX}SASL_USERNAME or the password in "
        f"{PREFIX}SASL_PASSWORD_FILE, or the protocol in {PREFIX}SECURITY_PROTOCOL"
    )


def _answers(server: str, context: ssl.SSLContext | None) -> bool:
    """Whether somebody listens there, and, with TLS, proves to be who is meant; raises Failure when not."""
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.create_connection((host, int(port)), timeout=BOOTSTRAP_TIMEOUT_MS / 1000) as connection:
            if context is not None:
                context.wrap_socket(connection, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise Failure(
            f"the broker at {server} cannot prove who it is ({error.verify_message}); name who vouches for it with "
            f"{PREFIX}SSL_CA_FILE"
        ) from None
    except ssl.SSLError as error:
        raise Failure(
            f"the broker at {server} speaks no TLS ({error.reason}); correct {PREFIX}SECURITY_PROTOCOL or the port"
        ) from None
    except OSError:
        return False
    return True
