"""Each sample of another program's file becomes the events it stands for; what is wrong is told, the rest goes on."""

import io
import re
import sys
from typing import Any

import msgspec
import pytest

from schemas.catalogue import TOPIC_OF_TYPE
from schemas.decoding import decode
from schemas.records import Rejected
from tests.cli.imports.harness import Desk
from tests.harness.packaged import SAMPLES

Capture = pytest.CaptureFixture[str]


def _short(events: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    day = ("value_date", "at", "sold_on")
    return [
        (event["type"], event["client_id"], event["amount"], next(event[name][:10] for name in day if name in event))
        for event in events
    ]


def test_a_1c_statement_gives_what_came_in_on_the_day_it_came(desk: Desk, capfd: Capture) -> None:
    events = desk.take(SAMPLES / "bank-1c.txt")
    assert _short(events) == [
        ("payment.received", "romashka", "180000.00", "2026-03-03"),  # ДатаПоступило, not the order's own 2 March
        ("payment.received", "vesna", "1450.50", "2026-03-03"),
    ]
    assert {event["currency"] for event in events} == {"RUB"}  # 810 in the account's number
    err = capfd.readouterr().err
    assert "bank-1c.txt:103:7: Сумма '12 тыс' is no amount" in err  # behind `Сумма=` on line 103
    assert "left out, money that went out: 1" in err
    assert desk.code == 1
    assert "'770300000305;;'40802810200000000903;ИП Лапин П. С.;" in desk.unmatched.read_text("utf-8-sig")


def test_a_camt053_statement_gives_each_transaction_and_takes_a_returned_one_back(desk: Desk) -> None:
    events = desk.take(SAMPLES / "camt053.xml", "--rate", "EUR=90.5")
    assert _short(events) == [
        ("payment.received", "nord", "1250.40", "2026-03-02"),  # ValDt, not BookgDt
        ("payment.reversed", "nord", "1250.40", "2026-03-03"),
        ("payment.received", "nord", "100.00", "2026-03-03"),  # one of two in a batch; the other payer is unknown
    ]
    assert events[1]["payment_id"] == events[0]["id"]
    assert (events[0]["currency"], events[0]["rate"], events[0]["document"]) == ("EUR", "90.5", "INV-1041")
    assert "DE02500105170137075030;Sued Vertrieb KG;" in desk.unmatched.read_text("utf-8-sig")


def test_a_currency_without_its_rate_is_told_and_not_sent(desk: Desk, capfd: Capture) -> None:
    assert desk.take(SAMPLES / "camt053.xml") == []
    assert "currency EUR is not the policy's RUB; name the policy with --policy, or the rate with --rate EUR=" in (
        capfd.readouterr().err
    )


def test_commerceml_gives_shipments_and_with_a_direction_their_sales(desk: Desk, capfd: Capture) -> None:
    events = desk.take(SAMPLES / "commerceml.xml", "--direction", "pens")
    assert _short(events) == [
        ("shipment.dispatched", "romashka", "180000.00", "2026-02-10"),
        ("sale.recorded", "romashka", "180000.00", "2026-02-10"),
    ]
    number = "0b6f6c1e-1041-4e0a-9a55-000000001041"
    assert events[0]["shipment_id"] == number
    assert events[0]["instalments"] == [
        {"obligation_id": f"{number}/1", "due_date": "2026-02-20", "amount": "180000.00"}
    ]
    out, err = capfd.readouterr()
    assert "commerceml.xml:21:3: СрокПлатежа is missing" in err
    assert "withdrawn and never imported" in out  # the document that is marked for deletion


def test_commerceml_takes_the_usual_term_where_no_due_date_is_named(desk: Desk) -> None:
    events = desk.take(SAMPLES / "commerceml.xml", "--payment-term-days", "30")
    assert _short(events)[1] == ("shipment.dispatched", "vesna", "52000.50", "2026-02-10")
    assert events[1]["payment_term_days"] == 30


def test_a_table_is_read_by_its_mapping(desk: Desk, capfd: Capture) -> None:
    events = desk.take(SAMPLES / "payments.csv", "--mapping", str(SAMPLES / "payments.mapping.yaml"))
    assert _short(events) == [
        ("payment.received", "romashka", "180000.00", "2026-03-03"),
        ("payment.received", "vesna", "1450.50", "2026-03-03"),
    ]
    assert "payments.csv:6:3: Дата зачисления '30.02.2026' is no date of the calendar" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("sample", "options"),
    [
        ("bank-1c.txt", []),
        ("camt053.xml", ["--rate", "EUR=90.5"]),
        ("commerceml.xml", ["--direction", "pens", "--payment-term-days", "0"]),
        ("payments.csv", ["--mapping", str(SAMPLES / "payments.mapping.yaml")]),
    ],
)
def test_every_event_of_a_sample_is_one_of_the_contract(desk: Desk, sample: str, options: list[str]) -> None:
    events = desk.take(SAMPLES / sample, *options)
    assert events
    for event in events:
        assert not isinstance(decode(TOPIC_OF_TYPE[event["type"]], msgspec.json.encode(event)), Rejected)


def test_the_proposed_mapping_reads_the_sample_as_the_shipped_one_does(desk: Desk, capfd: Capture) -> None:
    from streams.cli.main import run

    assert run(["import", str(SAMPLES / "payments.csv"), "--explain"]) == 0
    proposed = desk.file("proposed.yaml", capfd.readouterr().out)
    own = desk.take(SAMPLES / "payments.csv", "--mapping", str(proposed), remember=False)
    shipped = desk.take(SAMPLES / "payments.csv", "--mapping", str(SAMPLES / "payments.mapping.yaml"), remember=False)
    assert _short(own) == _short(shipped) != []


def test_explain_says_what_a_file_is_and_what_is_in_it(capfd: Capture) -> None:
    from streams.cli.main import run

    assert run(["import", str(SAMPLES / "bank-1c.txt"), "--explain"]) == 0
    out = capfd.readouterr().out
    assert "1c-bank, cp1251" in out
    assert "payment.received: 3" in out
    assert "bank-1c.txt:103:7: Сумма" in out


@pytest.mark.parametrize("sample", ["bank-1c.txt", "payments.csv"])
def test_explain_takes_a_pipe(sample: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.cli.main import run

    assert run(["import", str(SAMPLES / sample), "--explain"]) == 0
    wanted = capfd.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((SAMPLES / sample).read_bytes())))
    assert run(["import", "-", "--explain"]) == 0
    named = capfd.readouterr().out.replace("-:", f"{SAMPLES / sample}:").replace("import - ", f"import {sample} ")
    assert named.replace(f"for {SAMPLES / sample}:", f"for {sample}:") == wanted


def test_lines_are_counted_on_a_terminal(desk: Desk, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    desk.take(SAMPLES / "bank-1c.txt")
    assert re.search(r"lines read: \d+ \([\d,]+/s\)", capfd.readouterr().err)
