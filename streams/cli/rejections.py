"""What a person is told of records that do not count, where the dead letters themselves are not printed."""

from typing import Final

from schemas.catalogue import DEAD_LETTERS
from schemas.dead_letters import ID_HEADER, MESSAGE_HEADER, REASON_HEADER, TOPIC_HEADER
from schemas.records import Output

SHOWN_MAX: Final = 5
"""Rejections told one by one; of the others the count is enough to look closer."""


class Rejections:
    """Counts dead letters and keeps the first."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def note(self, outputs: list[Output], place: str, line: int) -> None:
        """Takes the dead letters among the outputs of the record at `place` (topic/partition/offset) on `line`."""
        for output in outputs:
            if output.topic == DEAD_LETTERS:
                self.count += 1
                if len(self._first) < SHOWN_MAX:
                    self._first.append(_told(output, place, line))

    def told(self, remedy: str) -> list[str]:
        """Lines for stderr; none when every record counts. `remedy` says how to see them all."""
        if not self.count:
            return []
        what = "1 record was rejected and does" if self.count == 1 else f"{self.count} records were rejected and do"
        rest = self.count - len(self._first)
        more = [f"  and {rest} more"] if rest else []
        return [f"{what} not count; {remedy}", *self._first, *more]


def _told(letter: Output, place: str, line: int) -> str:
    """A record may be rejected long after it came, when what it waited for never did: then its place is all we know."""
    headers = {name: value.decode("utf-8", "replace") for name, value in letter.headers}
    topic, rejected = headers[TOPIC_HEADER], headers[ID_HEADER]
    where = f"line {line} ({topic})" if rejected == place else f"{rejected} (it waited until line {line})"
    return f"  {where}: {headers[REASON_HEADER]}: {headers[MESSAGE_HEADER]}"
