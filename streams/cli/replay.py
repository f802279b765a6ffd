"""`stoplist replay`: folds a history file without a broker, or again what workers have folded."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from schemas.catalogue import DEAD_LETTERS
from schemas.records import Output
from streams.cli.failure import Failure, failing_on
from streams.cli.history import Line, parse_instant, read_history, reading
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.rejections import Rejections
from streams.cli.terminal import Progress, tell

if TYPE_CHECKING:
    from streams.cli.linked_folds import LinkedFolds  # the rules are read when they are needed

_encode: Final = msgspec.json.Encoder().encode


def replay(
    history: Annotated[
        str | None,
        typer.Argument(metavar="HISTORY.jsonl", help="The records; - is standard input.", show_default=False),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy in force from the beginning; default: the shipped.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Where time ends; default: the latest timestamp.")
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Print each client's final status instead.")] = False,
    obligations: Annotated[
        bool, typer.Option("--obligations", help="Print each obligation with its overdue days instead.")
    ] = False,
    from_kafka: Annotated[
        bool, typer.Option("--from-kafka", help="Fold Kafka's topics again, in the order of the workers' journal.")
    ] = False,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    hash_only: Annotated[bool, typer.Option("--hash", help="With --from-kafka: print the state hash alone.")] = False,
    chunk_records: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="With --from-kafka: fold N records at a time; the hash stays the same."),
    ] = None,
) -> None:
    """Folds a history without a broker and prints what would be published, one JSON object a line.

    A line of the history is {"topic": …, "timestamp": append time in milliseconds or RFC 3339, "value": {…}}, in the
    order of appending. Outputs are {"topic": …, "key": …, "value": …}, dead letters with their headers. With --status:
    each client's status at the end of time, by client id. With --obligations: each obligation with its overdue days,
    by client and due date, but for those paid longer ago than the policy's window and correction_days, which are not
    kept. Then stderr says which records were rejected, and how many obligations are left out. An INSTANT is written as
    a timestamp is; records after it are left out.

    With --from-kafka every partition is folded again from its first record on, as the journal orders it, in one go and
    without snapshots. Its outputs are printed, and last of all one object with the state hash of each partition and of
    all (docs/proof.md); --policy is the one that the workers were started with. Nothing is written to Kafka.

    \b
    Examples:
      stoplist replay history.jsonl
      stoplist replay history.jsonl --status --until 2026-04-01T00:00:00+03:00
      stoplist replay history.jsonl --policy stricter.yaml --status
      stoplist import ledger.csv --format receivables --history - | stoplist replay - --obligations
      stoplist replay --from-kafka --hash
    """
    if from_kafka:
        if history is not None or until is not None or status or obligations:
            raise Failure("--from-kafka takes no history and none of --until, --status, --obligations; leave them out")
        from streams.cli.proof.kafka_replay import replay_kafka

        replay_kafka(bootstrap, policy, sys.stdout.buffer, None if hash_only else output_line, chunk_records)
        return
    if history is None:
        raise Failure("there is nothing to fold; name a history, or give --from-kafka")
    if hash_only or chunk_records is not None:
        raise Failure("--hash and --chunk-records go with --from-kafka; give it, or leave them out")
    if status and obligations:
        raise Failure("--status and --obligations exclude each other; give one of them")
    try:
        end = None if until is None else parse_instant(until)
    except ValueError as error:
        raise Failure(f"--until {error}") from None
    numbers = load_policy(policy)

    from streams.cli.linked_folds import LinkedFolds

    folded = LinkedFolds(numbers)
    out = sys.stdout.buffer
    rejections = Rejections()
    with reading(history) as lines, Progress("records folded") as progress:
        for number, outputs in _fold(folded, read_history(lines, history), end, progress):
            if status or obligations:
                rejections.note(outputs, folded.place, number)
            else:
                out.writelines(map(output_line, outputs))
    if status:
        for _, state in folded.states():
            out.write(folded.fold.status_as_of(folded.shared, state, folded.instant) + b"\n")
    elif obligations:
        from streams.cli.obligations import left_out, lines_of

        for _, state in folded.states():
            out.writelines(lines_of(folded.shared.standing(state.seen).rules, state, folded.instant))
        tell(left_out(state for _, state in folded.states()))
    out.flush()
    tell(rejections.told(f"run without --{'status' if status else 'obligations'} to see them"))


def _fold(
    folded: "LinkedFolds", lines: Iterable[Line], end: int | None, progress: Progress
) -> Iterator[tuple[int, list[Output]]]:
    """Line and outputs of each record up to `end`, then what time alone still brings."""
    number = 0
    for line in lines:
        if end is None or line.timestamp_ms <= end:
            with failing_on(f"record {line.number}"):
                outputs = folded.feed(line)
            number = line.number
            yield number, outputs
            progress.advance()
    rest: list[Output] = []
    with failing_on("the time after the last record"):
        folded.advance(folded.instant if end is None else end, rest)
    yield number, rest


def output_line(output: Output) -> bytes:
    """An output as one JSON line; values that are no JSON (of dead letters) are printed as text."""
    line: dict[str, Any] = {
        "topic": output.topic,
        "key": None if output.key is None else output.key.decode("utf-8", "replace"),
        "value": _value(output),
    }
    if output.topic == DEAD_LETTERS:
        line["headers"] = {name: value.decode("utf-8", "replace") for name, value in output.headers}
    return _encode(line) + b"\n"


def _value(output: Output) -> Any:
    value = output.value
    if value is None:
        return None
    if output.topic == DEAD_LETTERS:
        try:
            msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return value.decode("utf-8", "replace")
        if b"\n" in value or b"\r" in value:  # one output is one line
            return msgspec.json.decode(value)
    return msgspec.Raw(value)
