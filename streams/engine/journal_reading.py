"""Reading the journal by rules 1-3: pure, so that every reader accepts the same records for ever."""

import msgspec

from streams.engine import journal
from streams.engine.failures import Refusal
from streams.engine.journal import Checkpoint, Chunk, Entry, Owner, Position


class JournalReading:
    """Feed it every record of one journal partition from its start on; then ask what is accepted.

    Rule 2: a chunk or checkpoint counts if and only if its `owner` is the offset of the nearest owner record before
    it. Only chunks after the best checkpoint are kept, so a long journal needs little memory.
    """

    def __init__(self, partition: int, accept_loss: bool = False) -> None:
        self.partition = partition
        self.accept_loss = accept_loss
        self.owner: int | None = None
        self.owner_record: Owner | None = None
        self.worked: Owner | None = None
        """The owner record under which the last chunk or checkpoint was accepted: a start that is refused has none."""
        self.owners: list[int] = []
        """Offsets of the owner records, in order."""
        self._owner_records: dict[int, Owner] = {}
        self.checkpoint: Checkpoint | None = None
        """k of rule 5: the accepted one with the highest chunk."""
        self.checkpoint_offset = -1
        self.chunks: dict[int, Entry] = {}
        """Accepted chunks after the checkpoint, by number, in order."""
        self.last = 0
        """N of rule 5."""
        self.ignored = 0
        """Void records seen (rule 2)."""
        self.positions: dict[str, Position] = {}
        """Next offset of every topic after chunk N."""

    def feed(self, offset: int, value: bytes | None) -> None:
        """Take the next record. Raises Refusal when the journal cannot be read from where it starts."""
        record = self._decode(offset, value)
        if isinstance(record, Owner):
            self.owner, self.owner_record = offset, record
            self.owners.append(offset)
            self._owner_records[offset] = record
        elif self.owner is None:
            if not self.accept_loss:  # rule 3: a reader starts at an owner record
                raise Refusal(
                    "journal_cut",
                    f"the journal of partition {self.partition} starts at offset {offset} in between two owner records",
                    "somebody shortened it: restore it, or start once with --accept-loss",
                    loss=True,
                )
        elif record.owner != self.owner:
            self.ignored += 1
        else:
            self.worked = self.owner_record
            if isinstance(record, Checkpoint):
                self._accept_checkpoint(offset, record)
            else:
                self._accept_chunk(record)

    def _decode(self, offset: int, value: bytes | None) -> journal.Record:
        try:
            record: journal.Record = journal.decode(value or b"")
            return record
        except msgspec.MsgspecError as error:
            raise Refusal(
                "journal_unreadable",
                f"record {offset} of the journal of partition {self.partition} is not one of ours ({error})",
                "a newer version wrote it: start that version",
            ) from error

    def _accept_checkpoint(self, offset: int, record: Checkpoint) -> None:
        if self.checkpoint is None or record.c >= self.checkpoint.c:
            self.checkpoint, self.checkpoint_offset = record, offset
            for n in [n for n in self.chunks if n <= record.c]:
                del self.chunks[n]
            self.last = max(self.last, record.c)
            self.positions = {**record.positions, **self._advanced()}

    def ended(self) -> None:
        """Everything was fed. Raises Refusal when chunks before the first kept one are in no checkpoint either."""
        first = next(iter(self.chunks), self.completed_through + 1)
        if first != self.completed_through + 1 and not self.accept_loss:
            self._gap(self.completed_through, first)

    def _gap(self, before: int, after: int) -> None:
        raise Refusal(
            "journal_gap",
            f"the journal of partition {self.partition} goes from chunk {before} to {after}",
            "records of it are gone: restore it, or start once with --accept-loss",
            loss=True,
        )

    def _advanced(self) -> dict[str, Position]:
        return {
            span.topic: Position(span.last + 1, span.timestamp)
            for chunk in self.chunks.values()
            if isinstance(chunk, Chunk)
            for span in chunk.ranges
        }

    def _accept_chunk(self, record: Entry) -> None:
        if record.n != self.last + 1 and (self.chunks or self.checkpoint is not None) and not self.accept_loss:
            self._gap(self.last, record.n)
        self.chunks[record.n] = record
        self.last = record.n
        if isinstance(record, Chunk):
            for span in record.ranges:
                self.positions[span.topic] = Position(span.last + 1, span.timestamp)

    @property
    def completed_through(self) -> int:
        """c of rule 7: snapshots hold everything up to this chunk."""
        return self.checkpoint.c if self.checkpoint is not None else 0

    def doubled(self, since: int) -> bool:
        """Whether another process under the last owner's instance id has taken the partition after offset `since`."""
        ours = self.owner_record
        assert ours is not None
        return any(
            offset > since and record.instance == ours.instance and record.process != ours.process
            for offset, record in self._owner_records.items()
        )

    def cut_before(self) -> int | None:
        """The offset in front of which the journal may be cut: the newest owner record older than the checkpoint."""
        older = [offset for offset in self.owners if offset < self.checkpoint_offset]
        return older[-1] if older else None
