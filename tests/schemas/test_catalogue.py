"""The topics, their settings, and where a key belongs."""

import random

import pytest
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from kafka.partitioner.default import murmur2 as kafka_python_murmur2

from schemas import inputs, outputs
from schemas.catalogue import BROADCASTS, BY_NAME, INPUTS, OUTPUTS, TOPIC_OF_TYPE, TOPICS, Role
from schemas.partitioning import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "signed"),
    # Values of Kafka's own test of its Java partitioner.
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_hash_is_that_of_the_java_client(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


def test_hash_is_that_of_the_python_clients() -> None:
    generator = random.Random(20260301)
    for length in list(range(40)) * 5:
        key = generator.randbytes(length)
        assert murmur2(key) == kafka_python_murmur2(key) % 2**32 == aiokafka_murmur2(key) % 2**32


def test_partition() -> None:
    assert partition_of(b"abc", 12) == 479470107 % 12 == 3
    assert partition_of(b"21", 12) == (2**32 - 973932308 - 2**31) % 12 == 0  # the sign is cut off, not the value
    assert partition_of("Клиент № 7".encode(), 1) == 0
    with pytest.raises(ValueError, match="at least one"):
        partition_of(b"abc", 0)


def test_names() -> None:
    assert INPUTS == ("payments", "shipments", "sales", "clients", "judgements", "policies")
    assert OUTPUTS == (
        "shipment-blocks",
        "shipment-decisions",
        "shipment-alerts",
        "category-changes",
        "client-status",
        "dead-letters",
    )
    internal = [topic.name for topic in TOPICS if topic.role is Role.INTERNAL]
    assert internal == [
        "stoplist-journal",
        "stoplist-clients",
        "stoplist-turnover",
        "stoplist-importance",
        "stoplist-scopes-journal",
        "stoplist-scopes",
    ]


def test_every_type_has_one_topic_and_a_model() -> None:
    assert set(TOPIC_OF_TYPE) == set(inputs.MODELS) | set(outputs.MODELS)
    assert sum(len(topic.types) for topic in TOPICS) == len(TOPIC_OF_TYPE)
    assert set(BROADCASTS) <= set(TOPIC_OF_TYPE)


def test_topics_that_keep_the_last_record_of_a_key() -> None:
    compacted = {topic.name for topic in TOPICS if topic.cleanup_policy == "compact"}
    assert compacted == {"shipment-blocks", "client-status", "stoplist-clients", "stoplist-scopes"}
    for name in compacted:
        for simulated in (False, True):
            settings = BY_NAME[name].config(simulated_time=simulated)
            assert settings["cleanup.policy"] == "compact"
            assert settings["min.compaction.lag.ms"] == "3600000"
            assert settings["message.timestamp.type"] == "LogAppendTime"
    assert "min.compaction.lag.ms" not in BY_NAME["payments"].config()


def test_time_of_what_is_folded() -> None:
    for name in (*INPUTS, "stoplist-turnover", "stoplist-importance"):
        assert BY_NAME[name].config()["message.timestamp.type"] == "LogAppendTime"
        simulated = BY_NAME[name].config(simulated_time=True)
        assert simulated["message.timestamp.type"] == "CreateTime"
        assert simulated["retention.ms"] == "-1"  # a history of other years is not deleted for its age
        assert simulated["message.timestamp.after.max.ms"] == str(2**63 - 1)


def test_what_is_kept_for_ever() -> None:
    for name in ("judgements", "policies", "stoplist-journal", "client-status"):
        assert BY_NAME[name].config()["retention.ms"] == "-1"
    assert int(BY_NAME["payments"].config()["retention.ms"]) > (365 + 90) * 86_400_000


def test_sizes() -> None:
    assert BY_NAME["stoplist-clients"].max_message_bytes == 16 * 1024 * 1024
    largest_input = max(BY_NAME[name].max_message_bytes for name in INPUTS)
    assert BY_NAME["dead-letters"].max_message_bytes > largest_input + 65_536


def test_replicas() -> None:
    least = [BY_NAME["payments"].config(replication_factor=count)["min.insync.replicas"] for count in (1, 2, 3)]
    assert least == ["1", "1", "2"]
