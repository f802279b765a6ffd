"""What the torture itself stands on: its plan follows from the seed, its account is kept right, and it can say no."""

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from schemas.catalogue import CLIENT_STATUS, DEAD_LETTERS
from schemas.partitioning import partition_of
from tests.harness.records import Read
from tests.torture.events import Event, Events
from tests.torture.judging import Verdict, judge_account, judge_letters, last_of_each
from tests.torture.plan import KINDS, SESSION_TIMEOUT_S, plan

PARTITIONS = 8


@pytest.mark.parametrize("seed", range(20))
def test_the_long_run_has_two_hundred_faults_of_every_kind_within_its_time(seed: int) -> None:
    faults = plan(seed, 900, 4)
    assert faults == plan(seed, 900, 4)
    assert faults != plan(seed + 1, 900, 4)
    assert len(faults) >= 200
    assert {fault.kind for fault in faults} == {kind.name for kind in KINDS}
    assert all(fault.at_s > 0 and fault.at_s + fault.lasts_s < 900 for fault in faults)
    assert [fault.at_s for fault in faults] == sorted(fault.at_s for fault in faults)
    assert all(fault.lasts_s > SESSION_TIMEOUT_S for fault in faults if fault.kind == "worker_paused")


def test_the_shares_are_shares() -> None:
    assert sum(kind.share for kind in KINDS) == pytest.approx(1)


def _sent(events: Events, count: int) -> list[Event]:
    return [*events.beginnings(), *(event for _ in range(count) for event in events.next())]


@pytest.mark.parametrize(("seed", "again"), [(0, 0.0), (1, 0.0), (2, 0.0), (3, 0.8)])
def test_the_account_is_what_an_auditor_finds_in_the_events(seed: int, again: float) -> None:
    events = Events(50, PARTITIONS, seed, again)
    sent = _sent(events, 5_000)
    assert 5_000 * again - 150 < events.counts["again"] < 5_000 * again + 150
    bad = set(events.bad)
    owed: Counter[str] = Counter()
    seen: set[str] = set()
    for event in sent:
        body: dict[str, Any] = {} if event.value in bad else json.loads(event.value)
        if body.get("id") in seen or body.get("type") not in ("shipment.dispatched", "payment.received"):
            continue
        seen.add(body["id"])
        sign = 1 if body["type"] == "shipment.dispatched" else -1
        owed[body["client_id"]] += sign * int(body["amount"].replace(".", ""))
    assert owed == events.owed_cents
    assert min(owed.values()) >= 0
    assert sum(owed.values()) > 0


def test_the_load_has_its_mistakes() -> None:
    events = Events(50, PARTITIONS, 1)
    sent = _sent(events, 5_000)
    astray = [event for event in sent if event.key and partition_of(event.key, PARTITIONS) != event.partition]
    assert len(astray) == events.counts["misrouted"] > 20
    assert len(set(events.bad)) == events.counts["bad"] > 20
    copies = Counter(event for event in sent)
    assert sum(count == 2 for count in copies.values()) == events.counts["twice"] > 50
    by_partition = defaultdict(set)
    for event in events.completed():
        by_partition[event.value].add(event.partition)
    assert list(by_partition.values()) == [set(range(PARTITIONS))]


def _status(client: str, outstanding: str, unapplied: str = "0.00", offset: int = 0) -> Read:
    value = json.dumps({"outstanding": outstanding, "unapplied": unapplied}).encode()
    return Read(CLIENT_STATUS, 0, offset, 0, client.encode(), value, ())


def test_a_cent_too_much_or_a_client_too_few_is_found() -> None:
    account = {"owed_cents": {"a": 1_000, "b": 250}}

    def wrong(*statuses: Read) -> list[str]:
        verdict = Verdict()
        judge_account(verdict, account, last_of_each(list(statuses)))
        return verdict.wrong

    older = _status("a", "9.00")
    assert wrong(older, _status("a", "10.00", offset=1), _status("b", "3.00", "0.50")) == []
    assert wrong(_status("a", "10.01"), _status("b", "2.50")) == [
        "1 clients: ['a owes 1000 cents by the account, 1001 by its status']"
    ]
    assert wrong(_status("a", "10.00")) == ["1 clients: ['b owes 250 cents by the account, None by its status']"]


def test_a_bad_record_without_its_dead_letter_is_found_and_a_good_one_with_one_as_well() -> None:
    def wrong(*letters: bytes) -> list[str]:
        verdict = Verdict()
        reads = [Read(DEAD_LETTERS, 0, n, 0, b"a", letter, ()) for n, letter in enumerate(letters)]
        judge_letters(verdict, {"bad": ["{", "["]}, reads)
        return verdict.wrong

    assert wrong(b"{", b"[", b"[") == []
    assert wrong(b"{") == ["1 bad records are no dead letter: ['[']"]
    assert wrong(b"{", b"[", b"{}") == ["1 good records are dead letters: ['{}']"]
