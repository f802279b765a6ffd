"""`stoplist watch`: follows what is published, as the warehouse and a dashboard would.

The reader's side of the contract: a consumer without a group, and of each client only what is above the last sequence
seen (schemas.envelope), because outputs are published at least once.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import msgspec
import typer
from kafka import KafkaConsumer, TopicPartition

from schemas.catalogue import (
    CATEGORY_CHANGES,
    CLIENT_STATUS,
    DEAD_LETTERS,
    SHIPMENT_ALERTS,
    SHIPMENT_BLOCKS,
    SHIPMENT_DECISIONS,
)
from schemas.envelope import SequenceFilter
from streams.cli.connection import consumer, missing
from streams.cli.letters import LatestIds, letter_json, letter_line, letter_of
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, Language
from streams.cli.sentences import alert_line, block_line, category_line, decision_line, status_line
from streams.cli.terminal import Paint, colours_wanted

_POLL_MS: Final = 200
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Follow blocks, answers to requests, alerts, categories, statuses or dead letters as they are published.",
    epilog="Example: stoplist watch blocks --from-beginning",
)


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, as published.")]
FromBeginning = Annotated[bool, typer.Option("--from-beginning", help="Also what was published before.")]
Once = Annotated[bool, typer.Option("--once", help="Print what there is by now and end.")]
UntilIdle = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", min=0.1, max=86_400, help="End when nothing came for so long."),
]
Client = Annotated[str | None, typer.Option(metavar="ID", help="Only this client.")]
Sentences = Annotated[Language, typer.Option(help="Language of the lines.")]


@app.command(
    short_help="Who may not be shipped to, and why.",
    epilog="Example: stoplist watch blocks --json --from-beginning | jq .client_id",
)
def blocks(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Json = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
    client: Client = None,
    language: Sentences = Language.EN,
) -> None:
    """Who may no longer be shipped to and why, and who may again. Ends with Ctrl-C."""
    _watch(SHIPMENT_BLOCKS, block_line, bootstrap, json, from_beginning, once, until_idle, client, language)


@app.command(
    short_help="Answers to requests, and approvals that ended.",
    epilog="Example: stoplist watch decisions --client C-17",
)
def decisions(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Json = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
    client: Client = None,
    language: Sentences = Language.EN,
) -> None:
    """Which shipments may leave, which may not and why, and which approvals expired or were withdrawn."""
    _watch(SHIPMENT_DECISIONS, decision_line, bootstrap, json, from_beginning, once, until_idle, client, language)


@app.command(
    short_help="Goods that left and should not have.",
    epilog="Example: stoplist watch alerts --from-beginning --once",
)
def alerts(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Json = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
    client: Client = None,
    language: Sentences = Language.EN,
) -> None:
    """Goods that left while the client was blocked, or without an approval. Ends with Ctrl-C."""
    _watch(SHIPMENT_ALERTS, alert_line, bootstrap, json, from_beginning, once, until_idle, client, language)


@app.command(
    short_help="Moves between groups and categories.",
    epilog="Example: stoplist watch categories --client C-17 --from-beginning",
)
def categories(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Json = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
    client: Client = None,
    language: Sentences = Language.EN,
) -> None:
    """Every move of a client from one group or category to another. Ends with Ctrl-C."""
    _watch(CATEGORY_CHANGES, category_line, bootstrap, json, from_beginning, once, until_idle, client, language)


@app.command(
    short_help="The whole status after each change.",
    epilog="Example: stoplist watch status --once --json > statuses.jsonl",
)
def status(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Json = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
    client: Client = None,
    language: Sentences = Language.EN,
) -> None:
    """The whole status of a client after each change. Ends with Ctrl-C."""
    _watch(CLIENT_STATUS, status_line, bootstrap, json, from_beginning, once, until_idle, client, language)


@app.command(
    "dead-letters",
    short_help="Records that were rejected, and why.",
    epilog="Example: stoplist watch dead-letters --once --json | jq .reason",
)
def dead_letters(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    from_beginning: FromBeginning = False,
    once: Once = False,
    until_idle: UntilIdle = None,
) -> None:
    """Every record that was rejected: where it lies, the reason, what to do, how it begins. Ends with Ctrl-C."""
    paint = Paint(colours_wanted())
    latest = LatestIds()
    with consumer(bootstrap, auto_offset_reset="earliest") as reader:
        partitions = _assign(reader, DEAD_LETTERS, from_beginning or once)
        for batch in _batches(reader, partitions, once, until_idle):
            for record in batch:
                letter = letter_of(record)
                if latest.passes(letter.place):
                    sys.stdout.write(f"{letter_json(letter) if json else letter_line(letter, paint)}\n")
            sys.stdout.flush()


def _watch(
    topic: str,
    sentence: Callable[[dict[str, Any], Paint, str], str],
    bootstrap: str,
    json: bool,
    from_beginning: bool,
    once: bool,
    until_idle: float | None,
    client: str | None,
    language: Language,
) -> None:
    paint = Paint(colours_wanted())
    fresh = SequenceFilter()
    with consumer(bootstrap, auto_offset_reset="earliest") as reader:
        partitions = _assign(reader, topic, from_beginning or once)
        for batch in _batches(reader, partitions, once, until_idle):
            for record in batch:
                event = _decode(record)
                if event is None or not fresh.passes(topic, event["client_id"], event["sequence"]):
                    continue
                if client is None or event["client_id"] == client:
                    text = record.value.decode() if json else sentence(event, paint, language.value)
                    sys.stdout.write(f"{text}\n")
            sys.stdout.flush()


def _assign(reader: KafkaConsumer, topic: str, from_beginning: bool) -> list[TopicPartition]:
    numbers = reader.partitions_for_topic(topic)
    if not numbers:
        raise missing(topic)
    partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
    reader.assign(partitions)
    if from_beginning:
        reader.seek_to_beginning(*partitions)
    else:
        reader.seek_to_end(*partitions)
    return partitions


def _batches(
    reader: KafkaConsumer, partitions: list[TopicPartition], once: bool, until_idle: float | None
) -> Iterator[list[Any]]:
    """The records of each poll: without end, or up to the ends of now, or until nothing comes for a while."""
    ends = reader.end_offsets(partitions) if once else {}
    last = time.monotonic()
    while True:
        batch = [record for records in reader.poll(_POLL_MS).values() for record in records]
        if batch:
            last = time.monotonic()
            yield batch
        if once and all(reader.position(partition) >= ends[partition] for partition in partitions):
            return
        if until_idle is not None and time.monotonic() - last >= until_idle:
            return


def _decode(record: Any) -> dict[str, Any] | None:
    """The event of a record; None for a deletion, and for what this version cannot read (said on stderr)."""
    if record.value is None:
        return None
    try:
        event = msgspec.json.decode(record.value, type=dict[str, Any])
        if isinstance(event["client_id"], str) and isinstance(event["sequence"], int):
            return event
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
        pass
    sys.stderr.write(
        f"stoplist: {record.topic}/{record.partition}/{record.offset} is no output of stoplist; look who writes there\n"
    )
    return None
