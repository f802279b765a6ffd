"""A register that was lost is made again from the topics, which hold every event that was ever sent."""

from typing import Any, Final

import msgspec

from streams.cli.connection import consumer
from streams.cli.imports.register import Register
from streams.cli.imports.sinks import TOPICS
from streams.cli.state_reading import records
from streams.cli.terminal import Progress

_KINDS: Final = (
    "payment.received",
    "payment.reversed",
    "shipment.dispatched",
    "goods.returned",
    "sale.recorded",
    "sale.returned",
)


def restore(register: Register, bootstrap: str) -> int:
    """Notes what the topics hold of the kinds that files bring; returns how many records that were."""
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    count = 0
    with Progress("events of earlier imports read") as progress:
        for topic in TOPICS:
            with consumer(bootstrap, auto_offset_reset="earliest", max_poll_records=5_000) as reader:
                for record in records(reader, topic):
                    progress.advance()
                    try:
                        value = decode(record.value or b"{}")
                    except (msgspec.DecodeError, UnicodeDecodeError):
                        continue
                    if value.get("type") in _KINDS and _has_identity(value):
                        register.take([value])
                        count += 1
    register.commit()
    return count


def _has_identity(value: dict[str, Any]) -> bool:
    named = isinstance(value.get("id"), str) and isinstance(value.get("client_id"), str)
    revision = value.get("revision", 1)
    return named and isinstance(revision, int) and not isinstance(revision, bool)
