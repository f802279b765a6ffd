"""Facts that stay bytes until somebody looks: a record concerns one kind of a client's facts, seldom all of them.

In a large population hardly a client stays decoded between two of its records; making all its facts anew for each was
a third of a worker's time. What nobody looked at is written back as the bytes it came as.
"""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Raw

if TYPE_CHECKING:
    from builtins import dict as Kept
else:

    class Kept:
        """`Kept[str, Sale]`: `dict[str, Sale]` to a type checker, bytes not looked at to the decoder of a snapshot."""

        def __class_getitem__(cls, kinds: tuple[Any, Any]) -> Any:
            return Annotated[Raw, Meta(extra={"kept": dict[kinds]})]


__all__ = ["Kept"]
