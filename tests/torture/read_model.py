"""Redis against `client-status`: every client's last status is there, byte for byte, and no other client."""

from typing import Any

from redis import Redis

from schemas.catalogue import CLIENT_STATUS, SHIPMENT_BLOCKS
from tests.harness.records import Read, read_all

_CLIENT = "stoplist:client:"


def differences(url: str, bootstrap: str, seconds: float) -> list[str]:
    """In what the read model is not what was published; empty: it is."""
    statuses = _newest(read_all(bootstrap, CLIENT_STATUS, seconds))
    blocks = _newest(read_all(bootstrap, SHIPMENT_BLOCKS, seconds))
    blocked = {client for client, value in blocks.items() if b'"type":"shipment.blocked"' in value}
    said = []
    with Redis.from_url(url) as redis:
        kept: dict[str, Any] = {key.decode()[len(_CLIENT) :]: key for key in redis.scan_iter(f"{_CLIENT}*", 1_000)}
        for client, value in sorted(statuses.items()):
            found = redis.hget(kept[client], "status") if client in kept else None
            if found != value:
                said.append(f"{client}: Redis has {found!r}, its last status is {value!r}")
        said += [f"{client} is in Redis and has no status" for client in sorted(kept.keys() - statuses.keys())]
        members = {member.decode() for member in redis.smembers("stoplist:blocked")}
        said += [f"{client} is blocked in one of Redis and {SHIPMENT_BLOCKS}" for client in sorted(members ^ blocked)]
    return said


def _newest(records: list[Read]) -> dict[str, bytes]:
    """By client, the record with the highest sequence."""
    newest: dict[str, tuple[int, bytes]] = {}
    for record in records:
        client, _, sequence = dict(record.headers)["ce_id"].decode().rpartition(":")
        known = newest.get(client)
        if known is None or known[0] < int(sequence):
            newest[client] = int(sequence), record.value or b""
    return {client: value for client, (_, value) in newest.items()}
