"""What is told of an imported file: on the terminal in short, in a report beside the file in full."""

from collections.abc import Iterator
from typing import Final

from streams.cli.imports.documents import Wrong
from streams.cli.imports.importing import Outcome
from streams.cli.imports.register import Verdict

SHOWN_MAX: Final = 20
SENT: Final = "sent"
WRITTEN: Final = "written"
"""What becomes of events: on their way to Kafka, or in a history file."""
_TOLD: Final = (
    (Verdict.CORRECTED, "corrected, {} as a higher revision"),
    (Verdict.UNSURE, "{} again, with the revision they had"),
    (Verdict.KNOWN, "known already, not {}"),
    (Verdict.SUPERSEDED, "older than a correction that was imported, not {}"),
    (Verdict.REPEATED, "twice in this file, {} once"),
    (Verdict.NEVER_SENT, "withdrawn and never imported, not {}"),
)


def place(file: str, wrong: Wrong) -> str:
    """`file:line:column: field said`, as editors jump to it."""
    column = f":{wrong.column}" if wrong.column else ""
    said = " ".join(wrong.said.split())
    return f"{file}:{wrong.line}{column}: {wrong.field + ' ' if wrong.field else ''}{said}"


def summary(outcome: Outcome, done: str = SENT) -> str:
    """One sentence of numbers; `done` is SENT or WRITTEN."""
    parts = [f"{outcome.documents} document{'' if outcome.documents == 1 else 's'}", f"{outcome.sent} {done}"]
    told = [(outcome.verdicts[verdict], said) for verdict, said in _TOLD]
    parts += [f"{count} {said.format(done)}" for count, said in told if count]
    if outcome.unmatched_documents:
        parts.append(f"{outcome.unmatched_documents} without a client")
    if outcome.wrong_count:
        parts.append(f"{outcome.wrong_count} wrong line{'' if outcome.wrong_count == 1 else 's'}")
    if outcome.left_out:
        parts.append(f"{sum(outcome.left_out.values())} left out")
    return ", ".join(parts)


def lines(outcome: Outcome, file: str, shown_max: int, unmatched: str) -> Iterator[str]:
    """Everything worth a line, up to `shown_max` of each kind."""
    for wrong in outcome.wrong[:shown_max]:
        yield place(file, wrong)
    if outcome.wrong_count > shown_max:
        yield f"and {outcome.wrong_count - min(shown_max, len(outcome.wrong))} more wrong lines"
    yield from outcome.corrections[:shown_max]
    if len(outcome.corrections) > shown_max:
        yield f"and {len(outcome.corrections) - shown_max} more corrections"
    for why, count in sorted(outcome.left_out.items()):
        yield f"left out, {why}: {count}"
    if outcome.unmatched:
        count = len(outcome.unmatched)
        parties = "1 party" if count == 1 else f"{count} parties"
        yield f"{parties} without a client: write their client_id into {unmatched} and import again"
