"""The fold of scopes for itself: repeats, late records, bad ones, and the same as counting all anew."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy import Policy
from schemas.records import Output, Rejected
from streams.domain.importance.fold import ImportanceFold
from tests.domain.decisions.driver import Record, instant

FOLD = ImportanceFold(Policy(version=1))
KEY = b"direction/watches"
NAMES = ("a", "b", "c", "d", "e")
MONTHS = ("2025-03", "2025-04", "2025-12", "2026-02", "2026-03")


class Told:
    """One scope, told by hand."""

    def __init__(self, key: bytes = KEY) -> None:
        self.shared = FOLD.shared_new()
        self.state = FOLD.create(self.shared, key)
        self.key = key
        self.importance: dict[str, str | None] = {}
        self.sequences: list[int] = []

    def tell(
        self, client: str, sequence: int, months: dict[str, int | None], registered: str | None = None
    ) -> list[Output]:
        body = {"client_id": client, "sequence": sequence, "months": months, "registered_on": registered, "cause": {}}
        assert self.send(json.dumps(body).encode()) is None
        return self.out

    def send(self, value: bytes | None, at: str = "2026-03-10") -> Rejected | None:
        self.out: list[Output] = []
        record = Record("stoplist-turnover", 0, 0, instant(at), self.key, value)
        why = FOLD.record(self.shared, self.state, record, instant(at), self.out)
        for output in self.out:
            body: dict[str, Any] = json.loads(output.value or b"")
            assert output.key == body["client_id"].encode()
            self.importance[body["client_id"]] = body["importance"]
            self.sequences.append(body["sequence"])
        return why


def test_repeated_and_late_records_change_nothing() -> None:
    told = Told()
    told.tell("a", 1, {"2026-03": 100})
    told.tell("a", 4, {"2026-03": None})
    before = FOLD.encode(told.state)
    for sequence in (1, 3, 4):
        assert told.tell("a", sequence, {"2026-03": 500}) == []
    assert FOLD.encode(told.state) == before
    assert told.importance == {"a": None}
    told.tell("a", 5, {"2026-03": 7})
    assert told.importance == {"a": "key"}


def test_bad_records_are_dead_letters_and_change_nothing() -> None:
    told = Told()
    good = {"client_id": "a", "sequence": 1, "months": {"2026-03": 1}, "registered_on": None, "cause": {}}
    for value, reason in (
        (None, "empty_value"),
        (b"{", "invalid_json"),
        (json.dumps({**good, "sequence": 0}).encode(), "invalid_field"),
        (json.dumps({**good, "months": {"2026-13": 1}}).encode(), "invalid_field"),
        (json.dumps({**good, "months": {"9999-01": 1}}).encode(), "invalid_field"),
    ):
        why = told.send(value)
        assert isinstance(why, Rejected) and why.reason == reason
        assert FOLD.empty(told.state)
    why = Told(b"no scope").send(json.dumps(good).encode())
    assert isinstance(why, Rejected) and why.reason == "key_invalid"


def plainly(books: dict[str, dict[str, int | None]], registered: dict[str, str | None]) -> dict[str, str]:
    """Counted anew as the rules say it, for March 2026."""
    sums = {
        client: [amount for month, amount in months.items() if month >= "2025-04" and amount is not None]
        for client, months in books.items()
    }
    there = {client: max(sum(amounts), 0) for client, amounts in sums.items() if amounts}
    order = sorted(there, key=lambda client: (-there[client], registered[client] or "9999", client))
    total, before, found = sum(there.values()), 0, {}
    for client in order:
        share = 100 * before
        small = there[client] == 0 or share >= 70 * total
        found[client] = "small" if small else "key" if share < 20 * total else "medium"
        before += there[client]
    return found


amounts = st.none() | st.integers(-30, 130)
steps = st.tuples(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(MONTHS), amounts, max_size=3),
    st.sampled_from([None, "2025-01-01", "2025-02-01"]),
    st.booleans(),
)


@given(st.lists(steps, max_size=40))
def test_as_if_all_were_counted_anew(history: list[tuple[str, dict[str, int | None], str | None, bool]]) -> None:
    told = Told()
    books: dict[str, dict[str, int | None]] = {name: {} for name in NAMES}
    registered: dict[str, str | None] = dict.fromkeys(NAMES)
    for number, (client, months, on, restart) in enumerate(history, 1):
        books[client].update(months)
        registered[client] = on
        told.tell(client, number, months, on)
        expected = plainly(books, registered)
        assert {name: told.importance.get(name) for name in NAMES} == {name: expected.get(name) for name in NAMES}
        if restart:
            told.state = FOLD.decode(FOLD.encode(told.state))
    assert told.sequences == list(range(1, len(told.sequences) + 1))


def test_the_clients_record_is_what_scopes_read() -> None:
    from schemas.importance import read_turnover
    from streams.domain.importance.telling import book_of, tell
    from streams.domain.outputs import RecordCause
    from streams.domain.state import Client

    client = Client(id="X")
    index = book_of(client, "direction/watches")
    assert client.books is not None
    client.books.add(index, 2026 * 12 + 2, 150)
    out: list[Output] = []
    tell(client, RecordCause("SA-1", "sale.recorded", "sales", 3, 17, "X"), 5, out)
    read = read_turnover(out[0].value or b"")
    assert (out[0].topic, out[0].key, out[0].timestamp) == ("stoplist-turnover", b"direction/watches", 5)
    assert (read.client_id, read.sequence, read.months, read.registered_on) == ("X", 1, {"2026-03": 150}, None)
    assert msgspec.json.decode(read.cause)["client_id"] == "X"
