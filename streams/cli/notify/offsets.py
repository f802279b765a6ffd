"""How far everybody was told: of each partition the offset below which every record is settled."""

from collections.abc import Callable
from typing import Generic, TypeVar

Partition = TypeVar("Partition")


class Offsets(Generic[Partition]):
    """Counts what is under way; give records of a partition in order."""

    def __init__(self) -> None:
        self._open: dict[Partition, dict[int, int]] = {}
        self._next: dict[Partition, int] = {}
        self.under_way = 0

    def begin(self, partition: Partition, offset: int, parts: int) -> Callable[[], None]:
        """Takes a record that `parts` endpoints must settle; each calls what is returned once."""
        self._next[partition] = offset + 1
        if not parts:
            return lambda: None
        still_open = self._open.setdefault(partition, {})
        still_open[offset] = parts
        self.under_way += 1

        def settled() -> None:
            if offset not in still_open:
                return  # the partition was taken away meanwhile
            still_open[offset] -= 1
            if not still_open[offset]:
                del still_open[offset]
                self.under_way -= 1

        return settled

    def settled(self) -> dict[Partition, int]:
        """Of each partition the next offset to read after a restart."""
        return {partition: min(self._open.get(partition) or [following]) for partition, following in self._next.items()}

    def forget(self, partitions: list[Partition]) -> None:
        """These partitions are another's now."""
        for partition in partitions:
            still_open = self._open.pop(partition, {})
            self.under_way -= len(still_open)
            still_open.clear()
            self._next.pop(partition, None)
