"""`stoplist explain`: the story of one client."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from schemas.records import Instant, Source
from streams.cli.failure import Failure, failing_on
from streams.cli.folding import HistoryFold
from streams.cli.history import Line, parse_instant, read_history, reading
from streams.cli.live_inputs import Held
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, Language, load_policy
from streams.cli.terminal import Progress, page_console

_PIPED: Final = 100
"""Characters a line when no terminal says how wide it is."""
Step = Line | Source | Instant | Held


def explain(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id.", show_default=False)],
    history: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Fold this history instead of Kafka's topics; - is standard input."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="Where the story ends; default: now, of a history its latest timestamp."),
    ] = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: Annotated[
        Path | None,
        typer.Option(
            "--policy",
            envvar="STOPLIST_POLICY",
            metavar="FILE",
            help="Policy in force from the beginning, as workers were started with; default: the shipped.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object with everything.")] = False,
    language: Annotated[Language, typer.Option(help="Language of the page.")] = Language.EN,
) -> None:
    """Tells the story of one client: where it stands, why, what lifts it, what comes next, and how it came about.

    All records of the client are folded again, from a history file as stoplist replay takes it, or from Kafka: then the
    whole partition of the client is read, in the order of the workers' journal, without joining their group. An INSTANT
    is milliseconds or RFC 3339; what came after it is left out. With --json the same as one object: status, conditions
    with because and lifted_by, obligations with episodes, facts, turnover, and the timeline with every output.

    \b
    Examples:
      stoplist explain romashka --history docs/examples/late-payment.jsonl
      stoplist explain C-17 --at 2026-03-01T09:00:00+03:00 --language ru
      stoplist explain C-17 --json | jq '.timeline[-1]'
    """
    try:
        end = None if at is None else parse_instant(at)
    except ValueError as error:
        raise Failure(f"--at {error}") from None
    numbers = load_policy(policy)

    from streams.cli.explain.answer import answer
    from streams.cli.explain.story import Story
    from streams.domain.fold import ClientFold
    from streams.domain.shared import Shared
    from streams.domain.state import Client

    fold = ClientFold(numbers)
    folded: HistoryFold[Client, Shared] = HistoryFold(fold)
    story = Story(client, folded)
    with _steps(client, history, bootstrap) as (steps, ends_now), Progress("records folded") as progress:
        for step in steps:
            if end is not None and _instant_of(step) > end:
                if isinstance(step, Line):
                    continue  # a file need not be in order of time
                break  # what workers decide after this, they decide later
            with failing_on(f"the record after {folded.place}" if folded.place else "the first record"):
                story.step(step)
            progress.advance()
        end = end if end is not None else (round(time.time() * 1000) if ends_now else folded.instant)
        with failing_on("the time after the last record"):
            story.step(max(end, folded.instant))
    state = dict(folded.states()).get(client.encode())
    if state is None:
        raise Failure(
            f"nothing is known of client {client!r}{_where(history, at)}; look at the id, it is the record's key"
        )
    told = answer(fold, folded, state, story)
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return

    from streams.cli.explain.page import page, show

    sys.stdout.write(show(page(told, language.value), page_console(_PIPED)))


@contextmanager
def _steps(client: str, history: str | None, bootstrap: str) -> Iterator[tuple[Iterable[Step], bool]]:
    """Everything to fold, and whether time goes on to now after it."""
    if history is not None:
        with reading(history) as lines:
            yield read_history(lines, history), False
        return
    from schemas.catalogue import CLIENTS
    from streams.cli.live_inputs import partition_of_client, steps_of
    from streams.cli.sending import keeps_own_time

    partition = partition_of_client(bootstrap, client)
    yield steps_of(bootstrap, partition), not keeps_own_time(bootstrap, [CLIENTS])


def _instant_of(step: Any) -> Instant:
    """When a step happened; a holding back has no instant of its own."""
    if isinstance(step, Line):
        return step.timestamp_ms
    if isinstance(step, Held):
        return 0
    timestamp: Instant = step if isinstance(step, Instant) else step.timestamp
    return timestamp


def _where(history: str | None, at: str | None) -> str:
    place = f" in {history}" if history is not None else ""
    return f"{place} up to {at}" if at is not None else place
