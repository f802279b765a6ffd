"""The process `stoplist`: knows what to do when it is told to end before the command itself does.

Importing what a command needs takes a second. A signal in it must end the process with one sentence, not with a
traceback out of somebody's module.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import Final

EXIT_INTERRUPTED: Final = 130
_UNTIL_TOLD: Final = ("demo", "worker")
"""Commands that run until they are told to end: being told early is no failure. They take the signals over themselves,
once there is something to end in order."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Runs the command of the process's arguments and exits with its code."""
    until_told = sys.argv[1:2] in [[name] for name in _UNTIL_TOLD]
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    # under nohup, or for a job that a script put in the background, a signal is ignored and stays so
    heard = [number for number, handler in handlers.items() if handler is not signal.SIG_IGN]

    def end(number: int, _: FrameType | None) -> None:
        # no exception: in the middle of an import, whatever module is at it would handle it in its own way
        os.write(2, f"stoplist: told to end by {signal.Signals(number).name}\n".encode())
        os._exit(0 if until_told else EXIT_INTERRUPTED)

    for number in heard:
        signal.signal(number, end)
    if sys.argv[1:2] == ["worker"]:
        # a restart waits for what is loaded, and the collector takes a sixth of that; the worker turns it on again
        gc.disable()
        # nor does it look through everything that is installed for plugins of pydantic
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from streams.cli.main import run

    if not until_told:
        for number in heard:
            signal.signal(number, handlers[number])
    sys.exit(run(sys.argv[1:]))
