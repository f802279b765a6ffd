"""What happened to one client, in order: each record or instant with what it published and why.

Nothing here knows a rule: records are told by what they say, changes by the outputs that the fold makes of them. A rule
that publishes something new is in the story by itself.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from schemas.catalogue import DEAD_LETTERS
from schemas.dead_letters import FIELD_HEADER, ID_HEADER, MESSAGE_HEADER, REASON_HEADER
from schemas.json_document import read_json
from schemas.records import Instant, Output, Source
from streams.cli.folding import HistoryFold
from streams.cli.history import Line, parse_instant
from streams.cli.live_inputs import Held
from streams.domain.shared import Shared
from streams.domain.state import Client

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass
class Entry:
    """One thing that happened, and what it changed."""

    at: Instant
    """When it was decided."""
    cause: dict[str, Any]
    """As outputs name it: a record, a deadline, a policy, a broadcast; `held`: workers kept the client's records."""
    record: Any = None
    """What the client's record said: its JSON value, else its text; None when no record of the client caused it."""
    rejected: dict[str, str | None] | None = None
    """Reason, field and message when the record does not count."""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    """Values of what was published, each with its topic."""

    @property
    def kind(self) -> str:
        """What caused it: `record`, `deadline`, `policy`, `broadcast`, `held`."""
        return str(self.cause["kind"])


class Story:
    """Fed with every step of a history, it keeps the client's own."""

    def __init__(self, client_id: str, folded: HistoryFold[Client, Shared]) -> None:
        self.client_id = client_id
        self.entries: list[Entry] = []
        self._folded = folded
        self._key = client_id.encode()
        self._by_place: dict[str, Entry] = {}
        """Records by where they lie: a dead letter may come long after its record."""

    def step(self, step: Line | Source | Instant | Held) -> None:
        """Folds the next record or instant of whomever."""
        if isinstance(step, Held):
            if self._key in step.clients:
                self.entries.append(Entry(self._folded.instant, {"kind": "held"}))
            return
        outputs = self._folded.feed(step)
        source = None if isinstance(step, Instant) else self._folded.source
        own = None
        if source is not None and source.key == self._key:
            own = Entry(self._folded.instant, _cause_of(source), said_by(source.value))
            self._by_place[self._folded.place] = own
        self._take(outputs, own)
        if own is not None and own not in self.entries[-1:]:
            self.entries.append(own)

    def _take(self, outputs: list[Output], own: Entry | None) -> None:
        """Groups what was published by its cause, in order."""
        for output in outputs:
            if output.key != self._key:
                continue
            if output.topic == DEAD_LETTERS:
                self._reject(output)
                continue
            value = {"topic": output.topic, **_decode(output.value or b"{}")}
            entry = self._entry(value, own)
            if entry not in self.entries[-1:]:
                self.entries.append(entry)
            entry.outputs.append(value)

    def _entry(self, value: dict[str, Any], own: Entry | None) -> Entry:
        """The entry an output belongs to: the record's own, the last one of the same cause, or a new one."""
        cause = value["cause"]
        if own is not None and _same_place(cause, own.cause):
            own.cause = cause
            return own
        at = parse_instant(value["effective_at"])
        for last in self.entries[-1:]:
            if (last.cause, last.at) == (cause, at):
                return last
        return Entry(at, cause)

    def _reject(self, letter: Output) -> None:
        headers = {name: value.decode("utf-8", "replace") for name, value in letter.headers}
        entry = self._by_place.get(headers[ID_HEADER])
        if entry is not None:
            entry.rejected = {
                "reason": headers[REASON_HEADER],
                "field": headers.get(FIELD_HEADER),
                "message": headers[MESSAGE_HEADER],
            }


def said_by(value: bytes | None) -> Any:
    """A record's value as JSON, or as text when it is none."""
    if value is None:
        return ""
    try:
        return read_json(value)
    except ValueError:
        return value.decode("utf-8", "replace")


def _cause_of(source: Source) -> dict[str, Any]:
    place = {"topic": source.topic, "partition": source.partition, "offset": source.offset}
    return {"kind": "record", "id": None, "type": None, **place}


def _same_place(cause: dict[str, Any], own: dict[str, Any]) -> bool:
    return cause["kind"] == "record" and all(cause[name] == own[name] for name in ("topic", "partition", "offset"))
