"""A signal at any moment of a start ends `stoplist worker` and `stoplist demo` cleanly: one sentence, no traceback."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.ports import LOOPBACK, free_port
from tests.harness.waiting import SECONDS_MAX

ROOT = Path(__file__).parents[2]
COMMANDS = {"worker": ["worker", "--bootstrap", f"{LOOPBACK}:{free_port()}"], "demo": ["demo", "--seconds", "20"]}
# Ends the process from within, where the import of a module begins: no clock of this test decides when that is.
AT_IMPORT = """
import os, signal, sys
class Tell:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Tell())
sys.argv = ["stoplist", *{arguments!r}]
from streams.cli.start import main
main()
"""


def _told(
    number: int, module: str, arguments: list[str], before: Callable[[], object] | None = None
) -> subprocess.CompletedProcess[str]:
    code = AT_IMPORT.format(number=int(number), module=module, arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
        preexec_fn=before,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("worker", "typer"),
        ("worker", "streams.cli.worker"),
        ("worker", "aiokafka"),
        ("demo", "typer"),
        ("demo", "streams.cli.demo.command"),
        ("demo", "rich.console"),
    ],
)
def test_a_signal_while_modules_are_imported(number: signal.Signals, command: str, module: str) -> None:
    ended = _told(number, module, COMMANDS[command])
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == f"stoplist: told to end by {number.name}\n"


@pytest.mark.kafka
@pytest.mark.parametrize("module", ["faust", "aiokafka", "uvloop"])
def test_a_signal_after_the_topics_were_looked_at(topics: Callable[..., str], module: str) -> None:
    ended = _told(signal.SIGTERM, module, ["worker", "--bootstrap", topics("--partitions", "1")])
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "stoplist: told to end by SIGTERM\n")


@pytest.mark.parametrize(
    ("module", "said"), [("typer", "stoplist: told to end by SIGINT\n"), ("streams.cli.replay", "")]
)
def test_an_interrupted_command_of_another_kind_has_the_exit_code_of_one(module: str, said: str) -> None:
    ended = _told(signal.SIGINT, module, ["replay", "history.jsonl"])
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", said)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under nohup, or for a job that a script puts in the background."""
    ended = _told(
        signal.SIGINT, "typer", ["policy", "show"], before=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    assert ended.returncode == 0, ended.stderr
    assert "risk_group" in ended.stdout
