"""Topics and users as Strimzi's resources: what its operators make on the brokers."""

from typing import Any, Final

from schemas.access import ROLES, Access
from schemas.catalogue import PARTITIONS_DEFAULT, TOPICS, Topic

API: Final = "kafka.strimzi.io/v1"
CLUSTER: Final = "stoplist-kafka"
"""Name of the Kafka resource whose operators look after topics and users."""
REPLICAS: Final = 3
_LABELS: Final = {"strimzi.io/cluster": CLUSTER, "app.kubernetes.io/part-of": "stoplist"}


def topics() -> list[dict[str, Any]]:
    """A KafkaTopic for each topic of the catalogue."""
    return [_topic(topic) for topic in TOPICS]


def users() -> list[dict[str, Any]]:
    """A KafkaUser for each role."""
    return [_user(access) for access in ROLES]


def user_name(access: Access) -> str:
    """As it is called on a cluster that others use as well; the secret with its password has the same name."""
    return f"stoplist-{access.user}"


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": dict(_LABELS)},
        "spec": {
            "partitions": PARTITIONS_DEFAULT,
            "replicas": REPLICAS,
            "config": topic.config(replication_factor=REPLICAS),
        },
    }


def _user(access: Access) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "KafkaUser",
        "metadata": {"name": user_name(access), "labels": dict(_LABELS), "annotations": {"stoplist/who": access.who}},
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {
                "type": "simple",
                "acls": [
                    {
                        "resource": _resource(grant.resource, grant.name),
                        "operations": list(grant.operations),
                        "host": "*",
                    }
                    for grant in access.grants
                ],
            },
        },
    }


def _resource(kind: str, name: str) -> dict[str, str]:
    if kind == "cluster":
        return {"type": kind}  # there is one, without a name
    return {"type": kind, "name": name, "patternType": "literal"}
