"""Facts that stay bytes until somebody looks: a record concerns one kind of a client's facts, seldom all of them.

In a large population hardly a client stays decoded between two of its records; making all its facts anew for each was
a third of a worker's time. What nobody looked at is written back as the bytes it came as.
"""

from collections.abc import Callable, ItemsView, Iterator, MutableMapping, ValuesView
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Raw

if TYPE_CHECKING:
    from builtins import dict as Kept
else:

    class Kept:
        """`Kept[str, Sale]`: `dict[str, Sale]` to a type checker, bytes not looked at to the decoder of a snapshot."""

        def __class_getitem__(cls, kinds: tuple[Any, Any]) -> Any:
            return Annotated[Raw, Meta(extra={"kept": dict[kinds]})]


__all__ = ["Appended", "Kept", "kept_facts", "written"]

F = TypeVar("F")
_NOTHING: Final = b"\x80"
"""A map of nothing in MessagePack."""
_BYTES_MAX: Final = 16_384
"""Beyond, to look through the bytes for an id costs more than to decode them once."""
_encode: Final = msgspec.msgpack.Encoder().encode


class Appended(MutableMapping[str, F]):
    """Facts of one kind by id, in the order in which they came: bytes, and beside them what has come since.

    Most facts are booked and never asked for again, and most records bring a new id, which the bytes show by not
    having it in them anywhere. So such a record decodes none of the facts before it. Any other question decodes all.
    """

    __slots__ = ("_absent", "_bytes", "_decode", "_encoded", "_since")

    def __init__(self, kept: Raw | bytes, decode: Callable[[bytes], dict[str, F]]) -> None:
        self._bytes = bytes(kept)
        self._decode = decode
        self._since: dict[str, F] = {}
        self._absent = ""
        """The id that was last looked for in the bytes in vain."""
        self._encoded = False

    def all(self) -> dict[str, F]:
        """Every fact, decoded; changes to it count."""
        if self._bytes != _NOTHING:
            self._since = self._decode(self._bytes) | self._since
            self._bytes, self._absent = _NOTHING, ""
        return self._since

    def written(self) -> bytes:
        """All of them as the one map that would be written had all been decoded."""
        since = _encode(self._since)
        if self._bytes == _NOTHING:
            return since
        count_before, begins = _header(self._bytes)
        count_since, goes_on = _header(since)
        return b"%b%b%b" % (_of_count(count_before + count_since), self._bytes[begins:], since[goes_on:])

    def lasts(self) -> bool:
        """To be asked when the client is encoded: whether it was before, and has stayed decoded since."""
        before, self._encoded = self._encoded, True
        return before

    def get(self, name: str, default: Any = None) -> Any:
        found = self._since.get(name)
        if found is not None:
            return found
        if name.encode() in self._bytes:
            return self.all().get(name, default)
        self._absent = name
        return default

    def __getitem__(self, name: str) -> F:
        try:
            return self._since[name]
        except KeyError:
            return self.all()[name]

    def __setitem__(self, name: str, fact: F) -> None:
        if name is not self._absent:
            self.get(name)  # where the bytes hold it, it is decoded and keeps its place
        self._since[name] = fact

    def __delitem__(self, name: str) -> None:
        del self.all()[name]

    def __contains__(self, name: object) -> bool:
        return self.get(str(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def __len__(self) -> int:
        return _header(self._bytes)[0] + len(self._since)

    def items(self) -> ItemsView[str, F]:
        return self.all().items()

    def values(self) -> ValuesView[F]:
        return self.all().values()

    def __eq__(self, other: object) -> bool:
        return self.all() == (other.all() if isinstance(other, Appended) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.all())


def kept_facts(kept: Raw, decode: Callable[[bytes], dict[str, F]]) -> MutableMapping[str, F]:
    """The facts in these bytes, decoded at once where there are many."""
    return Appended(kept, decode) if memoryview(kept).nbytes <= _BYTES_MAX else decode(kept)


def written(kept: Any) -> Raw:
    """For an encoder's `enc_hook`. Raises NotImplementedError for anything else."""
    if isinstance(kept, Appended):
        return Raw(kept.written())
    raise NotImplementedError(f"{type(kept).__name__} has no bytes")


def _header(data: bytes) -> tuple[int, int]:
    """(how many entries a map of MessagePack has, where the first begins)."""
    first = data[0]
    if first & 0xF0 == 0x80:
        return first & 0x0F, 1
    length = {0xDE: 2, 0xDF: 4}[first]
    return int.from_bytes(data[1 : 1 + length], "big"), 1 + length


def _of_count(count: int) -> bytes:
    """The beginning of a map of so many entries, in the shortest form, as msgspec writes it."""
    if count < 16:
        return bytes((0x80 | count,))
    if count < 1 << 16:
        return b"\xde" + count.to_bytes(2, "big")
    return b"\xdf" + count.to_bytes(4, "big")
