"""What surrounds an output: CloudEvents 1.0 attributes as Kafka headers, its id, and the reader's filter."""

from typing import Final

from schemas.records import Header

SOURCE: Final = "stoplist"


def output_id(client_id: str, sequence: int) -> str:
    """`<client>:<sequence>`: publishing an output again gives the same id."""
    return f"{client_id}:{sequence}"


def split_output_id(text: str) -> tuple[str, int]:
    """Client and sequence of an output's id; raises ValueError when it is none."""
    client_id, colon, digits = text.rpartition(":")
    if not colon or not digits.isdecimal():
        raise ValueError(f"{text!r} is no output id; one reads <client>:<sequence>")
    return client_id, int(digits)


def cloud_event_headers(client_id: str, sequence: int, kind: str, effective_at: str) -> list[Header]:
    """Headers of an output in CloudEvents' binary mode for Kafka; `effective_at` is RFC 3339."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", output_id(client_id, sequence).encode()),
        ("ce_type", kind.encode()),
        ("ce_source", SOURCE.encode()),
        ("ce_time", effective_at.encode()),
        ("ce_subject", client_id.encode()),
        ("content-type", b"application/json"),
    ]


class SequenceFilter:
    """Lets each output of a client pass once: at-least-once delivery becomes exactly-once reading.

    Within a topic a client's sequence only rises, so what is not above the last one seen is a repeat. One number is
    kept for each client and topic read.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}

    def passes(self, topic: str, client_id: str, sequence: int) -> bool:
        """True the first time; call it once for each record read, in the order of the partition."""
        if sequence <= self._last.get((topic, client_id), 0):
            return False
        self._last[topic, client_id] = sequence
        return True
