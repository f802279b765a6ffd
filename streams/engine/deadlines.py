"""When each client of a partition is next due by time alone: a heap with lazy deletion over a plain dict."""

from heapq import heapify, heappop, heappush

from schemas.records import NEVER, Instant

_STALE_MIN = 4096


class Deadlines:
    """The schedule of one partition; order is (instant, client), so it never depends on when something was added."""

    def __init__(self) -> None:
        self.due: dict[bytes, Instant] = {}
        """Of every client, NEVER included."""
        self._heap: list[tuple[Instant, bytes]] = []

    def set(self, key: bytes, instant: Instant) -> None:
        """`key` is next due at `instant`; an earlier entry for it no longer counts."""
        if self.due.get(key) != instant:
            self.due[key] = instant
            if instant != NEVER:
                heappush(self._heap, (instant, key))
                if len(self._heap) > _STALE_MIN + 2 * len(self.due):
                    self.rebuild()

    def drop(self, key: bytes) -> None:
        """Forget the client."""
        self.due.pop(key, None)

    def load(self, due: dict[bytes, Instant]) -> None:
        """Replace everything, in bulk."""
        self.due = due
        self.rebuild()

    def rebuild(self) -> None:
        """Make the heap anew from `due`, which may have been changed in bulk."""
        self._heap = [(instant, key) for key, instant in self.due.items() if instant != NEVER]
        heapify(self._heap)

    def first(self) -> tuple[Instant, bytes] | None:
        """The earliest (instant, client), or None."""
        heap, due = self._heap, self.due
        while heap:
            instant, key = heap[0]
            if due.get(key) == instant:
                return heap[0]
            heappop(heap)
        return None

    def count(self, until: Instant, most: int) -> int:
        """How many clients are due at or before `until`, counted up to `most`; what a heap's order rules out is not
        looked at."""
        heap, due, counted, look = self._heap, self.due, 0, [0]
        while look and counted < most:
            place = look.pop()
            if place < len(heap) and heap[place][0] <= until:
                instant, key = heap[place]
                counted += due.get(key) == instant
                look += (2 * place + 1, 2 * place + 2)
        return counted

    def pop(self, until: Instant, most: int) -> list[tuple[Instant, bytes]]:
        """Take at most `most` clients due at or before `until`, in order; each must be `set` again."""
        taken: list[tuple[Instant, bytes]] = []
        while len(taken) < most and (first := self.first()) is not None and first[0] <= until:
            taken.append(heappop(self._heap))
            self.due[first[1]] = NEVER
        return taken

    def pop_through(self, through: tuple[Instant, bytes]) -> list[tuple[Instant, bytes]]:
        """Take every client up to and including `through`, in order: the choice that a journaled chunk of time made."""
        taken: list[tuple[Instant, bytes]] = []
        while (first := self.first()) is not None and first <= through:
            taken.append(heappop(self._heap))
            self.due[first[1]] = NEVER
        return taken
