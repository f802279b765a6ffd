"""Dead letters for a person: where the record lies, why it does not count, how it begins."""

from typing import Any, Final, NamedTuple

import msgspec

from schemas.dead_letters import FIELD_HEADER, ID_HEADER, MESSAGE_HEADER, REASON_HEADER
from streams.cli.terminal import Paint

VALUE_CHARACTERS_MAX: Final = 120
"""Of a value on a line for a person; --json gives it whole."""
IDS_MAX: Final = 100_000
"""Places remembered to drop repeats, which come soon after the first."""


class Letter(NamedTuple):
    """One dead letter; texts of another writer's record may be empty."""

    place: str
    """Topic/partition/offset of the rejected record."""
    reason: str
    field: str | None
    message: str
    key: str | None
    value: str | None


class LatestIds:
    """Dead letters are written at least once; each is passed on once."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def passes(self, place: str) -> bool:
        """Whether this place was not among the latest."""
        if place in self._seen:
            return False
        self._seen[place] = None
        if len(self._seen) > IDS_MAX:
            del self._seen[next(iter(self._seen))]
        return True


def letter_of(record: Any) -> Letter:
    """What a record of `dead-letters` says; one without our headers is named by its own place."""
    headers = {name: _text(value) or "" for name, value in record.headers}
    place = headers.get(ID_HEADER) or f"{record.topic}/{record.partition}/{record.offset}"
    reason = headers.get(REASON_HEADER) or "unknown"
    message = headers.get(MESSAGE_HEADER, "")
    return Letter(place, reason, headers.get(FIELD_HEADER), message, _text(record.key), _text(record.value))


def letter_line(letter: Letter, paint: Paint) -> str:
    """One line; what cannot be printed is escaped, since anybody may have written it."""
    client = f"  {paint(printable(letter.key), 'cyan')}" if letter.key else ""
    value = printable(letter.value or "")
    if len(value) > VALUE_CHARACTERS_MAX:
        value = f"{value[:VALUE_CHARACTERS_MAX]}…"
    said = f"{printable(letter.place)}{client}  {paint(printable(letter.reason), 'red')}  {printable(letter.message)}"
    return f"{said}  {paint(value, 'dim')}" if value else said


def letter_json(letter: Letter) -> str:
    """The same as one JSON object, the value whole."""
    return msgspec.json.encode(letter._asdict()).decode()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def printable(text: str, keep: str = "") -> str:
    """The text, what cannot be printed escaped, `keep` excepted: anybody may have written it, a terminal obeys it."""
    return "".join(
        character if character.isprintable() or character in keep else character.encode("unicode_escape").decode()
        for character in text
    )
