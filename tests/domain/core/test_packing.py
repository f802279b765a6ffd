"""What was published last is kept byte for byte, in little space, and what older snapshots hold can be read."""

import msgspec
import pytest

from schemas.policy_file import default_policy
from streams.domain.fold import ClientFold
from streams.domain.packing import pack, unpack
from streams.domain.state import Client, Decided, OpenObligation, Position

STATUS = (
    '{"type":"client.status","id":"beta:7","client_id":"beta","sequence":7,"effective_at":"2025-02-03T00:00:00Z",'
    '"cause":{"kind":"deadline","at":"2025-02-03T00:00:00Z"},"because":[],"correction":false,"policy":{"version":9,'
    '"digest":"f0e1"},"rules_version":"1","explanation":{"en":"Shipping allowed: risk group 1, volume A, debt 12.00 '
    'EUR, nothing overdue.","ru":"Отгрузки разрешены: группа риска 1, объём A, долг 12.00 EUR, просрочки нет."},'
    '"as_of":"2025-02-03T00:00:00Z","blocked":false,"categories":{"risk_group":1,"volume":"A"},"violations":1,'
    '"overdue_days_longest":2,"overdue_days_current":0,"overdue_since":null,"currency":"EUR","outstanding":"12.00",'
    '"unapplied":"0.00","exposure":"12.00","limit":null,"open_obligations":[],"open_obligations_count":0,'
    '"conditions":[],"warnings":[],"next_change":null,"flags":[]}'
).encode()


@pytest.mark.parametrize("published", [STATUS, STATUS * 40, b"{}", b""])
def test_a_packed_record_comes_back_byte_for_byte(published: bytes) -> None:
    assert unpack(pack(published)) == published


def test_what_is_packed_stays_as_it_is() -> None:
    assert pack(pack(STATUS)) == pack(STATUS)


def test_a_status_takes_a_quarter() -> None:
    assert len(pack(STATUS)) < len(STATUS) / 4


def _client() -> Client:
    decided = Decided(1, "A", {}, 1, [], STATUS, STATUS.replace(b"client.status", b"shipment.released"))
    position = Position(open=[OpenObligation(739_000, "S-1/1", "S-1", 0)], outstanding=1200)
    return Client("beta", sequence=7, position=position, decided=decided)


def test_encoding_leaves_the_state_as_it_was() -> None:
    fold, client = ClientFold(default_policy()), _client()
    data = fold.encode(client)
    assert fold.canonical(client) == fold.canonical(_client())
    assert len(data) < len(fold.canonical(client)) / 2
    decoded = fold.decode(data)
    assert fold.canonical(decoded) == fold.canonical(_client())
    assert fold.encode(decoded) == data


def test_a_snapshot_gives_what_was_published_again() -> None:
    fold = ClientFold(default_policy())
    decoded = fold.decode(fold.encode(_client()))
    assert [one.value for one in fold.republish(decoded)] == [one.value for one in fold.republish(_client())]


def test_a_snapshot_of_version_1_can_be_read() -> None:
    """It kept what was published as it was."""
    fold = ClientFold(default_policy())
    decoded = fold.decode(msgspec.msgpack.encode(_client()))
    assert decoded.decided == _client().decided
    assert fold.canonical(decoded) == fold.canonical(_client())


def test_the_canonical_bytes_owe_nothing_to_the_compressor() -> None:
    data = ClientFold(default_policy()).canonical(_client())
    assert STATUS in data
    assert data == msgspec.msgpack.encode(_client())
