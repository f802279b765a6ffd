"""Which partitions topics have, asked of an admin client: a consumer knows only those of topics it was assigned."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from schemas.security import Security


async def partition_numbers(bootstrap: list[str], security: Security, topics: Iterable[str]) -> dict[str, list[int]]:
    """By topic, in order. Raises KafkaError; UnknownTopicOrPartitionError names the topic that is missing."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, client_id="stoplist-views-admin", **security.client_settings()
    )
    try:
        await admin.start()
        described = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    numbers = {topic["topic"]: sorted(one["partition"] for one in topic["partitions"]) for topic in described}
    missing = [topic for topic, found in numbers.items() if not found]
    if missing:
        raise UnknownTopicOrPartitionError(
            f"topic {missing[0]} is missing; make the topics with stoplist topics create"
        )
    return numbers
