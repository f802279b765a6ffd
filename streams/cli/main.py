"""The command `stoplist`: which commands there are, and how each of them ends.

A command's module is imported when the command is used, so that `stoplist --help` answers at once. Whatever is wrong
with arguments, files or the broker is one sentence on stderr and exit code 2; Ctrl-C is 130; a reader that closes the
pipe ends the command quietly.
"""

import importlib
import os
import sys
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from streams.cli.failure import Failure
from streams.cli.start import EXIT_INTERRUPTED

EXIT_WRONG_USE: Final = 2
_INSTEAD: Final = (
    ("Value error, ", ""),
    ("Input should be a valid number, unable to parse string as a number", "it must be a number"),
    ("Input should be a valid integer, unable to parse string as an integer", "it must be a whole number"),
    ("Input should be greater than or equal to", "it must be at least"),
    ("Input should be less than or equal to", "it must be at most"),
)


class Lazy(NamedTuple):
    """Where a command is: a function of `module`, or a typer app with commands of its own."""

    module: str
    attribute: str
    help: str


COMMANDS: Final[dict[str, Lazy]] = {
    "demo": Lazy("streams.cli.demo.command", "demo", "Show everything at work; needs nothing but this package."),
    "worker": Lazy("streams.cli.worker", "worker", "Fold events into decisions and publish them, until Ctrl-C."),
    "project": Lazy("streams.cli.project", "project", "Keep the read model in Redis, until Ctrl-C."),
    "serve": Lazy("streams.cli.serve", "serve", "Answer people and programs over HTTP, until Ctrl-C."),
    "tokens": Lazy("streams.cli.tokens", "app", "Make, list and remove tokens for the HTTP server."),
    "topics": Lazy("streams.cli.topics", "app", "Create the topics, or check how they are set up."),
    "policy": Lazy("streams.cli.policy", "app", "Show, check or activate the numbers of the rules."),
    "import": Lazy("streams.cli.import_ledger", "import_ledger", "Turn a ledger into events."),
    "replay": Lazy("streams.cli.replay", "replay", "Fold a history file without a broker."),
    "explain": Lazy("streams.cli.explain.command", "explain", "Tell the story of one client, and why it is blocked."),
    "what-if": Lazy("streams.cli.what_if.command", "what_if", "Show whom another policy would block or release."),
    "watch": Lazy("streams.cli.watch", "app", "Follow blocks, answers, alerts, categories, statuses or dead letters."),
    "obligations": Lazy("streams.cli.obligations", "obligations", "List every obligation with its overdue days."),
    "keys": Lazy("streams.cli.keys", "app", "Make signing keys, and show which ones count."),
    "grant": Lazy("streams.cli.judgements", "grant", "Override stop conditions of a client for a time."),
    "revoke": Lazy("streams.cli.judgements", "revoke", "Take an override back."),
    "conduct": Lazy("streams.cli.conduct", "app", "Record or clear a breach by a client."),
    "limit": Lazy("streams.cli.judgements", "limit", "Set a client's credit limit."),
    "decide": Lazy("streams.cli.judgements", "decide", "Decide about a first deal that was returned."),
    "reschedule": Lazy("streams.cli.obligation_decisions", "reschedule", "Give an obligation another due date."),
    "dispute": Lazy("streams.cli.obligation_decisions", "dispute", "Note that a client contests an obligation."),
    "resolve": Lazy("streams.cli.obligation_decisions", "resolve", "End a dispute."),
    "write-off": Lazy("streams.cli.obligation_decisions", "write_off", "Give up what an obligation is short of."),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports one when it is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, lazy in COMMANDS.items():
            self.add_command(TyperCommand(name, short_help=lazy.help, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first argument, loaded."""
        if args[0] in COMMANDS:
            return args[0], _load(args[0], COMMANDS[args[0]]), args[1:]
        return super().resolve_command(ctx, args)


def _load(name: str, lazy: Lazy) -> Any:
    found = getattr(importlib.import_module(lazy.module), lazy.attribute)
    if not isinstance(found, typer.Typer):
        holder = typer.Typer(add_completion=False, rich_markup_mode=None)
        holder.command(name)(found)
        found = holder
    return typer.main.get_command(found)


app = typer.Typer(cls=LazyGroup, add_completion=False, rich_markup_mode=None)


@app.callback()
def stoplist() -> None:
    """Stoplist: who may be shipped to, from payments, shipments and sales as they happen.

    \b
    Begin with:
      stoplist demo                        see it at work
      stoplist replay HISTORY.jsonl        fold a file of events
      stoplist COMMAND --help              options and examples
    """


def run(arguments: list[str]) -> int:
    """Runs a command; returns the exit code."""
    command = typer.main.get_command(app)
    try:
        # not command.main(), which answers a closed pipe with exit code 1
        with command.make_context("stoplist", arguments or ["--help"]) as context:
            command.invoke(context)
        sys.stdout.flush()
        return 0
    except Failure as failure:
        return _fail(str(failure))
    except BrokenPipeError:
        # the reader has all it wanted; the interpreter must not try to flush what is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return EXIT_INTERRUPTED
    except typer.Exit as exit_:
        return exit_.exit_code
    except Exception as error:
        wording = getattr(error, "format_message", None)  # what typer raises for wrong arguments
        if wording is None:
            raise
        used = getattr(error, "ctx", None)
        path = used.command_path if used is not None else "stoplist"
        return _fail(f"{_plainly(wording()).rstrip('.?')}; see {path} --help")


def _plainly(sentence: str) -> str:
    """The options' checks speak of what they could not parse; people want to know what to write."""
    for said, instead in _INSTEAD:
        sentence = sentence.replace(said, instead)
    return sentence


def _fail(sentence: str) -> int:
    sys.stderr.write(f"stoplist: {' '.join(sentence.split())}\n")
    return EXIT_WRONG_USE
