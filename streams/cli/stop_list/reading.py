"""What the topics say of the stop list and of a day, read once from beginning to end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from schemas.catalogue import (
    CATEGORY_CHANGES,
    CLIENT_STATUS,
    CLIENTS,
    SHIPMENT_ALERTS,
    SHIPMENT_BLOCKS,
    SHIPMENT_DECISIONS,
)
from schemas.envelope import SequenceFilter
from streams.cli.connection import consumer
from streams.cli.state_reading import records


class Stopped(NamedTuple):
    """One client that may not be shipped to."""

    client_id: str
    name: str
    since: str
    """RFC 3339: when the oldest of its active conditions began."""
    block: dict[str, Any]
    """`shipment.blocked` as published."""
    status: dict[str, Any]
    """Its latest `client.status`; empty when there is none."""


class Day(NamedTuple):
    """What was published with effect on one day, in order of time."""

    blocked: list[dict[str, Any]]
    released: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    names: dict[str, str]


def stopped(bootstrap: str) -> list[Stopped]:
    """Everybody on the stop list by name; raises Failure when the broker does not answer or a topic is missing."""
    blocks = _latest(bootstrap, SHIPMENT_BLOCKS)
    statuses, names = _latest(bootstrap, CLIENT_STATUS), names_of(bootstrap)
    found = [
        Stopped(
            client_id,
            names.get(client_id, ""),
            min((condition["since"] for condition in block.get("conditions", ())), default=block["effective_at"]),
            block,
            statuses.get(client_id, {}),
        )
        for client_id, block in blocks.items()
        if block["type"] == "shipment.blocked"
    ]
    return sorted(found, key=lambda one: (one.name.casefold() or one.client_id, one.client_id))


def day_of(bootstrap: str, day: str, zone: ZoneInfo) -> Day:
    """What took effect on `day` (ISO) in the company's zone.

    `shipment-blocks` keeps the last record of a client for long, earlier ones only for a while: of a day long past it
    shows the clients that nothing happened to since.
    """

    def on(topic: str, *types: str) -> list[dict[str, Any]]:
        events = [event for event in _events(bootstrap, topic) if not types or event["type"] in types]
        return sorted((event for event in events if _day(event, zone) == day), key=lambda one: one["effective_at"])

    blocks = on(SHIPMENT_BLOCKS)
    return Day(
        [event for event in blocks if event["type"] == "shipment.blocked" and event.get("opened")],
        [event for event in blocks if event["type"] == "shipment.released"],
        on(SHIPMENT_DECISIONS, "shipment.refused"),
        on(SHIPMENT_ALERTS),
        on(CATEGORY_CHANGES),
        names_of(bootstrap),
    )


def names_of(bootstrap: str) -> dict[str, str]:
    """What clients are called, as the highest revision of `client.registered` says."""
    names: dict[str, tuple[int, str]] = {}
    for event in _values(bootstrap, CLIENTS):
        if event.get("type") == "client.registered" and isinstance(event.get("name"), str):
            client_id, revision = str(event.get("client_id")), event.get("revision", 1)
            if isinstance(revision, int) and revision >= names.get(client_id, (0, ""))[0]:
                names[client_id] = revision, event["name"]
    return {client_id: name for client_id, (_, name) in names.items()}


def _day(event: dict[str, Any], zone: ZoneInfo) -> str:
    return datetime.fromisoformat(event["effective_at"]).astimezone(zone).date().isoformat()


def _latest(bootstrap: str, topic: str) -> dict[str, dict[str, Any]]:
    """Of each client the event with the highest sequence; a status repeats the sequence of the change it shows."""
    found: dict[str, dict[str, Any]] = {}
    for event in _values(bootstrap, topic):
        if _is_output(event):
            before = found.get(event["client_id"])
            if before is None or event["sequence"] >= before["sequence"]:
                found[event["client_id"]] = event
    return found


def _events(bootstrap: str, topic: str) -> Iterator[dict[str, Any]]:
    """Each event once."""
    fresh = SequenceFilter()
    for event in _values(bootstrap, topic):
        if _is_output(event) and fresh.passes(topic, event["client_id"], event["sequence"]):
            yield event


def _is_output(event: dict[str, Any]) -> bool:
    forms = (("client_id", str), ("sequence", int), ("type", str), ("effective_at", str))
    return all(isinstance(event.get(name), form) for name, form in forms)


def _values(bootstrap: str, topic: str) -> Iterator[dict[str, Any]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with consumer(bootstrap, auto_offset_reset="earliest", max_poll_records=5_000) as reader:
        for record in records(reader, topic):
            try:
                yield decode(record.value or b"{}")
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
