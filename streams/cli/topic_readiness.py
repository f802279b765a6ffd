"""Waits until topics can be used.

A broker answers that it made a topic before every broker knows of it: for a moment afterwards one may say that there is
no such topic, or that a partition has no leader.
"""

import time
from collections.abc import Sequence
from typing import Final

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, UnknownBrokerIdError, UnknownTopicOrPartitionError, for_code

from streams.cli.failure import Failure

READY_SECONDS_MAX: Final = 30.0
_AGAIN_SECONDS: Final = 0.05


def wait_until_usable(client: KafkaAdminClient, names: Sequence[str], seconds: float = READY_SECONDS_MAX) -> None:
    """Returns when every partition of these topics is served by a leader.

    Raises Failure, which names one that is not, when that takes longer than `seconds`; KafkaError when asking is of no
    use, because it is not allowed.
    """
    deadline = time.monotonic() + seconds
    while (lacking := _lacking(client, names)) is not None:
        if time.monotonic() >= deadline:
            raise Failure(f"{lacking}, after {seconds:g} s; look whether all brokers run, and repeat")
        time.sleep(_AGAIN_SECONDS)


def _lacking(client: KafkaAdminClient, names: Sequence[str]) -> str | None:
    """What is not there yet, in words; None: nothing."""
    try:
        places = []
        for topic in client.describe_topics(names):
            _answered(topic["error_code"])
            for partition in topic["partitions"]:
                place = TopicPartition(topic["name"], partition["partition_index"])
                if partition["error_code"] or partition["leader_id"] < 0:
                    return f"no broker leads partition {place.partition} of topic {place.topic}"
                places.append(place)
        # asked of the leaders themselves: they may learn of it later than whoever described it
        client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST), timeout_ms=0)
    except UnknownTopicOrPartitionError:
        return f"not every broker knows of {', '.join(names)}"
    except UnknownBrokerIdError as error:  # it leads again, and the client has yet to hear of it
        return f"the leaders of {', '.join(names)} are not all known ({error})"
    except KafkaError as error:
        if not error.retriable:
            raise
        return f"the leaders of {', '.join(names)} do not all answer ({error})"
    return None


def _answered(code: int) -> None:
    """Raises KafkaError when the broker had no answer."""
    if code:
        raise for_code(code)
