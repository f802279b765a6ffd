"""A worker process for the tests: `python -m tests.engine.worker_main SETTINGS`, JSON of its settings and `fold`."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from streams.agents.worker import run
from streams.engine.settings import EngineSettings
from tests.engine.counting import CountingFold


def main() -> NoReturn:
    """Run the counting fold with the settings given."""
    given = json.loads(sys.argv[1])
    fold = CountingFold(**given.pop("fold"))
    settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    if "data_directory" in settings:
        settings["data_directory"] = Path(settings["data_directory"])
    run(EngineSettings(**settings), fold)


if __name__ == "__main__":
    main()
