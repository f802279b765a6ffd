"""The fate of each record, counted from outside: what came of it, and whether that may be.

The rules answer a record with a rejection or without a word; what they did is looked up in the client's state and held
against a ledger of our own, which knows of each fact only its highest revision and what that said.
"""

from collections import Counter
from typing import Any, Final

from schemas import decoding
from schemas.catalogue import DEAD_LETTERS
from schemas.dead_letters import (
    FIELD_HEADER,
    ID_HEADER,
    INVALID_FIELD,
    MISSING_FIELD,
    PARTNER_MISSING,
    REASON_HEADER,
    REASONS,
)
from schemas.records import Output, Reach, Rejected, Source
from streams.domain.state import Client
from streams.engine.fitting import LEFT_OUT_HEADER
from tests.fuzz.facts import FORGOTTEN, WITHOUT_FACT, fact_id, fact_of
from tests.fuzz.sent import Sent
from tests.fuzz.valid import IMPORTANCE

APPLIED: Final = "applied"
DUPLICATE: Final = "duplicate"
SUPERSEDED: Final = "superseded"
DEAD: Final = "dead letter"
FORWARDED: Final = "forwarded"
HELD: Final = "held"
FATES: Final = (APPLIED, DUPLICATE, SUPERSEDED, DEAD, FORWARDED, HELD)
_OF_THE_VALUE: Final = (
    "invalid_json", "not_an_object", "unknown_type", "wrong_topic", MISSING_FIELD, INVALID_FIELD, "record_too_large",
    "empty_value",
)  # fmt: skip
_NAMES_A_FIELD: Final = (MISSING_FIELD, INVALID_FIELD)


class Broken(AssertionError):
    """A promise is broken; the text says which, and where."""


class Fates:
    """What became of every record of one world."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}
        """By place; the last word counts: a fact that waited in vain is a dead letter in the end."""
        self.applied: set[str] = set()
        """Places of the records that were ever applied."""
        self.reasons: Counter[str] = Counter()
        self.sent: dict[str, Sent] = {}
        self._known: dict[tuple[Any, ...], tuple[int, bytes]] = {}
        self._of_place: dict[str, tuple[Any, ...]] = {}

    # what the rules answered

    def told(self, source: Source, state: Client, rejected: Rejected | None) -> None:
        """A keyed record was folded."""
        place = _place(source)
        verdict = None if source.topic == IMPORTANCE else decoding._judged(source.topic, source.value)
        self._agree(source, verdict, rejected)
        if rejected is not None:
            return  # its dead letter says so
        if verdict is None:
            self._end(place, APPLIED)
            return
        assert not isinstance(verdict, Rejected)
        self._end(place, self._booked(place, verdict, state))

    def told_all(self, source: Source, answer: Reach | Rejected | None) -> None:
        """A record without a key was folded."""
        if not isinstance(answer, Rejected):
            self._end(_place(source), DUPLICATE if answer is None else APPLIED)

    def _agree(self, source: Source, verdict: Any, rejected: Rejected | None) -> None:
        """The fast path, the models and the rules say the same of a value."""
        if verdict is None:
            return
        fast = decoding.decode(source.topic, source.value)
        if fast != verdict:
            raise Broken(f"{_place(source)}: the fast path says {fast!r}, the models {verdict!r}")
        if isinstance(verdict, Rejected):
            of_key = rejected is not None and rejected.reason in ("key_invalid", "key_missing")
            if rejected != verdict and not of_key:
                raise Broken(f"{_place(source)}: the contract refuses it ({verdict}), the rules say {rejected}")
            return
        if rejected is not None and rejected.reason in _OF_THE_VALUE and rejected.field not in ("rate", None):
            raise Broken(f"{_place(source)}: the contract allows it, the rules say {rejected}")

    def _booked(self, place: str, event: Any, state: Client) -> str:
        """What a record without a rejection did, by what the state holds now."""
        name = (event.client_id, event.type, fact_id(event))
        before = self._known.get(name)
        said = (event.revision, event.digest)
        fact = fact_of(state, event)
        if fact is None:
            if event.type not in WITHOUT_FACT:
                raise Broken(f"{place}: silently dropped: {event.type} is neither in the state nor a dead letter")
        elif fact.revision < event.revision or (fact.revision == event.revision and fact.digest != event.digest):
            raise Broken(f"{place}: silently dropped: the state holds revision {fact.revision} of {name}")
        elif fact.revision > event.revision and (before is None or before[0] <= event.revision):
            raise Broken(f"{place}: the state holds revision {fact.revision} of {name}, which nobody sent")
        if event.type in FORGOTTEN:
            self.applied.add(place)
        if before is not None and before[0] > event.revision:
            return SUPERSEDED
        if before == said:
            return DUPLICATE
        if before is not None and before[0] == event.revision and event.type not in FORGOTTEN:
            raise Broken(f"{place}: another content of the same revision of {name} is no dead letter")
        self._known[name] = said
        self._of_place[place] = name
        return APPLIED

    # what was published

    def output(self, output: Output) -> None:
        """A dead letter carries its record's bytes, and why."""
        if output.topic != DEAD_LETTERS:
            return
        headers = dict(output.headers)
        place, reason = headers[ID_HEADER].decode(), headers[REASON_HEADER].decode()
        record = self.sent.get(place)
        if record is None:
            raise Broken(f"a dead letter of {place}, which nobody sent")
        if LEFT_OUT_HEADER not in headers and (output.key, output.value) != (record.key, record.value):
            raise Broken(f"{place}: its dead letter has other bytes")
        if reason not in REASONS:
            raise Broken(f"{place}: {reason} is no reason of the contract")
        said = headers["__streams.errors.message"].decode("utf-8", "replace")
        if "report it" in said:
            raise Broken(f"{place}: {said}")
        if reason in _NAMES_A_FIELD and FIELD_HEADER not in headers:
            raise Broken(f"{place}: {reason} without the field's name: {said}")
        if record.how == "valid" and reason in _OF_THE_VALUE and headers.get(FIELD_HEADER) != b"rate":
            raise Broken(f"{place}: a valid record is refused: {reason}: {said}")
        self.reasons[reason] += 1
        if reason == PARTNER_MISSING and (name := self._of_place.get(place)) is not None:
            self._known.pop(name, None)  # it waited, and is forgotten
            self.of.pop(place, None)
        self._end(place, DEAD)

    def forwarded(self, place: str) -> None:
        """The record was sent on to its right partition, where it has a place and a fate of its own."""
        self._end(place, FORWARDED)

    def held(self, place: str) -> None:
        """The record is kept with its held client."""
        self._end(place, HELD)

    def _end(self, place: str, fate: str) -> None:
        if place not in self.sent:
            raise Broken(f"{place} has a fate and was never sent")
        if place in self.of:
            raise Broken(f"{place} is counted twice: {self.of[place]}, then {fate}")
        self.of[place] = fate
        if fate == APPLIED:
            self.applied.add(place)

    def close(self) -> Counter[str]:
        """How many of each fate; every record has exactly one."""
        lost = [place for place in self.sent if place not in self.of]
        if lost:
            raise Broken(f"silently dropped: {len(lost)} of {len(self.sent)} records, the first {self.sent[lost[0]]}")
        counts = Counter(self.of.values())
        if sum(counts.values()) != len(self.sent):
            raise Broken(f"{sum(counts.values())} fates of {len(self.sent)} records")
        return counts


def _place(source: Source) -> str:
    return f"{source.topic}/{source.partition}/{source.offset}"
