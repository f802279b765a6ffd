"""Folds a history through both folds, of clients and of scopes, and passes on what they tell each other.

Order is global here as well. What a record, or the end of an instant, makes one fold tell the other is folded there at
once, at the same instant, in the order it was told, and so on until neither has anything to tell. Where both have
something due at one instant the clients come first. (Live, the folds are apart: what is told arrives a moment later.)
"""

from collections import deque
from collections.abc import Iterator

from schemas.catalogue import IMPORTANCE, POLICIES, TURNOVER
from schemas.policy import Policy
from schemas.records import NEVER, Instant, Output
from streams.cli.folding import HistoryFold
from streams.cli.history import Line
from streams.domain.fold import ClientFold
from streams.domain.importance.fold import ImportanceFold
from streams.domain.importance.section import Section
from streams.domain.shared import Shared
from streams.domain.state import Client


class LinkedFolds:
    """The clients after the lines fed so far; the outputs are those that others may read."""

    def __init__(self, policy: Policy) -> None:
        self.fold = ClientFold(policy)
        self._clients: HistoryFold[Client, Shared] = HistoryFold(self.fold)
        self._scopes: HistoryFold[Section, Shared] = HistoryFold(ImportanceFold(policy))
        self.place = ""
        """Topic/partition/offset of the record of the history folded last."""

    @property
    def instant(self) -> Instant:
        """The latest instant anything was decided at."""
        return self._clients.instant

    @property
    def shared(self) -> Shared:
        """The state that all clients share."""
        return self._clients.shared

    def states(self) -> Iterator[tuple[bytes, Client]]:
        """Each client with its state, by client id."""
        return self._clients.states()

    def feed(self, line: Line) -> list[Output]:
        """Folds the next record; the outputs of what time brought before it, then its own and what follows from it."""
        out: list[Output] = []
        self.advance(line.timestamp_ms, out)
        made = self._clients.feed(line)
        self.place = self._clients.place
        self._pass_on(made, out)
        if line.topic == POLICIES and line.key is None:
            made = [output for output in self._scopes.feed(line) if output.topic == IMPORTANCE]
            self._pass_on(made, out)  # the clients have published the dead letter of one that does not count
        return out

    def advance(self, until: Instant, out: list[Output]) -> None:
        """Everything that time alone brings up to `until`."""
        while (due := min(self._clients.due, self._scopes.due)) <= until and due != NEVER:
            made: list[Output] = []
            (self._clients if self._clients.due == due else self._scopes).advance(due, made)
            self._pass_on(made, out)
        self._clients.advance(until, out)
        self._scopes.advance(until, out)

    def _pass_on(self, made: list[Output], out: list[Output]) -> None:
        """What one fold tells the other is folded; the rest is published."""
        at = max(self._clients.instant, self._scopes.instant)
        waiting = deque(made)
        while waiting:
            output = waiting.popleft()
            if output.topic not in (TURNOVER, IMPORTANCE):
                out.append(output)
                continue
            reader = self._scopes if output.topic == TURNOVER else self._clients
            waiting.extend(reader.feed(Line(0, output.topic, at, output.key, output.value)))
