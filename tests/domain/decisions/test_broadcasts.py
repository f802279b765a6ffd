"""What one record says to every client: taken lazily, each at its own instant, forgotten once all have taken it."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from schemas.records import NEVER, Reach, Rejected
from streams.domain import broadcasting
from streams.domain import shared as shared_state
from tests.domain.decisions.driver import Company, Record, instant, kinds
from tests.domain.decisions.histories import Step, histories, tell


def test_completed_payments_reach_those_with_a_judgement_due_and_a_policy_reaches_all() -> None:
    company = Company()
    company.complete("2026-03-06", "2026-03-06T18:00:00+03:00")  # a Friday
    company.activate(2, "2026-03-07")
    assert company.fold.broadcasts(company.shared) == [
        (1, instant("2026-03-06T18:00:00+03:00"), Reach(instant("2026-03-09T12:00:00+03:00"))),
        (2, instant("2026-03-07"), Reach(NEVER)),
    ]


def test_a_new_client_has_taken_what_was_said_before() -> None:
    company = Company()
    company.complete("2026-03-06", "2026-03-06T18:00:00+03:00")
    company.dispatch("O1", "10.00", "2026-03-20", "2026-03-07")
    assert company.fold.seen(company.clients["c1"]) == 1


def test_a_record_kept_back_takes_only_what_was_said_by_its_own_instant() -> None:
    company = Company()
    company.dispatch("O1", "10.00", "2026-04-20", "2026-03-01")  # no judgement before the 21st
    company.complete("2026-03-05", "2026-03-06")
    client = company.clients["c1"]
    company.fold.fire(company.shared, client, instant("2026-03-05"), [])
    assert company.fold.seen(client) == 0
    company.fold.fire(company.shared, client, instant("2026-03-06"), [])
    assert company.fold.seen(client) == 1


def test_forgotten_broadcasts_leave_the_same_as_kept_ones() -> None:
    kept, settled = Company(), Company()
    for company in (kept, settled):
        company.dispatch("O1", "10.00", "2026-04-20", "2026-03-01")  # no judgement before the 21st
        company.complete("2026-03-05", "2026-03-06")
        company.complete("2026-03-06", "2026-03-07")
        if company is settled:
            company.fold.settle(company.shared, 2)
            company.fold.settle(company.shared, 2)
            company.restart()
            assert company.fold.broadcasts(company.shared) == []
        company.dispatch("O2", "10.00", "2026-03-06", "2026-03-08", arrives="2026-03-08T10:00:00+03:00")
        assert company.status()["violations"] == 1  # the 6th is completed already
        company.complete("2026-04-20", "2026-04-21T08:00:00+03:00")
        company.wait("2026-05-01")
    assert [item.output for item in kept.published] == [item.output for item in settled.published]
    assert kept.fold.encode(kept.clients["c1"]) == settled.fold.encode(settled.clients["c1"])
    assert settled.fold.broadcasts(settled.shared)[0][0] == 3


def test_a_policy_forgotten_is_still_in_force() -> None:
    company = Company()
    company.activate(2, "2026-03-01", overdue_tolerance="50.00")
    company.fold.settle(company.shared, 1)
    company.restart()
    assert company.shared.current.rules.version == 2
    company.dispatch("O1", "50.00", "2026-03-06", "2026-03-02")
    company.wait("2026-03-09")  # nobody said what was sold: a warning
    assert company.wait("2026-04-01") == []


def test_a_client_takes_policies_in_order_each_at_its_own_instant() -> None:
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-02", "2026-02-20")
    company.wait("2026-03-05")
    company.activate(2, "2026-03-06", overdue_tolerance="50.00")
    company.activate(3, "2026-03-07", overdue_tolerance="0.00")
    published = company.wait("2026-03-08")
    moves = [(item["effective_at"][:10], item["type"]) for item in published if item.topic == "shipment-blocks"]
    assert moves == [("2026-03-06", "shipment.released"), ("2026-03-07", "shipment.blocked")]


def test_statements_are_forgotten_by_age_and_number_but_never_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_state, "COMPLETED_MAX", 2)
    company = Company()
    for number, day in enumerate(("05", "06", "07")):
        company.complete(f"2026-03-{day}", "2026-03-08", f"D{number}")
    assert list(company.shared.completed) == ["D1", "D2"]
    company.complete("2027-03-08", "2027-03-09", "D3")
    company.complete("2028-09-08", "2028-09-09", "D4")  # all others are older than 455 days
    assert list(company.shared.completed) == ["D4"]
    assert company.shared.current.completed_through == date(2028, 9, 8).toordinal()


def test_a_statement_that_reaches_no_further_is_remembered_but_changes_nothing() -> None:
    company = Company()
    company.complete("2026-03-05", "2026-03-06", "D1")
    assert company.complete("2026-03-04", "2026-03-06", "D2") == []
    assert company.shared.number == 1
    company.complete("2026-03-03", "2026-03-06", "D1", revision=2)  # now D2 reaches furthest
    assert company.shared.current.completed_through == date(2026, 3, 4).toordinal()
    assert company.complete("2026-03-01", "2026-03-06", "D1") == []  # an old revision


def test_a_broadcast_alone_makes_no_status() -> None:
    company = Company()
    company.activate(2, "2026-03-05")
    client = company.fold.create(company.shared, b"c1")
    assert company.fold.empty(client)
    company.activate(3, "2026-03-06")
    out: list[object] = []
    company.fold.fire(company.shared, client, instant("2026-03-07"), out)  # type: ignore[arg-type]
    assert (out, client.seen, company.fold.deadline(client)) == ([], 2, NEVER)


def test_a_key_that_is_no_client_id_is_refused_and_never_raises() -> None:
    company = Company()
    client = company.fold.create(company.shared, b"\xff")
    source = Record("payments", 0, 0, instant("2026-03-05"), b"\xff", b"{}")
    why = company.fold.record(company.shared, client, source, source.timestamp, [])
    assert isinstance(why, Rejected)
    assert why.reason == "key_invalid"
    assert kinds(company.send_bytes("payments", b"{}", "2026-03-05", "x" * 65)) == ["dead-letter:key_invalid"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_a_statement_that_judges_nothing_may_be_passed_over(history: list[Step]) -> None:
    passing, thorough = Company(), Company()
    tell(passing, history)
    passing.wait("2027-06-01")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broadcasting, "judges", lambda *_: True)
        tell(thorough, history)
        thorough.wait("2027-06-01")
    assert [item.output for item in passing.published] == [item.output for item in thorough.published]
    assert passing.deadline() == thorough.deadline()


def test_broadcasts_that_wait_are_counted_after_a_restart() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.complete("2026-02-20", "2026-02-21")
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00")
    before = company.shared.number
    company.restart()
    assert (company.shared.number, before) == (2, 2)
    published = company.wait("2026-03-03T08:00:00+03:00")
    assert published[-1]["cause"]["kind"] == "broadcast"
    assert company.status()["violations"] == 1
