"""The same statement twice, overlapping ones, a corrected one, one cut off: each payment counts once, as last told."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cli.failure import Failure
from streams.cli.imports.register import Event, Register, Verdict, opened
from tests.cli.imports.harness import Desk, statement

ONE, TWO, THREE = {"Номер": "1"}, {"Номер": "2"}, {"Номер": "3"}
Capture = pytest.CaptureFixture[str]


def _told(events: list[dict[str, Any]]) -> list[tuple[str, int, str, bool]]:
    return [
        (event["client_id"], event.get("revision", 1), event.get("amount", ""), event.get("voided", False))
        for event in events
    ]


def test_the_same_statement_twice_is_sent_once(desk: Desk, capfd: Capture) -> None:
    file = desk.file("a.txt", statement(ONE, TWO))
    assert len(desk.take(file)) == 2
    assert desk.take(file) == []
    assert "2 documents, 0 written, 2 known already, not written" in capfd.readouterr().out
    assert desk.code == 0


def test_of_overlapping_statements_only_the_new_is_sent(desk: Desk) -> None:
    first = desk.take(desk.file("a.txt", statement(ONE, TWO)))
    second = desk.take(desk.file("b.txt", statement(TWO, THREE)))
    assert [event["document"] for event in first] == ["1", "2"]
    assert [event["document"] for event in second] == ["3"]


def test_without_a_register_the_ids_are_the_same(desk: Desk) -> None:
    file = desk.file("a.txt", statement(ONE, TWO))
    assert desk.take(file, remember=False) == desk.take(file, remember=False) != []


def test_a_corrected_amount_is_a_higher_revision_of_the_same_payment(desk: Desk, capfd: Capture) -> None:
    (before,) = desk.take(desk.file("a.txt", statement(ONE)))
    (after,) = desk.take(desk.file("b.txt", statement({**ONE, "Сумма": "120.00"})))
    assert (after["id"], after["revision"], after["amount"]) == (before["id"], 2, "120.00")
    assert "is revision 2" in capfd.readouterr().err


def test_the_statement_before_the_correction_does_not_undo_it(desk: Desk, capfd: Capture) -> None:
    old = desk.file("a.txt", statement(ONE))
    desk.take(old)
    desk.take(desk.file("b.txt", statement({**ONE, "ДатаПоступило": "02.03.2026"})))
    assert desk.take(old) == []
    assert "1 older than a correction that was imported, not written" in capfd.readouterr().out


def test_a_payment_of_another_client_is_withdrawn_from_the_first(desk: Desk) -> None:
    file = desk.file("a.txt", statement(ONE))
    wrong = desk.file("wrong.csv", "client_id,inn\nvesna,7701000014\n")
    from tests.cli.imports import harness

    own, harness.CLIENTS = harness.CLIENTS, wrong
    try:
        assert _told(desk.take(file)) == [("vesna", 1, "100.00", False)]
    finally:
        harness.CLIENTS = own
    assert _told(desk.take(file)) == [("vesna", 2, "", True), ("romashka", 3, "100.00", False)]


def test_one_number_twice_in_a_file_with_two_amounts_is_told_and_not_guessed(desk: Desk, capfd: Capture) -> None:
    events = desk.take(desk.file("a.txt", statement(ONE, {**ONE, "Сумма": "7.00"}, TWO)))
    assert [event["amount"] for event in events] == ["100.00", "100.00"]
    err = capfd.readouterr().err
    assert "a.txt:14: 1-2026-03-02-" in err
    assert "is on line 5 already with another content; the first one was taken" in err


def test_a_line_twice_in_a_file_is_sent_once(desk: Desk, capfd: Capture) -> None:
    assert len(desk.take(desk.file("a.txt", statement(ONE, ONE)))) == 1
    assert "1 twice in this file, written once" in capfd.readouterr().out


def test_a_statement_that_breaks_off_gives_what_it_had_and_fails(desk: Desk, capfd: Capture) -> None:
    assert len(desk.take(desk.file("a.txt", statement(ONE, end=False)))) == 1
    assert desk.code == 2
    assert "a.txt: breaks off without КонецФайла" in capfd.readouterr().err


def test_a_clerk_finishes_what_could_not_be_matched(desk: Desk) -> None:
    file = desk.file("a.txt", statement(ONE, {**TWO, "ПлательщикИНН": "7799000013", "ПлательщикСчет": "9"}))
    assert len(desk.take(file)) == 1
    text = desk.unmatched.read_text("utf-8-sig")
    assert "\n;;;7799000013;" in text.replace("\r", "")
    # as a Russian spreadsheet saves it
    desk.unmatched.write_bytes(text.replace("\n;;;7799000013", "\nnew-client;;;7799000013").encode("cp1251"))
    (event,) = desk.take(file)
    assert (event["client_id"], event["document"]) == ("new-client", "2")
    assert desk.code == 0
    assert "new-client;" in desk.unmatched.read_text("utf-8-sig")  # the clerk's work is kept


def _payment(client: str, amount: str) -> Event:
    return Event(1, {"type": "payment.received", "id": "p", "client_id": client, "amount": amount})


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(["1.00", "2.00"]), st.booleans(), st.booleans()), max_size=8
    )
)
def test_whatever_is_cut_off_and_repeated_the_money_ends_at_one_client(
    steps: list[tuple[str, str, bool, bool]],
) -> None:
    """A broker that keeps the highest revision of each client sees the content last accepted, at one client alone."""
    with opened(None) as (register, _):
        broker: dict[str, dict[str, Any]] = {}
        accepted = None
        for client, amount, arrives, confirmed in [*steps, ("A", "9.00", True, True)]:
            register.begin("file")
            number, (decided,) = register.decide([_payment(client, amount)])
            if decided.values:
                accepted = client, amount
            if arrives:
                for value in decided.values:
                    held = broker.get(value["client_id"])
                    if held is None or held.get("revision", 1) < value.get("revision", 1):
                        broker[value["client_id"]] = value
                    elif held.get("revision", 1) == value.get("revision", 1):
                        assert held == value  # never one revision with two contents
                if confirmed:
                    register.acknowledge(number)
        counted = [(key, value["amount"]) for key, value in broker.items() if not value.get("voided")]
        assert counted == [accepted] == [("A", "9.00")]


def test_an_import_that_was_cut_off_sends_the_same_revision_again() -> None:
    with opened(None) as (register, _):
        register.begin("a")
        register.decide([_payment("A", "1.00")])  # noted, and the power fails
        register.begin("a")
        _, (again,) = register.decide([_payment("A", "1.00")])
    assert (again.verdict, again.values) == (Verdict.UNSURE, [_payment("A", "1.00").value])


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "r.sqlite"), pytest.raises(Failure, match="another import is using it"):
        opened(tmp_path / "r.sqlite").__enter__()


def test_what_a_batch_costs_does_not_grow_with_what_was_imported_before() -> None:
    steps: list[int] = []
    database = sqlite3.connect(":memory:")
    register = Register(database)

    def count() -> int:
        steps[-1] += 1
        return 0

    database.set_progress_handler(count, 100)
    for batch in range(40):
        steps.append(0)
        register.begin("a")
        events = [
            Event(line, {"type": kind, "id": f"{batch}-{line}", "client_id": "A", "amount": "1.00"})
            for line in range(500)
            for kind in ("payment.received", "sale.recorded")
        ]
        register.acknowledge(register.decide(events).number)
    assert steps[-1] < 2 * steps[1]


def test_what_was_cut_off_is_unsure_until_it_is_confirmed_also_for_the_next_command(tmp_path: Path) -> None:
    def decided(confirmed: bool) -> Verdict:
        with opened(tmp_path / "r.sqlite") as (register, _):
            register.begin("a")
            number, (one,) = register.decide([_payment("A", "1.00")])
            if confirmed:
                register.acknowledge(number)
            return one.verdict

    verdicts = [decided(confirmed) for confirmed in (False, False, True, False)]
    assert verdicts == [Verdict.NEW, Verdict.UNSURE, Verdict.UNSURE, Verdict.KNOWN]


def test_a_register_of_another_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "r.sqlite")
    database.execute("create table event (kind text)")
    database.close()
    with pytest.raises(Failure, match="of another version; move it away"):
        opened(tmp_path / "r.sqlite").__enter__()
