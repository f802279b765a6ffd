"""Every reason to refuse a start, with its remedy; and which of them `--accept-loss` overrules."""

import time
from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiokafka import TopicPartition

from schemas.records import Instant
from streams.engine import journal
from streams.engine.failures import Refusal
from streams.engine.fold import Fold
from streams.engine.journal import Position
from streams.engine.journal_reading import JournalReading
from streams.engine.reading import Reader
from streams.engine.settings import EngineSettings

log = structlog.get_logger(__name__)

_ACCEPT: Final = "or start once with --accept-loss, which every output then says"
LOG_APPEND_TIME: Final = 1


def topics(settings: EngineSettings, counts: dict[str, int]) -> int:
    """The partition count of all topics. Raises Refusal when one is missing or they differ."""
    missing = sorted(topic for topic, count in counts.items() if not count)
    if missing:
        raise Refusal("topic_missing", f"there is no topic {', '.join(missing)}", "run `stoplist topics create`")
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{topic} {count}" for topic, count in sorted(counts.items()))
        raise Refusal(
            "partitions_differ",
            f"the topics have different numbers of partitions ({listed})",
            "create them anew with one count: partition p of all of them belongs together",
        )
    return counts[settings.journal_topic]


def partitions_unchanged(partition: int, partitions: int, previous: journal.Owner | None) -> None:
    """Raises Refusal when `previous`, the owner who worked here last, knew another number of partitions."""
    if previous is not None and previous.partitions != partitions:
        raise Refusal(
            "partitions_changed",
            f"the topics had {previous.partitions} partitions and now have {partitions}, so keys moved",
            "restore the old count: create new topics and import the history into them",
        )


def wall() -> Instant:
    """This machine's clock."""
    return time.time_ns() // 1_000_000


def clock(settings: EngineSettings, asked_at: Instant, stamped: Instant | None) -> None:
    """Raises Refusal when our clock and the broker's are too far apart.

    `asked_at`: when we sent the owner record; `stamped`: its append time. A process that was stopped in between, or
    since, has seen the time pass and its clock is right: only what lies outside of that time counts.
    """
    if settings.simulated_time:
        return
    if stamped is None:
        log.warning("journal_without_append_time", topic=settings.journal_topic)
        return
    skew_ms = asked_at - stamped if asked_at > stamped else min(0, wall() - stamped)
    if abs(skew_ms) > settings.clock_skew_max_ms:
        raise Refusal(
            "clock",
            f"this machine's clock is {skew_ms / 1000:.0f} s from the broker's",
            f"set it: at most {settings.clock_skew_max_ms / 1000:.0f} s are allowed",
        )


def timestamp_type(settings: EngineSettings, record: Any) -> None:
    """Raises Refusal when an input keeps its senders' timestamps and nobody said that this is wanted."""
    if record.timestamp_type != LOG_APPEND_TIME and not settings.simulated_time:
        raise Refusal(
            "simulated_topic",
            f"topic {record.topic} keeps its senders' timestamps (CreateTime)",
            "start with --simulated-time, or create it with message.timestamp.type=LogAppendTime",
        )


def _loss(settings: EngineSettings, code: str, reason: str, remedy: str) -> bool:
    """Refuse, or go on when told to."""
    refusal = Refusal(code, reason, f"{remedy}, {_ACCEPT}", loss=True)
    if not settings.accept_loss:
        raise refusal
    log.warning("loss_accepted", code=code, reason=reason)
    return True


def journal_present(
    settings: EngineSettings, partition: int, reading: JournalReading, committed: dict[str, int]
) -> bool:
    """Whether a lost journal was accepted. Raises Refusal when the group has committed offsets and it has nothing.

    Owner records do not count: every refused start leaves one.
    """
    applied = {topic: offset for topic, offset in committed.items() if offset > 0}
    if reading.last > 0 or reading.checkpoint is not None or not applied:
        return False
    return _loss(
        settings,
        "journal_gone",
        f"group {settings.application_id} has committed offsets of partition {partition}, "
        f"but {settings.journal_topic} is empty",
        "restore the journal",
    )


def snapshots_explained(settings: EngineSettings, partition: int, reading: JournalReading, chunk_max: int) -> bool:
    """Whether snapshots ahead of the journal were accepted. Raises Refusal."""
    return _loss(
        settings,
        "snapshot_ahead",
        f"a snapshot of partition {partition} is of chunk {chunk_max}, the journal ends at {reading.last}",
        "one of the two was restored or created anew: restore both from one time",
    )


def other_rules(fold: Fold[Any, Any], reading: JournalReading) -> set[str]:
    """The rules versions, not ours, that made chunks which must be folded again."""
    return {entry.rules_version for entry in reading.chunks.values()} - {fold.rules_version}


def rules(settings: EngineSettings, fold: Fold[Any, Any], partition: int, reading: JournalReading) -> None:
    """Raises Refusal when chunks to be folded again were made by other rules: their outputs are out already."""
    others = other_rules(fold, reading)
    if others and not settings.accept_new_rules:
        raise Refusal(
            "rules_version",
            f"chunks of partition {partition} must be folded again and were made by rules {', '.join(sorted(others))}",
            "start and stop that version once, or --accept-new-rules, which publishes every such client anew",
        )


async def inputs(
    reader: Reader, settings: EngineSettings, partition: int, reading: JournalReading
) -> tuple[dict[str, Position], dict[str, int], bool]:
    """Positions to go on from, the first offsets still there, and whether a loss was accepted.

    Raises Refusal when inputs no longer reach back to the checkpoint or a topic was created anew.
    """
    tps = [TopicPartition(topic, partition) for topic in settings.input_topics]
    begins, ends = await reader.bounds(tps)
    needed = {} if reading.checkpoint is None else reading.checkpoint.positions
    lost = False
    positions: dict[str, Position] = {}
    for tp in tps:
        position = reading.positions.get(tp.topic)
        begin, end = begins[tp], ends[tp]
        start = needed[tp.topic].next if tp.topic in needed else _first(reading, tp.topic)
        if position is None:
            positions[tp.topic] = Position(begin, 0)
        elif end < position.next or not await _same_record(reader, tp, begin, position):
            reason = f"topic {tp.topic} was created anew: {position.next} records were applied, it ends at {end}"
            lost = _loss(settings, "topic_recreated", reason, "restore the topic") or lost
            positions[tp.topic] = Position(begin, 0)
        elif start is not None and begin > start:
            reason = f"records {start} to {begin - 1} of {tp.topic}/{partition} are needed again and gone"
            lost = _loss(settings, "inputs_gone", reason, "restore them") or lost
            positions[tp.topic] = Position(max(begin, position.next), position.timestamp)
        else:
            positions[tp.topic] = position
    return positions, {tp.topic: begin for tp, begin in begins.items()}, lost


def _first(reading: JournalReading, topic: str) -> int | None:
    """The first offset of `topic` in the chunks to be folded again."""
    chunks = [chunk for chunk in reading.chunks.values() if isinstance(chunk, journal.Chunk)]
    return next((span.first for chunk in chunks for span in chunk.ranges if span.topic == topic), None)


async def _same_record(reader: Reader, tp: TopicPartition, begin: int, position: Position) -> bool:
    """Whether the last applied record is still the one that was applied; True when it is no longer kept."""
    last = position.next - 1
    if last < begin:
        return True
    record = await reader.one(tp, last)
    return record is None or record.timestamp == position.timestamp


def required_topics(settings: EngineSettings) -> Sequence[str]:
    """Every topic a worker touches."""
    return (*settings.input_topics, settings.journal_topic, settings.snapshot_topic, *settings.output_topics)
