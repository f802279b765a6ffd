"""How many clients stay decoded: as many as may, while clients come back before they would have to go; else none.

A client that is met again decoded costs neither decoding nor encoding. Where hardly one is, as in a population many
times the limit, to keep thousands decoded costs a fifth more than to encode each right after its records: by the time
its turn comes it has left the processor's caches. Who would have come back is remembered by key, so either way it is
seen when the load changes.
"""

from typing import Final

_ENOUGH: Final = 0.5
"""Of the clients folded that come back: what an encoding saved is worth about what a cold one costs more."""
_FOLDED_LEAST: Final = 16
"""To judge by; else as many clients as may stay decoded."""


class Returning:
    """Of one partition."""

    def __init__(self, clients_max: int) -> None:
        self.clients_max = clients_max
        """How many may stay decoded."""
        self.stay = True
        """Whether they do."""
        self._gone: dict[bytes, None] = {}
        self._folded = self._missed = 0
        self._full = False
        """A client had to go: until then one that is missed says nothing, it was not decoded before."""

    def missed(self, key: bytes) -> None:
        """A client was met that is not decoded."""
        if key in self._gone:
            del self._gone[key]
        else:
            self._missed += 1

    def left(self, key: bytes) -> None:
        """A client was encoded that could have stayed, had others."""
        self._full = True
        if self.stay:
            return
        self._gone[key] = None
        if len(self._gone) > self.clients_max:
            del self._gone[next(iter(self._gone))]

    def folded(self, clients: int) -> None:
        """So many clients were folded: those met decoded, and those missed."""
        self._folded += clients
        if not self._full:
            self._folded = self._missed = 0
        elif self._folded >= max(_FOLDED_LEAST, self.clients_max):
            self.stay = self._folded - self._missed >= _ENOUGH * self._folded
            self._folded = self._missed = 0
            if self.stay:
                self._gone.clear()
