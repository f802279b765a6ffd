"""What the engine asks of the consumer, and a partition of the engine."""

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


class Consuming(Protocol):
    """The transport's consumer, as far as the engine needs it."""

    def end_seen(self, topic: str, partition: int) -> int | None:
        """The end of a partition as the last fetch saw it."""
        ...

    async def position_of(self, topic: str, partition: int) -> int | None:
        """The next offset that the consumer will give."""
        ...

    def set_room(self, topic: str, partition: int, full: bool) -> None:
        """Fetch no more of this partition for now, or again."""
        ...

    def group_answers(self) -> bool:
        """Whether the broker that coordinates the group answered when it was last asked."""
        ...
