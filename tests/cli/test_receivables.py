"""A ledger line becomes the events it stands for; a bad line is named."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.decoding import decode
from schemas.records import Rejected
from streams.cli.failure import Failure
from streams.cli.history import read_history
from streams.cli.receivables import events, read_invoices
from tests.harness.packaged import SAMPLES

HEADER = "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate"
SAMPLE = SAMPLES / "receivables.csv"
MOSCOW = ZoneInfo("Europe/Moscow")


CLIENT = ["client.registered", "document.signed", "document.signed"]
"""What comes first, once a client."""


def ledger(*rows: str) -> list[str]:
    return [HEADER + "\n", *(row + "\n" for row in rows)]


def test_a_settled_invoice_is_a_dispatch_a_sale_and_a_payment_that_names_it() -> None:
    entries = events(read_invoices(ledger("1,C-1,,I-1,7/3/2013,8/2/2013,65.88,No,8/5/2013"), "x"), "USD", MOSCOW)
    assert [entry.value["type"] for entry in entries[:3]] == CLIENT
    assert [(entry.topic, entry.key, entry.timestamp_ms) for entry in entries[:3]] == [
        ("clients", "C-1", 1_372_827_480_000),  # 08:58
        ("clients", "C-1", 1_372_827_540_000),
        ("clients", "C-1", 1_372_827_540_000),
    ]
    assert [(entry.value["document"], entry.value["on"], entry.value["form"]) for entry in entries[1:3]] == [
        ("cooperation_agreement", "2013-07-03", "original"),
        ("supply_contract", "2013-07-03", "original"),
    ]
    # 09:00 in Moscow was 05:00 UTC in 2013: Moscow was at +04:00 then
    assert [(entry.topic, entry.key, entry.timestamp_ms) for entry in entries[3:]] == [
        ("shipments", "C-1", 1_372_827_600_000),
        ("sales", "C-1", 1_372_827_660_000),
        ("payments", "C-1", 1_375_765_320_000),  # the morning after the value date
    ]
    dispatch, sale, payment = (entry.value for entry in entries[3:])
    assert dispatch["at"] == "2013-07-03T09:00:00+04:00"
    assert dispatch["instalments"] == [{"obligation_id": "I-1", "due_date": "2013-08-02", "amount": "65.88"}]
    assert (dispatch["shipment_id"], dispatch["amount"], dispatch["currency"]) == ("I-1", "65.88", "USD")
    assert (sale["sold_on"], sale["amount"]) == ("2013-07-03", "65.88")
    assert (payment["id"], payment["value_date"], payment["obligations"]) == ("I-1/settled", "2013-08-05", ["I-1"])


def test_an_open_invoice_makes_no_payment() -> None:
    entries = events(read_invoices(ledger("1,C-1,,I-1,7/3/2013,8/2/2013,65.88,No,"), "x"), "USD", MOSCOW)
    assert [entry.topic for entry in entries[3:]] == ["shipments", "sales"]


def test_events_come_in_order_of_append_time_and_a_dispatch_before_its_sale() -> None:
    rows = ledger("1,C,,I-2,3/2/2026,3/9/2026,1,No,3/3/2026", "1,C,,I-1,3/4/2026,3/9/2026,1,No,3/4/2026")
    entries = events(read_invoices(rows, "x"), "USD", MOSCOW)
    # I-2 was paid on 3 March, so its payment is appended on 4 March, after I-1 is dispatched
    assert {entry.value["client_id"] for entry in entries[:3]} == {"C"}  # one client, documents once
    assert [entry.value["on"] for entry in entries[1:3]] == ["2026-03-02", "2026-03-02"]
    entries = entries[3:]
    assert [entry.value["id"] for entry in entries] == ["I-2", "I-2", "I-1", "I-1", "I-2/settled", "I-1/settled"]
    assert [entry.topic for entry in entries] == ["shipments", "sales", "shipments", "sales", "payments", "payments"]


def test_every_event_of_the_sample_is_valid_by_the_contract() -> None:
    import msgspec

    with SAMPLE.open() as lines:
        entries = events(read_invoices(lines, "sample"), "USD", MOSCOW)
    assert len(entries) == 4 * 3 + 12 + 12 + 11  # four clients; one invoice is open
    for entry in entries:
        decoded = decode(entry.topic, msgspec.json.encode(entry.value))
        assert not isinstance(decoded, Rejected), decoded


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,,,I-1,7/3/2013,8/2/2013,65.88,No,", "x:2: customerID is ''"),
        ("1,C-1,,,7/3/2013,8/2/2013,65.88,No,", "x:2: invoiceNumber is ''"),
        ("1," + "C" * 65 + ",,I,7/3/2013,8/2/2013,65.88,No,", "write 1 to 64 printable characters"),
        ("1,C-1,,I-1,3.7.2013,8/2/2013,65.88,No,", "x:2: InvoiceDate is '3.7.2013'; write month/day/year"),
        ("1,C-1,,I-1,7/3/2013,2/30/2013,65.88,No,", "x:2: DueDate is '2/30/2013'"),
        ("1,C-1,,I-1,7/3/1013,8/2/2013,65.88,No,", "x:2: InvoiceDate is '7/3/1013'"),
        ("1,C-1,,I-1,7/3/2013,7/2/2013,65.88,No,", "x:2: DueDate 7/2/2013 is before InvoiceDate"),
        ("1,C-1,,I-1,7/3/2013,8/2/2013,65.888,No,", "x:2: InvoiceAmount is '65.888'"),
        ("1,C-1,,I-1,7/3/2013,8/2/2013,-1,No,", "x:2: InvoiceAmount is '-1'"),
        ("1,C-1,,I-1,7/3/2013,8/2/2013,0.00,No,", "x:2: InvoiceAmount is '0.00'"),
        ("1,C-1,,I-1,7/3/2013,8/2/2013,1,No,soon", "x:2: SettledDate is 'soon'"),
        ("1,C-1", "x:2: invoiceNumber is ''"),
    ],
)
def test_a_bad_line_is_named_with_its_column(row: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        list(read_invoices(ledger(row), "x"))
    assert said in str(caught.value)


def test_an_invoice_number_twice_is_refused_with_both_lines() -> None:
    row = "1,C-1,,I-1,7/3/2013,8/2/2013,65.88,No,"
    with pytest.raises(Failure, match="x:3: invoiceNumber I-1 is on line 2 already"):
        list(read_invoices(ledger(row, row), "x"))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Failure, match="x:1: column DueDate is missing"):
        list(read_invoices(["customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate\n"], "x"))
    with pytest.raises(Failure, match="x:1: column customerID is missing"):
        list(read_invoices([], "x"))


def test_what_is_written_as_history_can_be_read_again(tmp_path: Path) -> None:
    from streams.cli.main import run

    target = tmp_path / "out.jsonl"
    assert run(["import", str(SAMPLE), "--format", "receivables", "--history", str(target)]) == 0
    with target.open("rb") as stream:
        lines = list(read_history(stream, "out"))
    assert len(lines) == 47
    assert [line.topic for line in lines[:13]] == ["clients"] * 12 + ["shipments"]
    assert lines[12].key == b"1001-NORTH"
    assert lines[12].timestamp_ms == 1_765_778_400_000  # 2025-12-15 09:00 in Moscow
    assert date(2025, 12, 15).isoformat() in (lines[12].value or b"").decode()
