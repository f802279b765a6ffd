"""`stoplist dead-letters`: `list`, `show` and `retry`."""

import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import Annotated, Final

import typer

from schemas.catalogue import RECORD_BYTES_MAX
from streams.cli.dead_letters.reading import DeadLetter, Wanted, find, read, wanted
from streams.cli.dead_letters.retrying import Again, Refused, Trying, send
from streams.cli.dead_letters.showing import as_json, counted, page, table
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.saying import PolicyUsed
from streams.cli.terminal import page_console, tell

EXIT_SOME_REFUSED: Final = 1
_LIST_SAMPLE: Final = (
    "Examples: stoplist dead-letters list --reason key_mismatch; stoplist dead-letters list | jq .place"
)
_RETRY_SAMPLE: Final = (
    "Examples: stoplist dead-letters retry payments/0/17; "
    "stoplist dead-letters retry payments/0/17 --value corrected.json; "
    "stoplist dead-letters retry --reason limit_exceeded --client C-17 --yes"
)
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="List the records that were rejected, show one whole, send some of them again.",
    epilog="Example: stoplist dead-letters list --since 2026-03-01T00:00:00+03:00",
)

Reasons = Annotated[list[str] | None, typer.Option("--reason", metavar="REASON", help="Only with this; repeatable.")]
OfTopic = Annotated[str | None, typer.Option("--topic", metavar="TOPIC", help="Only records of this topic.")]
Client = Annotated[str | None, typer.Option(metavar="ID", help="Only under this key.")]
Since = Annotated[str | None, typer.Option(metavar="INSTANT", help="Only rejected from then on.")]
Place = Annotated[
    str, typer.Argument(metavar="ID", help="Topic/partition/offset of the rejected record.", show_default=False)
]


@app.command("list", short_help="Which records were rejected, and why.", epilog=_LIST_SAMPLE)
def list_letters(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    reason: Reasons = None,
    topic: OfTopic = None,
    client: Client = None,
    since: Since = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line; so it is in a pipe anyhow.")] = False,
    last: Annotated[int, typer.Option(min=1, max=100_000, help="Rows of the table: the latest.")] = 50,
) -> None:
    """Every record that was rejected, once: a table on a terminal, one JSON object a line in a pipe."""
    which = wanted(reason, topic, client, since)
    if json or not sys.stdout.isatty():
        for found in read(bootstrap, which):
            sys.stdout.write(f"{as_json(found)}\n")
        return
    shown: deque[DeadLetter] = deque(maxlen=last)
    reasons = Counter[str]()
    for found in read(bootstrap, which):
        shown.append(found)
        reasons[found.letter.reason] += 1
    console = page_console(120)
    if shown:
        console.print(table(sorted(shown, key=lambda one: one.rejected_ms), console.width))
    console.print(counted(reasons, len(shown)))


@app.command(
    short_help="One rejected record whole: what is wrong, what to do, its bytes.",
    epilog="Examples: stoplist dead-letters show payments/0/17; stoplist dead-letters show payments/0/17 --value > it",
)
def show(
    place: Place,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    value: Annotated[bool, typer.Option("--value", help="Only the value, byte for byte.")] = False,
) -> None:
    """Where the record lies, why it does not count, the remedy, and its bytes as text, or hex where they are none."""
    if json and value:
        raise Failure("--json and --value exclude each other; give one of them")
    found = find(bootstrap, [place])[place]
    if value:
        if found.value is None:
            raise Failure(f"{place} has no value; stoplist dead-letters show {place} says why")
        sys.stdout.buffer.write(found.value)
        sys.stdout.buffer.flush()
        return
    typer.echo(as_json(found) if json else page(found))


@app.command(short_help="Send rejected records to their topic again.", epilog=_RETRY_SAMPLE)
def retry(
    places: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help="Which ones; or choose with the options.")
    ] = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    reason: Reasons = None,
    topic: OfTopic = None,
    client: Client = None,
    since: Since = None,
    value: Annotated[
        Path | None, typer.Option("--value", metavar="FILE", help="Send this in place of its value; - is stdin.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before sending more than one.")] = False,
    policy: PolicyUsed = None,
) -> None:
    """Sends records to their topic again, under the key that is their client_id, a broadcast to every partition.

    Refused is what would be rejected again, by the rules and the policy in force. What counts already is a duplicate
    and changes nothing. Exit code 1: some were sent and some refused.
    """
    which = wanted(reason, topic, client, since)
    letters = _chosen(bootstrap, places or [], which, value)
    if not letters:
        raise Failure("no dead letter is like that; stoplist dead-letters list shows those that are there")
    sending, refused = _tried(bootstrap, letters, None if value is None else _edited(value), policy)
    if len(letters) == 1 and refused:
        raise Failure(f"{refused[0].place} is not sent: {refused[0].why}")
    for one in refused:
        tell([f"{one.place} is not sent: {one.why}"])
    if not sending:
        raise Failure(f"none of {len(refused)} dead letters can be helped by sending it again; correct them first")
    if len(sending) > 1 and not yes:
        _ask(sending)
    _send(bootstrap, sending)
    if refused:
        raise typer.Exit(EXIT_SOME_REFUSED)


def _chosen(bootstrap: str, places: list[str], which: Wanted, value: Path | None) -> list[DeadLetter]:
    if bool(places) == which.narrowed:
        raise Failure("name the dead letters by their ids, or choose them with --reason, --topic, --client or --since")
    if value is not None and len(places) != 1:
        raise Failure("--value is for one dead letter: name it by its id")
    return list(find(bootstrap, places).values()) if places else list(read(bootstrap, which))


def _edited(file: Path) -> bytes:
    try:
        data = sys.stdin.buffer.read(RECORD_BYTES_MAX + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Failure(f"{file}: cannot be read ({error.strerror}); name the file with the corrected value") from None
    return data.rstrip(b"\r\n")  # an editor's


def _tried(
    bootstrap: str, letters: list[DeadLetter], edited: bytes | None, policy: Path | None
) -> tuple[list[Again], list[Refused]]:
    from streams.cli.state_reading import standing_of_workers

    trying = Trying(standing_of_workers(bootstrap, load_policy(policy)), int(time.time() * 1000))
    answers = [trying.again(letter, edited) for letter in letters]
    return [one for one in answers if isinstance(one, Again)], [one for one in answers if isinstance(one, Refused)]


def _ask(sending: list[Again]) -> None:
    counts = Counter(one.topic for one in sending)
    what = ", ".join(f"{count:,} to {topic}" for topic, count in sorted(counts.items()))
    if not sys.stdin.isatty():
        raise Failure(f"{len(sending):,} records would be sent ({what}); give --yes when that is meant")
    typer.confirm(f"Send {len(sending):,} records again ({what})?", abort=True, err=True)


def _send(bootstrap: str, sending: list[Again]) -> None:
    from streams.cli.connection import admin_client, producer
    from streams.cli.topic_setup import keep_own_time

    with admin_client(bootstrap) as admin:
        own_time = keep_own_time(admin, sorted({one.topic for one in sending}))
    with producer(bootstrap) as sender:
        for line in send(sending, sender, own_time):
            typer.echo(line)
