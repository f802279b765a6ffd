"""Every topic: what it holds, who writes it, its key and its settings.

All topics have one partition count, and the p-th partitions of all of them belong together: a client's inputs,
outputs, journal and snapshots lie under one number, that of its id's murmur2 hash (the default of the Java client,
kafka-python and aiokafka).
"""

from enum import StrEnum
from typing import Final, NamedTuple

PARTITIONS_DEFAULT: Final = 12
RECORD_BYTES_MAX: Final = 64 * 1024
"""The largest value of an input."""

PAYMENTS: Final = "payments"
SHIPMENTS: Final = "shipments"
SALES: Final = "sales"
CLIENTS: Final = "clients"
JUDGEMENTS: Final = "judgements"
POLICIES: Final = "policies"
SHIPMENT_BLOCKS: Final = "shipment-blocks"
SHIPMENT_DECISIONS: Final = "shipment-decisions"
SHIPMENT_ALERTS: Final = "shipment-alerts"
CATEGORY_CHANGES: Final = "category-changes"
CLIENT_STATUS: Final = "client-status"
DEAD_LETTERS: Final = "dead-letters"
JOURNAL: Final = "stoplist-journal"
SNAPSHOTS: Final = "stoplist-clients"
TURNOVER: Final = "stoplist-turnover"
IMPORTANCE: Final = "stoplist-importance"
SCOPES_JOURNAL: Final = "stoplist-scopes-journal"
SCOPES: Final = "stoplist-scopes"

_HOUR_MS: Final = 60 * 60 * 1000
_LONG_MS: Final = 1_100 * 24 * _HOUR_MS  # three years: the window and a correction twice over
_FOR_EVER: Final = -1
_MIB: Final = 1 << 20
_BATCH_BYTES: Final = _MIB + 12  # Kafka's own default; a batch holds many records
_INT64_MAX: Final = 2**63 - 1


class Role(StrEnum):
    """Which way a topic faces."""

    INPUT = "input"
    OUTPUT = "output"
    INTERNAL = "internal"


class Topic(NamedTuple):
    """One topic and its settings."""

    name: str
    role: Role
    writer: str
    holds: str
    """One sentence: what its records say."""
    key: str
    types: tuple[str, ...]
    """The event types of its values; empty where a record is no event of the contract."""
    cleanup_policy: str = "delete"
    retention_ms: int = _LONG_MS
    """-1: for ever."""
    max_message_bytes: int = _BATCH_BYTES
    min_compaction_lag_ms: int = 0
    segment_bytes: int = 1 << 30
    between_folds: bool = False
    """Written by one fold of ours and read by another: as much an input as those from outside."""

    @property
    def is_folded(self) -> bool:
        """Whether a worker folds its records, so that their time counts."""
        return self.role is Role.INPUT or self.between_folds

    def config(self, *, simulated_time: bool = False, replication_factor: int = 1) -> dict[str, str]:
        """The topic's settings by Kafka's names, all values as text.

        With `simulated_time` what is folded keeps its records' own timestamps (however old or ahead) and all records;
        otherwise, and for every other topic, the broker's clock gives the timestamp.
        """
        own_time = simulated_time and self.is_folded
        settings = {
            "cleanup.policy": self.cleanup_policy,
            "message.timestamp.type": "CreateTime" if own_time else "LogAppendTime",
            "retention.ms": str(_FOR_EVER if own_time else self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            "segment.bytes": str(self.segment_bytes),
            "min.insync.replicas": str(max(1, replication_factor - 1)),
        }
        if self.cleanup_policy == "compact":
            settings["min.compaction.lag.ms"] = str(self.min_compaction_lag_ms)
        if own_time:
            settings["message.timestamp.after.max.ms"] = str(_INT64_MAX)
            settings["message.timestamp.before.max.ms"] = str(_INT64_MAX)
        return settings


def _compacted(
    name: str, role: Role, holds: str, key: str, types: tuple[str, ...], max_message_bytes: int = _BATCH_BYTES
) -> Topic:
    """A topic whose last record of each key is the truth.

    The lag of an hour lets a late record of a former owner be repaired before it can replace the newer one; small
    segments let compaction keep a recovery short.
    """
    return Topic(
        name, role, "stoplist", holds, key, types, "compact", _FOR_EVER, max_message_bytes, _HOUR_MS, 64 * _MIB
    )


_CLIENT: Final = "client id"

TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        PAYMENTS,
        Role.INPUT,
        "accounting",
        "Money received and reversed, and how far accounting has posted.",
        "client id; none for payments.completed, which is written to every partition",
        ("payment.received", "payment.reversed", "payments.completed"),
    ),
    Topic(
        SHIPMENTS,
        Role.INPUT,
        "warehouse and sales desk",
        "Goods requested, cancelled, dispatched and returned.",
        _CLIENT,
        ("shipment.requested", "shipment.cancelled", "shipment.dispatched", "goods.returned"),
    ),
    Topic(
        SALES,
        Role.INPUT,
        "sales system",
        "Sales and returns of sales, which make the turnover, and what clients have sold of our goods.",
        _CLIENT,
        ("sale.recorded", "sale.returned", "sell_through.reported"),
    ),
    Topic(
        CLIENTS,
        Role.INPUT,
        "CRM and accounting",
        "Who the clients are, their documents, outlets and obligations, and their balances before the system.",
        _CLIENT,
        (
            "client.registered",
            "client.opened",
            "client.closed",
            "document.signed",
            "document.ended",
            "outlet.opened",
            "outlet.closed",
            "obligation.rescheduled",
            "obligation.disputed",
            "obligation.resolved",
            "obligation.written_off",
        ),
    ),
    Topic(
        JUDGEMENTS,
        Role.INPUT,
        "people, by stoplist",
        "Signed decisions of people.",
        _CLIENT,
        (
            "conduct.recorded",
            "conduct.cleared",
            "override.granted",
            "override.revoked",
            "credit_limit.set",
            "first_deal.decided",
        ),
        retention_ms=_FOR_EVER,
    ),
    Topic(
        POLICIES,
        Role.INPUT,
        "stoplist",
        "The numbers of the rules, the whole policy at every activation.",
        "none: written to every partition",
        ("policy.activated",),
        retention_ms=_FOR_EVER,
    ),
    _compacted(
        SHIPMENT_BLOCKS,
        Role.OUTPUT,
        "Whether a client may be shipped to, and why not; the last record of a client is the truth.",
        _CLIENT,
        ("shipment.blocked", "shipment.released"),
    ),
    Topic(
        SHIPMENT_DECISIONS,
        Role.OUTPUT,
        "stoplist",
        "Whether a requested shipment may leave, and what becomes of an approval.",
        _CLIENT,
        ("shipment.approved", "shipment.refused", "shipment.approval_expired", "shipment.approval_withdrawn"),
    ),
    Topic(
        SHIPMENT_ALERTS,
        Role.OUTPUT,
        "stoplist",
        "Goods that left while the client was blocked, or that nobody had approved.",
        _CLIENT,
        ("shipment.shipped_while_blocked", "shipment.shipped_without_approval"),
    ),
    Topic(
        CATEGORY_CHANGES,
        Role.OUTPUT,
        "stoplist",
        "Every move of a client from one category to another.",
        _CLIENT,
        ("category.changed",),
    ),
    _compacted(
        CLIENT_STATUS,
        Role.OUTPUT,
        "All that is known of a client after a change; the last record of a client is the truth.",
        _CLIENT,
        ("client.status",),
    ),
    Topic(
        DEAD_LETTERS,
        Role.OUTPUT,
        "stoplist",
        "Records that do not count, bytes as they came; headers say why and from where.",
        "that of the rejected record",
        (),
        max_message_bytes=2 * _MIB,  # a rejected record may be as large as its topic allows, and gains headers
    ),
    Topic(
        JOURNAL,
        Role.INTERNAL,
        "stoplist",
        "What was folded, in which order and at which instant; cut by its owner only.",
        "none",
        (),
        retention_ms=_FOR_EVER,
    ),
    _compacted(
        SNAPSHOTS,
        Role.INTERNAL,
        "The state of each client at a chunk of the journal.",
        "client id and owner",
        (),
        16 * _MIB,
    ),
    Topic(
        TURNOVER,
        Role.INTERNAL,
        "stoplist",
        "A client's turnover by month in one direction or territory, at every change.",
        "scope, like direction/watches",
        (),
        between_folds=True,
    ),
    Topic(
        IMPORTANCE,
        Role.INTERNAL,
        "stoplist",
        "A client's importance in one direction or territory, at every change, and the sale that moved it.",
        _CLIENT,
        (),
        between_folds=True,
    ),
    Topic(
        SCOPES_JOURNAL,
        Role.INTERNAL,
        "stoplist",
        "What the fold of scopes folded, as the journal of clients says it of clients.",
        "none",
        (),
        retention_ms=_FOR_EVER,
    ),
    _compacted(
        SCOPES,
        Role.INTERNAL,
        "The clients of each direction and territory at a chunk of its journal.",
        "scope and owner",
        (),
        16 * _MIB,
    ),
)
"""Every topic of the system, inputs first."""

BY_NAME: Final[dict[str, Topic]] = {topic.name: topic for topic in TOPICS}
INPUTS: Final[tuple[str, ...]] = tuple(topic.name for topic in TOPICS if topic.role is Role.INPUT)
OUTPUTS: Final[tuple[str, ...]] = tuple(topic.name for topic in TOPICS if topic.role is Role.OUTPUT)
BROADCASTS: Final[tuple[str, ...]] = ("payments.completed", "policy.activated")
"""Event types without a client: no key, written to every partition."""
TOPIC_OF_TYPE: Final[dict[str, str]] = {kind: topic.name for topic in TOPICS for kind in topic.types}
