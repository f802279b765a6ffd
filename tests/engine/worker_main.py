"""A worker process for the tests: `python -m tests.engine.worker_main JSON-SETTINGS`."""

import json
import sys
from typing import Any

from streams.agents.worker import run
from streams.engine.settings import EngineSettings
from tests.engine.counting import DEAD_LETTERS, GROUPS, STATUS, CountingFold

TOPICS: dict[str, Any] = {
    "input_topics": ("in-a", "in-b"),
    "compacted_output_topics": (STATUS,),
    "output_topics": (GROUPS, STATUS, DEAD_LETTERS),
}


def main() -> int:
    """Run the counting fold with the settings given."""
    given = json.loads(sys.argv[1])
    fold = CountingFold(**given.pop("fold", {}))
    for name in ("bootstrap_servers", "input_topics"):
        if name in given:
            given[name] = tuple(given[name])
    return run(EngineSettings(**{**TOPICS, **given}), fold)


if __name__ == "__main__":
    sys.exit(main())
