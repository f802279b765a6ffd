"""What a partition asks of the consumer."""

from typing import Protocol


class Inputs(Protocol):
    """The input topics, as far as a partition needs them."""

    def ends(self, partition: int) -> dict[str, int | None]:
        """By topic, the end as the last fetch saw it; None: not fetched yet."""
        ...

    async def ends_now(self, partition: int) -> dict[str, int]:
        """By topic, the end as the broker has it now."""
        ...

    async def read_to(self, partition: int, topic: str) -> int | None:
        """How far the consumer has read a topic, records or not."""
        ...

    def room(self, partition: int, topic: str, full: bool) -> None:
        """Fetch no more of this topic for now, or again."""
        ...
