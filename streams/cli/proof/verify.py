"""`stoplist verify`: compares what was published and kept with what folding the journal again gives."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.terminal import Progress, page_console

_PIPED: Final = 120
"""Characters a line when no terminal says how wide it is."""

StartedWith = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        envvar="STOPLIST_POLICY",
        metavar="FILE",
        help="Policy in force from the beginning, as workers were started with; default: the shipped.",
    ),
]


def verify(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: StartedWith = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="Records that no worker has folded yet are a difference, too.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object with every partition.")] = False,
) -> None:
    """Folds every partition again in the order of its journal and compares: outputs, dead letters, snapshots.

    Each output must be there as it is made again, in sequence, under one body, and nothing else; each snapshot must be
    the state at its chunk; and what a worker would go on from, now, must have the state hash of a single, uninterrupted
    fold. Workers may run meanwhile: nothing is written, and no group is joined. A journal that was cut is folded on top
    of the snapshots from the last checkpoint on, and what could not be verified is said (docs/proof.md).

    Exit codes: 0 everything agrees, 1 something differs, 2 it could not be done.

    \b
    Examples:
      stoplist verify
      stoplist verify --complete --json | jq .state_hash
    """
    from streams.cli.proof.installation import installation
    from streams.cli.proof.page import page
    from streams.cli.proof.report import report
    from streams.cli.proof.verifying import Verifier

    whole = installation(bootstrap, policy)
    with Progress("records folded") as progress:
        found = run_reading(Verifier(whole, progress.advance).run())
    told = report(found, complete)
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        console = page_console(_PIPED)
        for part in page(told):
            console.print(part)
    if not told["verified"]:
        raise typer.Exit(1)


def run_reading(reading: Any) -> Any:
    """What a coroutine that reads Kafka returns; raises Failure when it cannot be read."""
    from aiokafka.errors import KafkaError

    from streams.engine.failures import ClientFailed, Refusal, Stopped

    try:
        return asyncio.run(reading)
    except Refusal as refusal:
        raise Failure(f"{refusal.reason}; {refusal.remedy}") from None
    except ClientFailed as failure:
        raise Failure(f"{failure}, even apart; this is a bug of Stoplist, please report it") from failure
    except (KafkaError, Stopped) as error:
        raise Failure(f"Kafka cannot be read ({error}); look whether all brokers run and try again") from None
