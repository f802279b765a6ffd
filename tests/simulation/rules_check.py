"""Holds the status that the real rules give to the oracle's, client by client, at instants of chance."""

import json
from collections import defaultdict
from random import Random
from typing import Any, Final

from tests.simulation.broker import Record
from tests.simulation.rules_oracle import Facts, completed_by, expected, shown

_SHARE: Final = 0.15
"""Of records, and of chunks of time, after which a client is looked at."""


class RulesCheck:
    """Listens to a reference; `differences` says what was found."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)
        self._facts: dict[bytes, Facts] = defaultdict(Facts)
        self._completed = 0
        self.differences: list[str] = []

    def folded(self, reference: Any, record: Record) -> None:
        """A record was folded."""
        if record.key is None:
            self._completed = max(self._completed, completed_by(record.value or b"", record.timestamp))
            return
        if record.key in reference.states or record.key in self._facts:
            self._facts[record.key].take(record.value or b"", record.timestamp)
        if self._random.random() < _SHARE:
            self.look(reference, record.key)

    def look(self, reference: Any, key: bytes) -> None:
        """Compare one client now."""
        if self.differences or key not in reference.states:
            return
        facts, fold = self._facts[key], reference.fold
        if not (facts.traded or len(facts.papers) == 2):
            return
        state = fold.decode(fold.encode(reference.states[key]))
        fold.fire(reference.shared, state, reference.at, [])
        found = shown(json.loads(fold.status_as_of(reference.shared, state, reference.at)))
        for name, should in expected(facts, reference.at, self._completed).items():
            if found[name] != should:
                self.differences.append(
                    f"client {key.decode()} at {reference.at}: {name} {found[name]}, should be {should}"
                )
                return

    def end(self, reference: Any) -> None:
        """Compare everybody."""
        for key in sorted(self._facts):
            self.look(reference, key)
