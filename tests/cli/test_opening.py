"""A spreadsheet of opening balances becomes one `client.opened` a client; a wrong cell is named; nobody storms in."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from schemas.decoding import decode
from schemas.policy_file import default_policy
from schemas.records import Rejected
from streams.cli import opening_cells
from streams.cli.failure import Failure
from streams.cli.folding import HistoryFold
from streams.cli.history import Line
from streams.cli.main import run
from streams.cli.opening import OpeningForm, entries_of
from streams.domain.fold import ClientFold
from streams.domain.shared import Shared
from streams.domain.state import Client
from tests.harness.packaged import SAMPLES

Capture = pytest.CaptureFixture[str]
SAMPLE = Path(__file__).parents[2] / "docs/examples/opening-balances.csv"
HEADER = (
    "client_id,kind,as_of,currency,rate,name,lifecycle,id,due_date,amount,shipment_id,first_day,last_day,month,"
    "direction,territory,mall,document"
)
COLUMNS = HEADER.split(",")


def row(client_id: str, kind: str, **cells: str) -> str:
    """A line of the form with these cells; the others are empty."""
    filled = {"client_id": client_id, "kind": kind, **cells}
    assert set(filled) <= set(COLUMNS)
    return ",".join(
        f'"{filled[column]}"' if "," in filled.get(column, "") else filled.get(column, "") for column in COLUMNS
    )


def read(*rows: str, revision: int = 1, header: str = HEADER) -> OpeningForm:
    form = OpeningForm("USD", revision)
    form.read("\n".join([header, *rows, ""]).splitlines(keepends=True), "form.csv")
    return form


def problems(*rows: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.said) for problem in read(*rows).problems]


# ------------------------------------------------------------------ what a form says


def test_every_kind_of_row_goes_to_its_place_in_one_event() -> None:
    form = read(
        row(
            "lavka",
            "obligation",
            as_of="2026-03-01",
            id="inv-1",
            due_date="20.03.2026",
            amount="70,5",
            shipment_id="dn-1",
        ),
        row("vesna", "client", as_of="2026-03-01", name="Vesna"),
        row("lavka", "violation", id="inv-0", first_day="2026-01-10", last_day="2026-01-12", name="Lavka"),
        row("lavka", "turnover", month="02.2026", amount="1 410.00", direction="watches", territory="Moscow"),
        row("lavka", "unapplied", amount="15", lifecycle="lost"),
        row("lavka", "outlet", id="kiosk-1", territory="Moscow", mall="m-1"),
        row("lavka", "document", id="ca-17", document="cooperation_agreement", direction="watches"),
    )
    assert form.problems == []
    assert [opening.value for opening in form.openings] == [
        {
            "type": "client.opened",
            "id": "opening",
            "client_id": "lavka",
            "as_of": "2026-03-01",
            "currency": "USD",
            "name": "Lavka",
            "lifecycle": "lost",
            "unapplied": "15.00",
            "obligations": [
                {"obligation_id": "inv-1", "due_date": "2026-03-20", "amount": "70.50", "shipment_id": "dn-1"}
            ],
            "violations": [{"obligation_id": "inv-0", "first_day": "2026-01-10", "last_day": "2026-01-12"}],
            "turnover": [{"month": "2026-02", "amount": "1410.00", "direction": "watches", "territory": "Moscow"}],
            "outlets": [{"outlet_id": "kiosk-1", "territory": "Moscow", "mall": "m-1"}],
            "documents": [{"document": "cooperation_agreement", "number": "ca-17", "direction": "watches"}],
        },
        {
            "type": "client.opened",
            "id": "opening",
            "client_id": "vesna",
            "as_of": "2026-03-01",
            "currency": "USD",
            "name": "Vesna",
        },
    ]


def test_the_events_are_valid_and_appended_at_the_beginning_of_their_day() -> None:
    form = read(row("lavka", "unapplied", as_of="2026-03-01", amount="1"), revision=2)
    (entry,) = entries_of(form.openings, ZoneInfo("Europe/Moscow"))
    assert (entry.topic, entry.key, entry.timestamp_ms) == ("clients", "lavka", 1_772_312_400_000)  # 28 Feb 21:00 UTC
    decoded = decode(entry.topic, msgspec.json.encode(entry.value))
    assert not isinstance(decoded, Rejected), decoded
    assert entry.value["revision"] == 2


def test_semicolons_and_a_decimal_comma_need_no_quotes() -> None:
    form = read("lavka;01.03.2026;unapplied;1 234,50;", header="Client_ID;as_of;kind;amount;")
    assert form.problems == []
    assert form.openings[0].value["unapplied"] == "1234.50"


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("70", "70.00"),
        ("70.5", "70.50"),
        ("70,5", "70.50"),
        ("0070,05", "70.05"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u00a0567,50", "1234567.50"),
        ("1'234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234,567", "1234567.00"),
        ("1.234.567", "1234567.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_as_people_write_them(written: str, means: str) -> None:
    assert opening_cells.amount(written) == means


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1,234", "can be read in two ways; write it with two places, like 1234.00 or 1.23"),
        ("1.234", "can be read in two ways"),
        ("12 34", "is no amount"),
        ("-5", "is no amount"),
        ("5 USD", "is no amount"),
        ("1.2345", "is no amount"),
        ("1,23,456", "is no amount"),
        ("12345678901234", "is no amount"),
        ("12,345,678,901,234", "is too large an amount"),
        ("٣", "is no amount"),
    ],
)
def test_an_amount_that_is_none_or_two_is_not_guessed(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.split(";")[0]):
        opening_cells.amount(written)


@pytest.mark.parametrize(
    ("written", "means"), [("2026-03-01", "2026-03-01"), ("01.03.2026", "2026-03-01"), ("1.3.2026", "2026-03-01")]
)
def test_dates_as_people_write_them(written: str, means: str) -> None:
    assert opening_cells.day(written) == means


@pytest.mark.parametrize("written", ["01/03/2026", "1 March", "2026-02-30", "01.03.26", "0001-01-01"])
def test_a_date_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"date|years"):
        opening_cells.day(written)


def test_months_as_people_write_them() -> None:
    assert (opening_cells.month("2026-03"), opening_cells.month("03.2026")) == ("2026-03", "2026-03")
    with pytest.raises(ValueError, match="no month of the calendar"):
        opening_cells.month("2026-13")


# --------------------------------------------------------------- what is wrong with one


@pytest.mark.parametrize(
    ("rows", "line", "column", "said"),
    [
        (["," + row("x", "client")[2:]], 2, "client_id", "is empty; write the client's id on every row"),
        ([row("a", "client")], 2, "as_of", "is empty; write on one row of the client"),
        ([row("a", "debt", as_of="2026-03-01")], 2, "kind", "is 'debt'; write one of client, obligation, violation"),
        ([row("a", "unapplied", as_of="2026-03-01", amount="1,234")], 2, "amount", "can be read in two ways"),
        ([row("a", "unapplied", as_of="3/1/2026", amount="1")], 2, "as_of", "is no date; write one like 2026-03-01"),
        ([row("a", "unapplied", as_of="2026-03-01")], 2, "amount", "is empty; a row of kind unapplied needs it"),
        (
            [row("a", "outlet", as_of="2026-03-01", id="o", amount="5")],
            2,
            "amount",
            "is filled, but a row of kind outlet does not use it",
        ),
        (
            [row("a", "client", as_of="2026-03-01", name="A"), row("a", "client", name="B")],
            3,
            "name",
            "is 'B', on line 2 it is 'A'; make them alike",
        ),
        (
            [row("a", "unapplied", as_of="2026-03-01", amount="1"), row("a", "unapplied", amount="2")],
            3,
            "amount",
            "is on line 2 already; leave one row of it",
        ),
        (
            [row("a", "obligation", as_of="2026-03-01", id="o", due_date="2026-03-02", amount="1")] * 2,
            3,
            "id",
            "is on line 2 already",
        ),
        (
            [row("a", "violation", as_of="2026-03-01", id="o", first_day="2026-02-01", last_day="2026-03-01")],
            2,
            "last_day",
            "is not before as_of; what is still overdue is a row of kind obligation",
        ),
        (
            [row("a", "violation", as_of="2026-03-01", id="o", first_day="2026-02-03", last_day="2026-02-01")],
            2,
            "last_day",
            "must not lie before first_day",
        ),
        ([row("a", "turnover", as_of="2026-03-01", month="2026-04", amount="1")], 2, "month", "is after as_of"),
        ([row("a", "client", as_of="2026-03-01", currency="EUR")], 2, "rate", "is empty; EUR needs the rate to USD"),
        ([row("a", "client", as_of="2026-03-01", currency="euro", rate="1")], 2, "currency", "three capital letters"),
        ([row("a", "client", as_of="2026-03-01", lifecycle="gone")], 2, "lifecycle", "must be one of"),
        (
            [row("a", "document", as_of="2026-03-01", id="1", document="deed")],
            2,
            "document",
            "must be one of 'cooperation_agreement'",
        ),
        (
            [row("a", "client", as_of="2026-03-01"), row("a", "outlet", id="o" * 65)],
            3,
            "id",
            "must have at most 64 characters",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_line_column_and_remedy(rows: list[str], line: int, column: str, said: str) -> None:
    (problem,) = problems(*rows)
    assert problem[:2] == (line, column)
    assert said in problem[2]


def test_a_cell_too_many_is_a_comma_without_quotes() -> None:
    form = OpeningForm("USD")
    form.read(["client_id,as_of,kind,amount\n", "a,2026-03-01,unapplied,12,50\n"], "form.csv")
    (problem,) = form.problems
    assert (problem.line, problem.said) == (2, "has 5 cells for 4 columns; put a cell that holds ',' in quotes")


def test_every_wrong_cell_is_told_and_lines_count_as_an_editor_counts_them() -> None:
    rows = [
        row("a", "client", as_of="2026-03-01", name="A"),
        "",
        row("b", "client", as_of="2026-03-01", name="B, in two\nlines"),
        row("c", "unapplied", as_of="noon", amount="much"),
    ]
    assert [(line, column) for line, column, _ in problems(*rows)] == [(6, "as_of"), (6, "amount")]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("client_id,as_of", "form.csv:1: column kind is missing; the first line must name columns: client_id"),
        ("client_id,as_of,kind,ammount", "form.csv:1: column 'ammount' is none of the form; use client_id"),
        ("client_id,as_of,kind,kind", "form.csv:1: column kind is there twice; remove one"),
        ('client_id,as_of,"kind', "form.csv: is not CSV"),
        ("", "form.csv:1: column client_id is missing"),
    ],
)
def test_a_file_that_is_no_form_is_one_sentence(header: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        read(header=header)
    assert said in str(caught.value)


# ------------------------------------------------------------------------- the command


def written(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "form.csv"
    file.write_text("\n".join([HEADER, *rows]), "utf-8")
    return file


def test_nothing_is_written_when_a_cell_is_wrong(tmp_path: Path, capfd: Capture) -> None:
    file = written(
        tmp_path, row("a", "client", as_of="2026-03-01"), row("b", "unapplied", as_of="2026-03-01", amount="x")
    )
    out = tmp_path / "history.jsonl"
    assert run(["import", str(file), "--format", "opening", "--history", str(out)]) == 2
    assert capfd.readouterr() == (
        "",
        f"{file}:3: amount 'x' is no amount; write one with at most two places, like 1234.50\n"
        f"stoplist: {file} has 1 wrong cell, so nothing was sent; correct them and import again\n",
    )
    assert not out.exists()


def test_skip_bad_leaves_out_a_whole_client_and_says_so(tmp_path: Path, capfd: Capture) -> None:
    rows = [
        row("a", "client", as_of="2026-03-01"),
        row("b", "obligation", as_of="2026-03-01", id="o", due_date="2026-03-05", amount="7"),
        row("b", "unapplied", amount="x"),
    ]
    command = ["import", str(written(tmp_path, *rows)), "--format", "opening", "--history", "-", "--skip-bad"]
    assert run(command) == 1
    out, err = capfd.readouterr()
    assert [json.loads(line)["key"] for line in out.splitlines()] == ["a"]
    assert err.splitlines()[-1] == "stoplist: 1 client with wrong cells left out"


def test_skip_bad_does_not_leave_out_what_it_cannot_tell(tmp_path: Path, capfd: Capture) -> None:
    rows = [row("a", "client", as_of="2026-03-01"), "," + row("x", "unapplied", amount="5")[2:]]
    command = ["import", str(written(tmp_path, *rows)), "--format", "opening", "--history", "-", "--skip-bad"]
    assert run(command) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "a row without its client cannot be left out" in err


def test_a_form_without_clients_says_so(tmp_path: Path, capfd: Capture) -> None:
    assert run(["import", str(written(tmp_path)), "--format", "opening", "--history", "-"]) == 2
    assert "has no client to open" in capfd.readouterr().err


def test_options_of_the_other_format_are_refused(capfd: Capture) -> None:
    ledger = str(SAMPLES / "receivables.csv")
    assert run(["import", ledger, "--format", "receivables", "--history", "-", "--skip-bad"]) == 2
    assert "are for --format opening" in capfd.readouterr().err


def test_the_sample_opens_three_clients_of_which_one_is_blocked(tmp_path: Path, capfd: Capture) -> None:
    history = tmp_path / "history.jsonl"
    assert run(["import", str(SAMPLE), "--format", "opening", "--history", str(history)]) == 0
    assert run(["replay", str(history), "--status"]) == 0
    statuses = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(status["client_id"], status["blocked"], status["outstanding"]) for status in statuses] == [
        ("lavka", False, "1320.50"),
        ("vesna", True, "300.00"),  # due 15 February, 14 days overdue at the beginning of 1 March
        ("zarya", False, "0.00"),
    ]


# ------------------------------------------------------------- ten thousand go live at once

CLIENTS = 10_000


def signed(client: str, **cells: str) -> list[str]:
    """The rows of both documents: without them an active client is blocked."""
    kinds = ("cooperation_agreement", "supply_contract")
    return [row(client, "document", id=f"{kind}-1", document=kind, **cells) for kind in kinds]


def book_of(count: int) -> list[str]:
    """A form of `count` clients, half a dozen rows each: every tenth is 13 days late, every hundredth 60 days.

    As of 1 March 2026: due 16 February is 12 full days and today's beginning, group 3 with something overdue: blocked.
    The others owe what is due on 20 March; every fifth was a little late a month ago.
    """
    rows = []
    for number in range(count):
        client = f"C-{number:05}"
        rows.append(row(client, "obligation", as_of="2026-03-01", id="new", due_date="2026-03-20", amount="120,00"))
        if number % 10 == 0:
            rows.append(row(client, "obligation", id="old", due_date="2026-02-16", amount="80.00"))
        if number % 5 == 1:
            rows.append(row(client, "violation", id="past", first_day="2026-01-20", last_day="2026-01-21"))
        rows += signed(client)
        rows.append(row(client, "turnover", month="2026-01", amount="600"))
        rows.append(row(client, "turnover", month="2026-02", amount="250"))
    return rows


def folded(rows: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """What opening these clients publishes, as (topic, value)."""
    form = read(*rows)
    assert form.problems == []
    fold = ClientFold(default_policy())
    history: HistoryFold[Client, Shared] = HistoryFold(fold)
    published = []
    for number, entry in enumerate(entries_of(form.openings, ZoneInfo("Europe/Moscow"))):
        value = msgspec.json.encode(entry.value)
        for output in history.feed(Line(number, entry.topic, entry.timestamp_ms, entry.key.encode(), value)):
            assert output.value is not None
            published.append((output.topic, json.loads(output.value)))
    return published


def test_ten_thousand_clients_go_live_with_one_status_each_and_no_storm_of_blocks() -> None:
    published = folded(book_of(CLIENTS))
    statuses = Counter(value["client_id"] for topic, value in published if topic == "client-status")
    assert len(statuses) == CLIENTS
    assert set(statuses.values()) == {1}
    blocks = [value for topic, value in published if topic == "shipment-blocks"]
    assert [value["client_id"] for value in blocks] == [f"C-{number:05}" for number in range(0, CLIENTS, 10)]
    assert {value["type"] for value in blocks} == {"shipment.blocked"}
    assert not [topic for topic, _ in published if topic == "dead-letters"]


def test_a_client_opened_without_its_documents_is_blocked() -> None:
    owed = row("a", "obligation", as_of="2026-03-01", id="o", due_date="2026-03-20", amount="80")
    (block,) = [value for topic, value in folded([owed, signed("a")[0]]) if topic == "shipment-blocks"]
    (reason,) = block["conditions"]
    assert (reason["reason"], reason["lifted_by"][0]["documents"]) == ("documents_missing", ["supply_contract"])


def test_a_corrected_form_replaces_what_was_opened() -> None:
    fold = ClientFold(default_policy())
    history: HistoryFold[Client, Shared] = HistoryFold(fold)
    for revision, due in ((1, "2026-02-16"), (2, "2026-03-16")):
        owed = row("a", "obligation", as_of="2026-03-01", id="o", due_date=due, amount="80")
        form = read(owed, *signed("a"), revision=revision)
        (entry,) = entries_of(form.openings, ZoneInfo("Europe/Moscow"))
        history.feed(Line(revision, entry.topic, entry.timestamp_ms, b"a", msgspec.json.encode(entry.value)))
    ((_, client),) = history.states()
    status = json.loads(client.decided.status)
    assert (status["blocked"], status["outstanding"], status["violations"]) == (False, "80.00", 0)
