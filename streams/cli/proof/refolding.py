"""Folds accepted chunks again, one after the other, by the code that folds them in a worker (rule 7)."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from streams.cli.proof.inputs import JournaledInputs
from streams.engine.folding import Folder
from streams.engine.journal import Chunk, Entry, HoldChunk, RetryChunk, TimeChunk
from streams.engine.made import Made

Seen = Callable[[int, int, Made], None]
"""Called after every chunk, or piece of one: its number, how many records were folded, and what that made."""


async def refold(
    folder: Folder[Any, Any],
    entries: AsyncIterator[Entry],
    inputs: JournaledInputs,
    seen: Seen,
    chunk_records_max: int | None = None,
) -> None:
    """Fold the chunks. `chunk_records_max`: in pieces of at most so many records, which must not show in anything.

    Raises Stopped, and ClientFailed when the rules raise on a client that is not folded apart.
    """
    async for entry in entries:
        if isinstance(entry, Chunk):
            for span in entry.ranges:
                records = await inputs.range(span.topic, span.first, span.last)
                step = chunk_records_max or max(1, len(records))
                for begin in range(0, len(records), step):
                    piece = records[begin : begin + step]
                    seen(0, len(piece), folder.records(entry.n, piece))
            seen(entry.n, 0, Made([], []))
        else:
            seen(entry.n, 0, _without_records(folder, entry))
        folder.states.trim()


def _without_records(folder: Folder[Any, Any], entry: TimeChunk | HoldChunk | RetryChunk) -> Made:
    match entry:
        case TimeChunk():
            return folder.fire_again(entry.n, entry.instant, (entry.due, entry.client))
        case HoldChunk():
            folder.hold(entry.n, entry.clients)
            return Made([], [])
        case RetryChunk():
            return folder.retry(entry.n, entry.clients)
