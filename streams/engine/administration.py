"""What the engine asks of the brokers beside reading and writing: topics, committed offsets, cutting the journal."""

from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from streams.engine.settings import EngineSettings

log = structlog.get_logger(__name__)


class Administration:
    """An admin client, connected when it is first needed."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaAdminClient | None = None
        self._may_cut = True

    async def describe_topics(self, topics: list[str]) -> Any:
        """As aiokafka's. Raises what connecting raises."""
        return await (await self._connected()).describe_topics(topics)

    async def cut(self, partition: int, before: int) -> None:
        """Cut the journal in front of our owner record (rule 3); a broker that cannot keeps it whole."""
        if not self._may_cut:
            return
        try:
            tp = TopicPartition(self._settings.journal_topic, partition)
            await (await self._connected()).delete_records({tp: RecordsToDelete(before_offset=before)})
        except Exception as error:
            self._may_cut = False
            log.warning("journal_not_cut", partition=partition, reason=repr(error))

    async def committed(self) -> dict[int, dict[str, int]]:
        """What the group has committed, by partition and topic; nothing where the broker does not say."""
        try:
            offsets = await (await self._connected()).list_consumer_group_offsets(self._settings.application_id)
        except Exception as error:
            log.warning("committed_offsets_unknown", reason=repr(error))
            return {}
        committed: dict[int, dict[str, int]] = {}
        for tp, offset in offsets.items():
            if tp.topic in self._settings.input_topics:
                committed.setdefault(tp.partition, {})[tp.topic] = offset.offset
        return committed

    async def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.close()

    async def _connected(self) -> AIOKafkaAdminClient:
        if self._client is None:
            self._client = AIOKafkaAdminClient(
                bootstrap_servers=list(self._settings.bootstrap_servers),
                client_id=f"{self._settings.client_id}-admin",
                **self._settings.security.client_settings(),
            )
            await self._client.start()
        return self._client
