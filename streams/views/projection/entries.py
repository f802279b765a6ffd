"""From a record of Kafka to what the script stores of it: the event as it is, and where its client stands in lists."""

import sys
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from schemas.catalogue import CLIENT_STATUS, CLIENTS, OUTPUTS, POLICIES, SHIPMENT_BLOCKS
from schemas.records import Source
from streams.views import names
from streams.views.next_change import NextChange


class Entry(NamedTuple):
    """What the script stores of a record."""

    event: bytes
    """As it was published, beside the rest: the script need not take it apart, and Lua hashes every text it gets."""
    about: list[Any]
    """`client-status`: client, sequence, risk group, scores of calls, blocked_tomorrow and largest_overdue (false: not
    in the list), the id as it is searched (false: as it is written). `shipment-blocks`: client, sequence, blocked since
    (false: it is not). Other outputs: client, sequence, shipment id or false. `clients`: client, order, name, its
    words. `policies`: nothing."""


class _Obligation(msgspec.Struct, gc=False):
    due_date: str
    outstanding: str
    judged: bool


class _Categories(msgspec.Struct, gc=False):
    risk_group: int


class _Status(msgspec.Struct, gc=False):
    client_id: str
    sequence: int
    blocked: bool
    categories: _Categories
    open_obligations: list[_Obligation]
    next_change: NextChange | None = None


class _Condition(msgspec.Struct, gc=False):
    since: str
    overrides: list[str] = []


class _Output(msgspec.Struct, gc=False):
    type: str
    client_id: str
    sequence: int
    effective_at: str
    shipment_id: str | None = None
    conditions: list[Any] = []


class _Named(msgspec.Struct, gc=False):
    type: str
    client_id: str
    name: str = ""
    revision: int = 1
    voided: bool = False


_status: Final = msgspec.json.Decoder(_Status).decode
_output: Final = msgspec.json.Decoder(_Output).decode
_named: Final = msgspec.json.Decoder(_Named).decode
_REGISTERED: Final = 2**31
"""A registration's name goes before that of opening balances."""


def entries_of(topic: str, records: Iterable[Source]) -> list[Entry]:
    """What a batch of one partition stores, in order; of several statuses of one client only the newest.

    A record that cannot be read is said on stderr and left out: it must not keep all that comes after it.
    """
    made: list[Entry] = []
    for record in records:
        if record.value is None:
            continue
        try:
            entry = _entry(topic, record.value)
        except (msgspec.DecodeError, ValueError) as error:
            place = f"{topic}/{record.partition}/{record.offset}"
            sys.stderr.write(f"stoplist: {place} cannot be read ({error}); look who writes there\n")
            continue
        if entry is not None:
            made.append(entry)
    return _newest(made) if topic == CLIENT_STATUS else made


def _newest(made: list[Entry]) -> list[Entry]:
    by_client: dict[str, Entry] = {}
    for entry in made:
        client, sequence = entry.about[:2]
        known = by_client.get(client)
        if known is None or known.about[1] < sequence:
            by_client[client] = entry
    return list(by_client.values())


def _entry(topic: str, value: bytes) -> Entry | None:
    if topic == CLIENT_STATUS:
        return _status_entry(value)
    if topic == CLIENTS:
        return _name_entry(value)
    if topic == POLICIES:
        return Entry(value.decode().encode(), [])  # anybody may write there: it must be text
    output = _output(value)
    mark: str | bool = output.shipment_id or False
    if topic == SHIPMENT_BLOCKS:
        mark = _blocked_since(output) if output.type == "shipment.blocked" else False
    return Entry(value, [output.client_id, output.sequence, mark])


def _status_entry(value: bytes) -> Entry:
    status = _status(value)
    due: str | bool = False
    overdue = 0
    for item in status.open_obligations:
        if item.judged:
            overdue += minor(item.outstanding)
    if status.open_obligations:  # the oldest due comes first
        due = str(date.fromisoformat(status.open_obligations[0].due_date).toordinal())
    client_id = status.client_id
    about = [
        client_id,
        status.sequence,
        status.categories.risk_group,
        due,
        _blocks_at(status),
        str(overdue) if overdue else False,
        _searched(client_id),
    ]
    return Entry(value, about)


def _searched(client_id: str) -> str | bool:
    folded = client_id.casefold()
    return False if folded == client_id else folded


def _blocks_at(status: _Status) -> str | bool:
    """When the next change blocks a client that is not blocked, as a score."""
    following = status.next_change
    if following is None or status.blocked:
        return False
    return str(milliseconds(following.at)) if following.opens() else False


def _blocked_since(output: _Output) -> str:
    """Since when a condition holds that no override covers."""
    held = [item for item in msgspec.convert(output.conditions, list[_Condition]) if not item.overrides]
    return str(min((milliseconds(item.since) for item in held), default=milliseconds(output.effective_at)))


def _name_entry(value: bytes) -> Entry | None:
    """A client's name: of a registration, else of the opening balances; later revisions replace earlier ones."""
    if b'"client.registered"' not in value and b'"client.opened"' not in value:
        return None
    try:
        found = _named(value)
    except msgspec.DecodeError:  # an input like any other: the worker has made a dead letter of it
        return None
    if found.voided or not found.name or found.type not in ("client.registered", "client.opened"):
        return None
    registered = found.type == "client.registered"
    order = found.revision + (_REGISTERED if registered else 0)
    return Entry(b"", [found.client_id, order, found.name, names.words(found.client_id, found.name)])


def minor(text: str) -> int:
    """A decimal string with two places in minor units."""
    return int(text.replace(".", ""))


def instant_of(topic: str, value: bytes | None) -> int:
    """When an output took effect; 0 for what is none."""
    try:
        return milliseconds(_output(value).effective_at) if value is not None and topic in OUTPUTS else 0
    except (msgspec.DecodeError, ValueError):
        return 0


def milliseconds(text: str) -> int:
    """RFC 3339 as milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
