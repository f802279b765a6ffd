"""What each user may do on a broker with the access lists of `schemas.access`, and what not: by hand, a row each."""

import os
import subprocess
import sys
from contextlib import closing
from typing import Any, get_args

import pytest
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from streams.cli.notify.config import EndpointConfig, NotifyConfig
from tests.harness.waiting import wait_until
from tests.security.secured import SecuredKafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
_SOON_MS = 20_000


def writes(kafka: SecuredKafka, user: str, topic: str) -> bool:
    """Whether the broker takes a record from `user`."""
    # a producer that may write nowhere gets no id for idempotence, and would be refused before the topic is looked at
    plain = {"acks": "all", "enable_idempotence": False, "max_block_ms": _SOON_MS}
    with closing(KafkaProducer(**kafka.client(user), **plain)) as producer:
        try:
            producer.send(topic, b"{}", key=b"nobody").get(timeout=_SOON_MS / 1000)
        except TopicAuthorizationFailedError:
            return False
    return True


def reads(kafka: SecuredKafka, user: str, topic: str) -> bool:
    """Whether the broker lets `user` fetch, as a reader without a group does."""
    with closing(KafkaConsumer(**kafka.client(user), group_id=None, auto_offset_reset="earliest")) as consumer:
        place = TopicPartition(topic, 0)
        consumer.assign([place])

        def answered() -> bool:
            consumer.poll(timeout_ms=200)
            begins = consumer.position(place)  # refused who may not even ask where the topic ends
            return begins is not None and consumer.highwater(place) is not None  # this comes with a fetch

        try:
            return wait_until(answered, f"{user} has an answer to a fetch of {topic}")
        except TopicAuthorizationFailedError:
            return False


@pytest.mark.parametrize(
    ("user", "topic", "may"),
    [
        ("accounting", "payments", True),
        ("accounting", "clients", True),  # obligation.disputed and its like
        ("accounting", "judgements", False),  # overrides and limits are people's, signed
        ("accounting", "shipments", False),
        ("warehouse", "shipments", True),
        ("warehouse", "shipment-blocks", False),  # a forged release would let a truck go
        ("warehouse", "shipment-decisions", False),
        ("warehouse", "payments", False),
        ("sales-desk", "shipment-decisions", False),  # a forged approval as well
        ("sales-desk", "judgements", False),
        ("dashboard", "category-changes", False),
        ("credit-manager", "judgements", True),
        ("credit-manager", "policies", False),
        ("auditor", "payments", False),
        ("server", "shipment-blocks", False),
        ("server", "payments", True),  # a clerk enters one on the page
        ("server", "sales", False),
        ("projector", "client-status", False),
        ("worker", "shipment-blocks", True),
        ("worker", "stoplist-scopes-journal", False),  # the other fold's
        ("importance", "stoplist-journal", False),
        ("importance", "payments", False),
    ],
)
def test_writing(secured: SecuredKafka, user: str, topic: str, may: bool) -> None:
    assert writes(secured, user, topic) is may


@pytest.mark.parametrize(
    ("user", "topic", "may"),
    [
        ("warehouse", "shipment-blocks", True),
        ("warehouse", "shipment-decisions", True),
        ("warehouse", "payments", False),  # what clients paid is not its matter
        ("warehouse", "client-status", False),
        ("accounting", "judgements", False),
        ("dashboard", "category-changes", True),
        ("dashboard", "payments", False),
        ("projector", "client-status", True),
        ("scaler", "payments", False),  # it may know how many records wait, not what they say
        ("projector", "payments", False),  # how many there are is enough for it
        ("server", "payments", True),  # a client's page shows them
        ("server", "client-status", False),  # it has them from the read model
        ("auditor", "stoplist-scopes-journal", True),
        ("notifier", "client-status", False),
    ],
)
def test_reading(secured: SecuredKafka, user: str, topic: str, may: bool) -> None:
    assert reads(secured, user, topic) is may


def test_the_notifier_reads_what_it_tells_and_remembers_how_far(secured: SecuredKafka) -> None:
    topics = get_args(get_args(EndpointConfig.model_fields["topics"].annotation)[0])
    group = NotifyConfig.model_fields["group"].default
    with closing(KafkaConsumer(**secured.client("notifier"), group_id=group, enable_auto_commit=False)) as consumer:
        consumer.subscribe(topics)
        places = wait_until(lambda: consumer.poll(100) or consumer.assignment(), "the group deals out its partitions")
        assert {place.topic for place in consumer.assignment()} == set(topics), places
        told = {place: OffsetAndMetadata(0, "", -1) for place in consumer.assignment()}
        consumer.commit(told)
        assert {place: consumer.committed(place) for place in told} == dict.fromkeys(told, 0)


@pytest.mark.parametrize(
    "how",
    [
        {"password": "guessed"},
        {"protocol": "SASL_PLAINTEXT"},  # the listener speaks TLS only
        {"protocol": "PLAINTEXT"},
    ],
    ids=["wrong password", "no encryption", "no name"],
)
def test_who_does_not_prove_who_they_are_gets_nowhere(secured: SecuredKafka, how: dict[str, Any]) -> None:
    with pytest.raises(KafkaError):
        KafkaProducer(**secured.client("accounting", **how), max_block_ms=3000, bootstrap_timeout_ms=3000).close()


def _stoplist(kafka: SecuredKafka, user: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **kafka.environment(user), **variables}
    command = [sys.executable, "-m", "streams.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_command_is_the_user_that_the_environment_names(secured: SecuredKafka) -> None:
    seen = _stoplist(secured, "warehouse", "watch", "decisions", "--from-beginning", "--once")
    assert (seen.returncode, seen.stderr) == (0, "")


def test_who_decides_may_look_for_all_that_is_held_of_a_client(secured: SecuredKafka) -> None:
    looked = _stoplist(secured, "credit-manager", "erase", "nobody-at-all")
    assert looked.returncode == 2
    assert "no topic holds anything of client 'nobody-at-all'" in looked.stderr


def test_who_may_read_some_topics_is_told_which_one_not(secured: SecuredKafka) -> None:
    refused = _stoplist(secured, "accounting", "erase", "C-1")
    assert refused.returncode == 2
    assert "or this user may not read it" in refused.stderr, refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_command_without_the_right_says_so_in_one_sentence(secured: SecuredKafka) -> None:
    refused = _stoplist(secured, "warehouse", "watch", "status", "--once")
    assert refused.returncode == 2
    assert "topic client-status is missing, or warehouse may not use it" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("STOPLIST_SASL_PASSWORD_FILE", "wrong.password", "STOPLIST_SASL_PASSWORD_FILE"),
        ("STOPLIST_SSL_CA_FILE", "", "STOPLIST_SSL_CA_FILE"),  # nobody vouches for the broker
        ("STOPLIST_SECURITY_PROTOCOL", "PLAINTEXT", "STOPLIST_SASL_USERNAME"),
    ],
)
def test_a_command_that_is_not_let_in_says_why(secured: SecuredKafka, variable: str, value: str, said: str) -> None:
    environment = {**os.environ, **secured.environment("warehouse")}
    if value.endswith(".password"):
        (secured.folder / value).write_text("guessed")
        environment[variable] = str(secured.folder / value)
    elif value:
        environment[variable] = value
    else:
        del environment[variable]
    command = [sys.executable, "-m", "streams.cli", "watch", "blocks", "--once"]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert said in refused.stderr
    assert "guessed" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
