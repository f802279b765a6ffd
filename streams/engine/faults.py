"""Where a test kills the worker: `STOPLIST_FAULT=STEP[:COUNT]` sends it SIGKILL at that step for the COUNT-th time.

Steps, in the order of a chunk: fold, journal, publish, commit; of a snapshot round: snapshot, checkpoint. Unset, a
step costs one comparison.
"""

import os
import signal
from typing import Final

ENVIRONMENT_VARIABLE: Final = "STOPLIST_FAULT"
STEPS: Final = ("fold", "journal", "publish", "commit", "snapshot", "checkpoint", "fence", "recovered")

_step, _, _count = os.environ.get(ENVIRONMENT_VARIABLE, "").partition(":")
_left = int(_count or "1") if _step else 0


def reach(step: str) -> None:
    """Say that `step` is done; does not return when the environment asked for a kill here."""
    global _left
    if step == _step and _left > 0:
        _left -= 1
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)
