"""Several workers of one group: started under names of their own, waited for until each has its share."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from schemas.catalogue import INPUTS
from tests.benchmark.node import Node
from tests.benchmark.processes import WORKER, Failed, Process, cpu_seconds
from tests.benchmark.reading import count_records

_QUIET_SECONDS = 4.0


def start(stack: ExitStack, base: dict[str, str], log: Path, workers: int) -> list[Process]:
    """Workers of the group of `base`; none ends by itself."""
    processes = []
    for number in range(workers):
        own = {"INSTANCE": f"{base['APP_ID']}-{number + 1}", "STATE_DIR": f"{base['STATE_DIR']}-{number + 1}"}
        processes.append(stack.enter_context(Process(WORKER, {**base, **own}, log)))
    return processes


async def settled(processes: list[Process], partitions: int, limit_seconds: float) -> None:
    """Every worker has taken its share, and none has taken anything for some seconds. Raises Failed."""
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        taken = [result["t_taken"] for one in processes for result in one.results if "t_taken" in result]
        each = all(any("t_taken" in result for result in one.results) for one in processes)
        if each and len(taken) >= partitions and time.time() - max(taken) > _QUIET_SECONDS:
            return
        await asyncio.sleep(0.2)
    raise Failed(f"{len(processes)} workers did not share {partitions} partitions\n{processes[0].log_tail()}")


async def committed(node: Node, group: str, partitions: int, limit_seconds: float) -> None:
    """Wait until the group has committed everything that the inputs hold. Raises Failed."""
    ends = {topic: await count_records(node.bootstrap, topic, partitions) for topic in INPUTS}
    admin = AIOKafkaAdminClient(bootstrap_servers=node.bootstrap)
    await admin.start()
    try:
        deadline = time.monotonic() + limit_seconds
        while time.monotonic() < deadline:
            found = dict.fromkeys(INPUTS, 0)
            for tp, offset in (await admin.list_consumer_group_offsets(group)).items():
                if tp.topic in found:
                    found[tp.topic] += max(0, offset.offset)
            if found == ends:
                return
            await asyncio.sleep(0.1)
    finally:
        await admin.close()
    raise Failed(f"the group {group} did not come to the end of its inputs")


def cpu_of(processes: list[Process]) -> float:
    """CPU seconds of all of them."""
    return sum(cpu_seconds(one.pid) for one in processes)
