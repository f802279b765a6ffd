"""How the topics should be set up, and what differs on a broker: each difference with what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from schemas.catalogue import PARTITIONS_DEFAULT, TOPICS, Topic
from streams.cli.connection import partitions_of
from streams.cli.failure import Failure

_EXACT: Final = ("cleanup.policy", "message.timestamp.type")
_AT_LEAST: Final = (
    "retention.ms",
    "max.message.bytes",
    "min.compaction.lag.ms",
    "message.timestamp.before.max.ms",
    "message.timestamp.after.max.ms",
)
_ALREADY_EXISTS: Final = 36


class Found(NamedTuple):
    """A topic as the broker has it."""

    partitions: int
    replication: int
    config: Mapping[str, str]


def describe(client: KafkaAdminClient) -> dict[str, Found]:
    """The catalogue's topics that exist, by name."""
    names = [topic.name for topic in TOPICS]
    shapes = {topic["name"]: topic["partitions"] for topic in client.describe_topics(names) if topic["error_code"] == 0}
    if not shapes:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in shapes]
    configs: dict[str, dict[str, Any]] = client.describe_configs(resources, config_filter="all")["topic"]
    return {
        name: Found(
            len(partitions),
            min((len(partition["replica_nodes"]) for partition in partitions), default=0),
            {key: str(entry["value"]) for key, entry in configs.get(name, {}).items()},
        )
        for name, partitions in shapes.items()
    }


def keep_own_time(client: KafkaAdminClient, names: Iterable[str]) -> dict[str, bool]:
    """Of each topic, whether it keeps its records' own timestamps; raises Failure when one is missing."""
    for name in names:
        partitions_of(client, name)
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs: dict[str, dict[str, Any]] = client.describe_configs(resources, config_filter="all")["topic"]
    return {name: entry["message.timestamp.type"]["value"] == "CreateTime" for name, entry in configs.items()}


def create(client: KafkaAdminClient, partitions: int, replication: int, simulated_time: bool) -> list[str]:
    """Creates the topics that are missing, returns their names; raises Failure with what the broker objects to."""
    wanted = [
        NewTopic(
            topic.name,
            partitions,
            replication,
            topic_configs=topic.config(simulated_time=simulated_time, replication_factor=replication),
        )
        for topic in TOPICS
    ]
    created = []
    for answer in client.create_topics(wanted, raise_errors=False)["topics"]:
        if answer["error_code"] == 0:
            created.append(answer["name"])
        elif answer["error_code"] != _ALREADY_EXISTS:
            objection = answer["error_message"] or f"error {answer['error_code']}"
            raise Failure(f"topic {answer['name']} cannot be created: {objection.rstrip('.')}; correct that and repeat")
    return created


def common_partitions(found: Mapping[str, Found]) -> int:
    """The partition count of the first topic there is; the default when there is none."""
    return next((found[topic.name].partitions for topic in TOPICS if topic.name in found), PARTITIONS_DEFAULT)


def differences(found: Mapping[str, Found], partitions: int | None, simulated_time: bool) -> list[str]:
    """What is not as it should be, each once, with its topics and the remedy.

    Without `partitions` all must have as many as the first topic.
    """
    expected = partitions or common_partitions(found)
    names: dict[str, list[str]] = {}  # by what is to be said, which many topics may share
    for topic in TOPICS:
        if topic.name not in found:
            said = [f"is missing; run stoplist topics create --partitions {expected}"]
        else:
            said = _differences(topic, found[topic.name], expected, simulated_time)
        for sentence in said:
            names.setdefault(sentence, []).append(topic.name)
    return [f"{', '.join(topics)}: {sentence}" for sentence, topics in names.items()]


def _differences(topic: Topic, found: Found, partitions: int, simulated_time: bool) -> list[str]:
    said = []
    if found.partitions != partitions:
        said.append(
            f"has {found.partitions} partitions where {partitions} are expected; all topics need one "
            "count, and state made with another cannot be carried over: make the topics anew"
        )
    wanted = topic.config(simulated_time=simulated_time, replication_factor=found.replication)
    for name, value in wanted.items():
        is_now = found.config.get(name, "")
        if (name in _EXACT and is_now != value) or (name in _AT_LEAST and _less(is_now, value)):
            said.append(f"{name} is {is_now or 'unknown'}, expected {value}; {_remedy(name, topic, value)}")
    return said


def _less(is_now: str, wanted: str) -> bool:
    """Whether a bound is tighter than wanted; -1 stands for no bound."""
    try:
        now, least = int(is_now), int(wanted)
    except ValueError:
        return True
    return now != -1 and (least == -1 or now < least)


def _remedy(name: str, topic: Topic, value: str) -> str:
    if name == "message.timestamp.type" and topic.is_folded:
        if value == "LogAppendTime":
            return "it is made for simulated time: give --simulated-time, or make it anew without"
        return "it is made for the broker's clock: leave out --simulated-time, or make it anew with it"
    return (
        f"kafka-configs.sh --alter --entity-type topics --entity-name {topic.name} --add-config {name}={value} sets it"
    )
