"""Holds a consumer's next fetch back where the broker does not hold an empty one (`fetch.max.wait.ms`).

Apache Kafka keeps a fetch that finds nothing until something comes or the wait is over. The embedded broker answers at
once, and a consumer would ask it again hundreds of times a second: an idle process would take a core for nothing.
"""

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.protocol.fetch import FetchRequest

_PAUSE_S: Final = 0.02
"""By so much a record may come later; long against the answer of a broker on the same machine."""


def pace(consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
    """The same consumer; an empty answer that comes before half its time to wait is over is followed by a pause."""
    client, wait_s = consumer._client, consumer._fetch_max_wait_ms / 1000
    send, loop_time = client.send, asyncio.get_running_loop().time

    async def paced(node_id: int, request: Any, **how: Any) -> Any:
        began = loop_time()
        answer = await send(node_id, request, **how)
        if isinstance(request, FetchRequest) and loop_time() - began < wait_s / 2 and not _brought_anything(answer):
            await asyncio.sleep(min(_PAUSE_S, wait_s))
        return answer

    client.send = paced
    return consumer


def _brought_anything(answer: Any) -> bool:
    """Records, or an error to be handled at once."""
    for _, partitions in answer.topics:
        for _, code, *_, records in partitions:
            if code or records:
                return True
    return False
