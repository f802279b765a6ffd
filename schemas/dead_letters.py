"""Dead letters: why a record does not count, and the record that says so.

The rejected record's key and value go to the topic `dead-letters` byte for byte; headers carry the reason under the
names of KIP-1034, so that tools made for Kafka Streams read them, and under names of our own for the field and an id.
"""

from typing import Final

from schemas.catalogue import DEAD_LETTERS
from schemas.records import Header, Output, Rejected, Source

INVALID_JSON: Final = "invalid_json"
NOT_AN_OBJECT: Final = "not_an_object"
UNKNOWN_TYPE: Final = "unknown_type"
WRONG_TOPIC: Final = "wrong_topic"
MISSING_FIELD: Final = "missing_field"
INVALID_FIELD: Final = "invalid_field"
RECORD_TOO_LARGE: Final = "record_too_large"
EMPTY_VALUE: Final = "empty_value"
KEY_MISSING: Final = "key_missing"
KEY_INVALID: Final = "key_invalid"
KEY_MISMATCH: Final = "key_mismatch"
FUTURE_DATED: Final = "future_dated"
TOO_LATE: Final = "too_late"
MONTH_CLOSED: Final = "month_closed"
RATE_MISSING: Final = "rate_missing"
CONFLICTING_REVISION: Final = "conflicting_revision"
PARTNER_MISSING: Final = "partner_missing"
BEFORE_OPENING: Final = "before_opening"
NOT_AUTHORISED: Final = "not_authorised"
MISROUTED: Final = "misrouted"
LIMIT_EXCEEDED: Final = "limit_exceeded"
NOT_A_BROADCAST: Final = "not_a_broadcast"
POLICY_INVALID: Final = "policy_invalid"

REASONS: Final[dict[str, str]] = {
    INVALID_JSON: "The value is not JSON in UTF-8.",
    NOT_AN_OBJECT: "The value is JSON, but not one object.",
    UNKNOWN_TYPE: "The field `type` names no event of the contract.",
    WRONG_TOPIC: "The event belongs to another topic.",
    MISSING_FIELD: "A field that the event needs is missing.",
    INVALID_FIELD: "A field has a form or a value that the contract does not allow.",
    RECORD_TOO_LARGE: "The value is over 64 KiB.",
    EMPTY_VALUE: "The record has no value; a fact is withdrawn by `voided`, not by a tombstone.",
    KEY_MISSING: "The record has no key; the key is the client id.",
    KEY_INVALID: "The key is not 1 to 64 printable characters in UTF-8.",
    KEY_MISMATCH: "The key is not the `client_id` of the value.",
    FUTURE_DATED: "The fact is dated further ahead of its arrival than the policy allows.",
    TOO_LATE: "The fact is older than the window and the time a correction may take.",
    MONTH_CLOSED: "The month of the sale closed longer ago than a correction may take.",
    RATE_MISSING: "The amount is in another currency than the policy's and no `rate` says how to convert it.",
    CONFLICTING_REVISION: "The same id and revision came before with another content.",
    PARTNER_MISSING: "What this record is about, a payment or shipment or decision, never came.",
    BEFORE_OPENING: "The fact is dated before the client's opening balances, which contain it.",
    NOT_AUTHORISED: "The signature is missing, wrong, or of a key without the role this needs.",
    MISROUTED: "The record lies in a partition that its key does not belong to, again after it was sent on once.",
    LIMIT_EXCEEDED: "The client has as many facts as the policy allows.",
    NOT_A_BROADCAST: "The event concerns every client and has no key; under a client's key it is no broadcast.",
    POLICY_INVALID: "The policy in the record does not validate.",
}
"""Every reason and what it means, in one sentence."""

EXCEPTION_HEADER: Final = "__streams.errors.exception"
MESSAGE_HEADER: Final = "__streams.errors.message"
TOPIC_HEADER: Final = "__streams.errors.topic"
PARTITION_HEADER: Final = "__streams.errors.partition"
OFFSET_HEADER: Final = "__streams.errors.offset"
REASON_HEADER: Final = "stoplist-reason"
FIELD_HEADER: Final = "stoplist-field"
ID_HEADER: Final = "stoplist-id"


def rejection_headers(topic: str, partition: int, offset: int, why: Rejected) -> list[Header]:
    """Headers of the dead letter of the record at `topic`/`partition`/`offset`; by `stoplist-id` readers drop repeats.

    Raises KeyError for a reason that the contract does not list.
    """
    message = f"{REASONS[why.reason]} {why.remedy}".strip()
    headers: list[Header] = [
        (EXCEPTION_HEADER, why.reason.encode()),
        (MESSAGE_HEADER, message.encode("utf-8", "replace")),
        (TOPIC_HEADER, topic.encode()),
        (PARTITION_HEADER, b"%d" % partition),
        (OFFSET_HEADER, b"%d" % offset),
        (REASON_HEADER, why.reason.encode()),
    ]
    if why.field is not None:
        headers.append((FIELD_HEADER, why.field.encode("utf-8", "replace")))
    headers.append((ID_HEADER, f"{topic}/{partition}/{offset}".encode()))
    return headers


def rejected_output(source: Source, why: Rejected) -> Output:
    """The dead letter of `source`: key and value unchanged, headers by `rejection_headers`."""
    headers = rejection_headers(source.topic, source.partition, source.offset, why)
    return Output(DEAD_LETTERS, source.key, source.value, headers)
