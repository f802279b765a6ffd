"""States as earlier versions wrote them are read, mean what they meant, and go on; the expectations are by hand.

A new version of the state is one more file: `python -m tests.domain.golden`.
"""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from schemas.policy import Policy
from schemas.records import Output
from streams.domain.fold import ClientFold
from streams.domain.importance.fold import ImportanceFold
from streams.domain.importance.members import Stored
from streams.domain.state import Client
from streams.engine.failures import Refusal
from streams.engine.restoring import Restoring
from streams.engine.snapshot_records import SnapshotHeader, headers_of, key_of
from streams.engine.states import States
from tests.domain.golden import history
from tests.domain.golden.__main__ import FILES
from tests.domain.golden.layout import layout

_CLIENTS: Final = sorted(FILES.glob("clients-*.json"))
_SCOPES: Final = sorted(FILES.glob("scopes-*.json"))
_FOLDS: Final[dict[str, tuple[Any, Any]]] = {"clients": (ClientFold, Client), "scopes": (ImportanceFold, Stored)}

_THEN: Final[dict[str, dict[str, Any]]] = {
    "late": {  # O-1 of 100 less 30, S-1 of 50; overdue since 11 January: 21 + 28 + 2 days
        "outstanding": "120.00", "unapplied": "0.00", "violations": 3, "overdue_days_longest": 51,
        "overdue_days_current": 51, "overdue_since": "2026-01-11", "group": 3, "volume": "B",
        "reasons": ["risk_group"], "blocked": True,
    },
    "money": {  # M-1 is kept for S-9/1, which is not there; S-2 of 60 less 25 plus the 10 that were reversed
        "outstanding": "45.00", "unapplied": "80.00", "violations": 0, "overdue_days_longest": 0,
        "overdue_days_current": 0, "overdue_since": None, "group": 0, "reasons": [], "blocked": False,
        "exposure": "0.00", "limit": "50.00",
    },
    "judged": {  # rescheduled on its first overdue day; the breach of conduct is lifted until 10 March
        "outstanding": "10.00", "unapplied": "0.00", "violations": 0, "overdue_days_longest": 0,
        "overdue_days_current": 0, "overdue_since": None, "group": 0, "reasons": ["conduct"], "blocked": False,
    },
    "asked": {  # 40 approved on 1 March at noon, for 72 hours
        "outstanding": "0.00", "unapplied": "0.00", "violations": 0, "overdue_days_longest": 0,
        "overdue_days_current": 0, "overdue_since": None, "group": 0, "reasons": [], "blocked": False,
        "exposure": "40.00",
    },
    "fresh": {  # its first deal, due 25 February: 26 February to 2 March
        "outstanding": "90.00", "unapplied": "0.00", "violations": 1, "overdue_days_longest": 5,
        "overdue_days_current": 5, "overdue_since": "2026-02-26", "group": 2, "volume": "C",
        "reasons": ["first_payment_overdue"], "blocked": True,
    },
}  # fmt: skip
_GONE_ON: Final[dict[str, dict[str, Any]]] = {
    "late": {  # all paid on 3 March, which is an overdue day as well
        "outstanding": "0.00", "violations": 3, "overdue_days_longest": 52, "overdue_days_current": 0,
        "overdue_since": None, "group": 3, "reasons": [], "blocked": False,
    },
    "money": {  # S-9 of 100 takes the 80 kept for it; 20 and 45 are more than the limit of 50
        "outstanding": "65.00", "unapplied": "0.00", "exposure": "65.00", "reasons": ["credit_limit"], "blocked": True,
    },
    "judged": {"outstanding": "10.00", "violations": 0, "reasons": ["conduct"], "blocked": True},
    "asked": {"exposure": "0.00", "reasons": [], "blocked": False},
    "fresh": {  # 3 days of February, 11 of March
        "overdue_days_longest": 14, "overdue_days_current": 14, "group": 3,
        "reasons": ["first_payment_overdue", "risk_group"], "blocked": True,
    },
}  # fmt: skip
_SAID: Final = {
    "late": ["shipment.released"],
    "money": ["shipment.shipped_without_approval", "shipment.blocked"],
    "judged": ["shipment.blocked"],
    "asked": ["shipment.approval_expired"],
    "fresh": ["shipment.blocked"],
}
"""While it goes on: released by the payment, blocked by the dispatch, by the end of the override and, in addition, by
the eighth overdue day; the approval expires."""
_WITHOUT_PAPERS: Final = 1
"""A state of this version knows no documents; that they are missing blocks from the client's next dispatch on."""


def _bytes(lines: list[str]) -> bytes:
    return base64.b64decode("".join(lines))


@cache
def _golden(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


class _Read:
    """A file's states, as this version reads them."""

    def __init__(self, path: Path) -> None:
        golden = _golden(path)
        self.version: int = golden["state_version"]
        self.fold = ClientFold(Policy.from_document(history.POLICY))
        self.shared = self.fold.shared_decode(_bytes(golden["shared"]))
        self.states = {name: self.fold.decode(_bytes(lines)) for name, lines in golden["states"].items()}
        self.published: dict[str, list[list[str]]] = golden["published"]
        self.out: list[Output] = []

    def go_on(self) -> None:
        """To the end of the history."""
        for record in history.goes_on():
            key = (record.key or b"").decode()
            assert self.fold.record(self.shared, self.states[key], record, record.timestamp, self.out) is None
        for state in self.states.values():
            self.fold.fire(self.shared, state, history.instant(history.GONE_ON), self.out)

    def shown(self, name: str, at: str) -> dict[str, Any]:
        """What the status says."""
        status = json.loads(self.fold.status_as_of(self.shared, self.states[name], history.instant(at)))
        categories = {"group": status["categories"]["risk_group"], "volume": status["categories"]["volume"]}
        return {**status, **categories, "reasons": sorted(one["reason"] for one in status["conditions"])}


def _differing(found: dict[str, Any], should: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (found[name], value) for name, value in should.items() if found[name] != value}


@pytest.mark.parametrize("path", _CLIENTS, ids=lambda path: path.stem)
def test_clients_of_an_earlier_version_are_what_they_were(path: Path) -> None:
    read = _Read(path)
    assert list(read.states)[:2] == ["late", "money"]
    for name in read.states:
        assert not _differing(read.shown(name, history.AT), _THEN[name]), name


@pytest.mark.parametrize("path", _CLIENTS, ids=lambda path: path.stem)
def test_what_was_published_last_is_written_again_byte_for_byte(path: Path) -> None:
    read = _Read(path)
    for name, state in read.states.items():
        again = [[output.topic, (output.value or b"").decode()] for output in read.fold.republish(state)]
        assert again == read.published[name]
        assert any(topic == "client-status" for topic, _ in again)


@pytest.mark.parametrize("path", _CLIENTS, ids=lambda path: path.stem)
def test_clients_of_an_earlier_version_go_on(path: Path) -> None:
    read = _Read(path)
    sequences = {name: state.sequence for name, state in read.states.items()}
    read.go_on()
    bodies = [json.loads(output.value or b"") for output in read.out if output.topic != "stoplist-turnover"]
    for name in read.states:
        mine = [body for body in bodies if body["client_id"] == name]
        new = [one["sequence"] for one in mine if one["type"] != "client.status"]  # a status names the last of them
        assert new == [sequences[name] + 1 + index for index in range(len(new))]
        said = [one["type"] for one in mine if one["type"].startswith("shipment.")]
        assert said == _SAID[name]
        assert not _differing(read.shown(name, history.GONE_ON), _GONE_ON[name]), name


def test_a_client_of_before_documents_is_stopped_for_them_when_it_is_shipped_to_again() -> None:
    read = _Read(next(path for path in _CLIENTS if path.stem == f"clients-{_WITHOUT_PAPERS}"))
    again = history.dispatched("fresh", "S-4", "10.00", "2026-03-04", "2026-03-20")
    assert read.fold.record(read.shared, read.states["fresh"], again, again.timestamp, read.out) is None
    assert "documents_missing" in read.shown("fresh", "2026-03-04T10:00:00+03:00")["reasons"]


@pytest.mark.parametrize("path", _CLIENTS, ids=lambda path: path.stem)
def test_clients_of_an_earlier_version_are_written_as_this_one_has_them(path: Path) -> None:
    """Written and read once more they go on alike."""
    read, again = _Read(path), _Read(path)
    again.states = {name: again.fold.decode(again.fold.encode(state)) for name, state in again.states.items()}
    again.shared = again.fold.shared_decode(again.fold.shared_encode(again.shared))
    read.go_on()
    again.go_on()
    assert [output.value for output in read.out] == [output.value for output in again.out]


@pytest.mark.parametrize("path", _SCOPES, ids=lambda path: path.stem)
def test_a_scope_of_an_earlier_version_goes_on(path: Path) -> None:
    """A 100, B 60, C 40; then C sells 200 more: C 240, A 100, B 60 of 400; before B lie 340, which is 85%."""
    golden = _golden(path)
    fold = ImportanceFold(Policy.from_document(history.POLICY))
    shared = fold.shared_decode(_bytes(golden["shared"]))
    state = fold.decode(_bytes(golden["states"][history.SCOPE.decode()]))
    out: list[Output] = []
    late = history.turnover("C", 7, 90_000, "2026-02-21")
    fold.record(shared, state, late, late.timestamp, out)
    assert not out, "a repeat: C has told its seventh record"
    sold = history.turnover("C", 8, 24_000, "2026-02-25")
    fold.record(shared, state, sold, sold.timestamp, out)
    told = [json.loads(output.value or b"") for output in out]
    moves = {one["client_id"]: (one["importance"], one["before_minor"], one["total_minor"]) for one in told}
    assert moves == {"C": ("key", 0, 40_000), "A": ("medium", 24_000, 40_000), "B": ("small", 34_000, 40_000)}


class _Snapshot(NamedTuple):
    """A record of the snapshot topic."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@pytest.mark.parametrize("path", [*_CLIENTS, *_SCOPES], ids=lambda path: path.stem)
def test_a_state_is_refused_by_a_program_older_than_it(path: Path) -> None:
    """Every version up to its own a program reads; of the next it says what to do."""
    golden = _golden(path)
    fold = _FOLDS[path.stem.split("-")[0]][0](Policy.from_document(history.POLICY))

    def read(version: int) -> States[Any, Any]:
        states: States[Any, Any] = States(fold, 5)
        restoring = Restoring(states)
        header = headers_of(SnapshotHeader(1, 0, 0, version, False))
        snapshots = [
            _Snapshot(key_of(name.encode(), 3), _bytes(data), header) for name, data in golden["states"].items()
        ]
        restoring.load(snapshots)
        restoring.finish()
        return states

    assert sorted(read(golden["state_version"]).stored) == sorted(name.encode() for name in golden["states"])
    with pytest.raises(Refusal, match=f"state version {fold.state_version + 1}.*start the newer version") as refusal:
        read(fold.state_version + 1)
    assert refusal.value.code == "state_version"


@pytest.mark.parametrize("name", sorted(_FOLDS))
def test_the_layout_of_a_state_changes_with_its_version_only(name: str) -> None:
    """Else a snapshot would be read as what it is not."""
    fold, kind = _FOLDS[name]
    path = FILES / f"{name}-{fold.state_version}.json"
    assert path.exists(), f"write the states of version {fold.state_version}: python -m tests.domain.golden {name}"
    assert layout(kind) == _golden(path)["layout"], "raise the state version, then: python -m tests.domain.golden"


def test_a_layout_names_every_field_in_order() -> None:
    class Inner(msgspec.Struct, array_like=True):
        amount: int
        names: list[str] = []

    class Outer(msgspec.Struct, array_like=True):
        inner: dict[str, Inner | None]
        place: tuple[str, int] = ("", 0)

    said = ["Inner: amount int, names [str]", "Outer: inner {str: Inner | none}, place (str, int)"]
    assert [line.replace("none | Inner", "Inner | none") for line in layout(Outer)] == said
