"""Our engine as one of the peers of a comparison of stream processors: run by path, from any folder.

Takes APP_ID, INPUT, OUTPUT, N, BROKER and STATE_DIR from the environment as every peer does, makes its two topics, and
prints the RESULT line when all is published. The comparison's input keeps its senders' timestamps: time is simulated.
"""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.update(JOB="small", SIMULATED="1")
os.environ.setdefault("BROKER", "127.0.0.1:9092")


async def make_topics(application: str, partitions: int) -> None:
    """The journal and the snapshots."""
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic

    from tests.benchmark.names import engine_topics

    names = engine_topics(application)
    stamped = {"message.timestamp.type": "LogAppendTime"}
    compacted = {**stamped, "cleanup.policy": "compact", "max.message.bytes": str(16 << 20)}
    admin = AIOKafkaAdminClient(bootstrap_servers=os.environ["BROKER"])
    await admin.start()
    await admin.create_topics(
        [
            NewTopic(names["journal"], partitions, 1, topic_configs=stamped),
            NewTopic(names["snapshots"], partitions, 1, topic_configs=compacted),
        ]
    )
    await admin.close()


if __name__ == "__main__":
    asyncio.run(make_topics(os.environ["APP_ID"], 4))
    from tests.benchmark.worker import main

    sys.exit(main())
