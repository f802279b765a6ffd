"""Our engine as one of the peers of a comparison of stream processors: run by path, from any folder.

Takes APP_ID, INPUT, OUTPUT, N, BROKER and STATE_DIR from the environment as every peer does, makes its two topics, and
prints the RESULT line when all is published. The comparison's input keeps its senders' timestamps: time is simulated.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.update(JOB="small", SIMULATED="1")
os.environ.setdefault("BROKER", "127.0.0.1:9092")


def make_topics(application: str, output: str, partitions: int) -> None:
    """The journal and the snapshots; the comparison's driver has only just made the output."""
    from tests.benchmark.names import engine_topics
    from tests.harness.records import create_topics, wait_for_topics

    broker, names = os.environ["BROKER"], engine_topics(application)
    stamped = {"message.timestamp.type": "LogAppendTime"}
    compacted = {**stamped, "cleanup.policy": "compact", "max.message.bytes": str(16 << 20)}
    create_topics(broker, {names["journal"]: partitions}, stamped)
    create_topics(broker, {names["snapshots"]: partitions}, compacted)
    wait_for_topics(broker, [output])


if __name__ == "__main__":
    make_topics(os.environ["APP_ID"], os.environ["OUTPUT"], 4)
    from tests.benchmark.worker import main

    sys.exit(main())
