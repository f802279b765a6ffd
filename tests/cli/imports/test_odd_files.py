"""Files as nobody should write them: each mistake is one sentence, what stands beside it is neither lost nor moved."""

from pathlib import Path

import pytest

from tests.cli.imports.harness import Desk, statement

Capture = pytest.CaptureFixture[str]
PAYMENTS = "kind: payment.received\ncolumns: {number: n, value_date: d, amount: a, inn: i, code: c}\n"
HEADER = "n;d;a;i;c;p\n"


def _line(number: int, purpose: str = "goods") -> str:
    return f"{number};03.03.2026;{number}.00;7701000014;;{purpose}\n"


def _numbers(desk: Desk, table: bytes | str, mapping: str = PAYMENTS) -> list[str]:
    events = desk.take(desk.file("t.csv", table), "--mapping", str(desk.file("m.yaml", mapping)))
    return [event["document"] for event in events]


@pytest.mark.parametrize(
    ("purposes", "wrong", "taken"),
    [
        (["goods", '"goods', "goods", "goods"], [3], ["1", "3", "4"]),  # it would reach to the end of the file
        (["goods", '"goods', "goods", '"goods', "goods"], [3, 5], ["1", "3", "5"]),  # the next one would close it
        (["goods", '"goods', 'goods"', "goods"], [3], ["1", "3", "4"]),
        (['"goods', *["goods of which much is to be said"] * 400], [2], [str(n) for n in range(2, 402)]),
        (['"two\nlines; and ""more"""', "goods"], [], ["1", "2"]),
    ],
)
def test_a_quote_that_is_not_closed_costs_its_own_line_alone(
    desk: Desk, capfd: Capture, purposes: list[str], wrong: list[int], taken: list[str]
) -> None:
    assert _numbers(desk, HEADER + "".join(_line(n, text) for n, text in enumerate(purposes, 1))) == taken
    told = [line for line in capfd.readouterr().err.splitlines() if "t.csv:" in line]
    said = "opens a quote that it does not close; close it, or leave it out"
    assert told == [f"{desk.folder}/t.csv:{line}: {said}" for line in wrong]
    assert desk.code == bool(wrong)


def test_a_cell_without_end_costs_its_own_line_alone(desk: Desk, capfd: Capture) -> None:
    assert _numbers(desk, HEADER + _line(1, "x" * 300_000) + _line(2)) == ["2"]
    assert "t.csv:2: has a cell of over 10,000 characters; shorten it" in capfd.readouterr().err


def test_clients_are_not_mixed_up_by_a_wrong_encoding(desk: Desk, capfd: Capture) -> None:
    """Both payers would be called by the sign for what cannot be read, and one payment be taken for the other."""
    table = "n;d;a;x\n1;03.03.2026;1.00;А\n1;03.03.2026;1.00;Б\n".encode("cp1251")
    mapping = "kind: payment.received\nencoding: utf-8\ncolumns: {number: n, value_date: d, amount: a, client_id: x}\n"
    assert _numbers(desk, table, mapping) == []
    err = capfd.readouterr().err
    said = "x holds bytes that are not of the encoding; correct encoding of the mapping, or save the file again"
    assert f"t.csv:2:4: {said}" in err and f"t.csv:3:4: {said}" in err
    assert desk.code == 1


def test_an_encoding_that_is_not_the_files_is_one_sentence(desk: Desk, capfd: Capture) -> None:
    assert _numbers(desk, HEADER + _line(1), PAYMENTS + "encoding: utf-16\n") == []
    assert desk.code == 2
    said = "t.csv: is not utf-16 (UTF-16 stream does not start with BOM); correct the encoding"
    assert said in capfd.readouterr().err


def test_of_two_columns_with_one_name_none_is_guessed(desk: Desk, capfd: Capture) -> None:
    assert _numbers(desk, "n;d;a;i;i;c\n1;03.03.2026;1.00;7701000014;7702000028;\n") == []
    assert desk.code == 2
    assert "t.csv:1: column 'i' is there twice; call one of them otherwise" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("form", "content", "said"),
    [
        ("", b"", "is empty; save it again"),
        ("", b" \r\n", "is empty; save it again"),
        ("camt053", b"", "is empty; save it again"),
        ("commerceml", b"", "is empty; save it again"),
        ("", b"PK\x03\x04\x14\x00\x06\x00", "is no text; save it as CSV, or let the bank or 1C export another format"),
    ],
)
def test_a_file_with_nothing_to_read_is_not_taken_for_a_table_or_for_done(
    desk: Desk, capfd: Capture, form: str, content: bytes, said: str
) -> None:
    assert desk.take(desk.file("a.dat", content), *(["--format", form] if form else [])) == []
    assert desk.code == 2
    assert f"a.dat: {said}" in capfd.readouterr().err


def test_the_last_document_of_a_statement_is_not_lost_without_its_end(desk: Desk, capfd: Capture) -> None:
    whole = statement({"Номер": "1"}, {"Номер": "2"})
    end = "КонецДокумента\r\n".encode("cp1251")
    (event,) = desk.take(desk.file("a.txt", end.join(whole.split(end)[:2]) + whole.split(end)[2]))
    assert (event["document"], desk.code) == ("1", 1)
    assert "a.txt:14:1: СекцияДокумент has no КонецДокумента before line 22" in capfd.readouterr().err


def test_a_line_without_end_in_a_statement_costs_its_document_alone(desk: Desk, capfd: Capture) -> None:
    (event,) = desk.take(desk.file("a.txt", statement({"Назначение": "x" * 70_000}, {"Номер": "2"})))
    assert (event["document"], desk.code) == ("2", 1)
    assert "a.txt:13:1: Назначение has over 65,536 characters; shorten it" in capfd.readouterr().err


def test_a_statement_that_names_no_account_of_its_own_is_not_done(desk: Desk, capfd: Capture) -> None:
    content = statement({}).decode("cp1251").replace("\r\nРасчСчет=40702810100000000017", "", 1)
    assert desk.take(desk.file("a.txt", content)) == []
    assert desk.code == 2
    assert "a.txt:4: comes before any РасчСчет=…, so nobody knows what came in" in capfd.readouterr().err


def test_an_entry_that_is_neither_credit_nor_debit_is_wrong(desk: Desk, capfd: Capture) -> None:
    entry = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><Ntry><Amt Ccy="RUB">1.00</Amt>'
        "<CdtDbtInd>CREDIT</CdtDbtInd><Sts>BOOK</Sts></Ntry></Document>"
    )
    assert desk.take(desk.file("a.xml", entry)) == []
    assert desk.code == 1
    assert "CdtDbtInd 'CREDIT' is neither CRDT nor DBIT; ask the bank for it" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("client_id,inn,name\nA,7701000014," + "x" * 200_000 + "\n", ":2: has a cell of over 10,000 characters"),
        ('client_id,inn,name\nA,7701000014,"A\nB,7701000014,B\n', ":2: opens a quote that it does not close"),
        ("client_id,inn,inn\nA,7701000014,7702000028\n", ":1: column inn is there twice"),
    ],
)
def test_a_client_list_with_a_spoilt_line_is_one_sentence(desk: Desk, capfd: Capture, text: str, said: str) -> None:
    clients = desk.file("clients.csv", text)
    assert desk.take(desk.file("a.txt", statement({})), "--clients", str(clients)) == []
    assert desk.code == 2
    assert f"clients.csv{said}" in capfd.readouterr().err


@pytest.mark.parametrize("at", [0, 1])
def test_explaining_a_table_with_a_cell_without_end_is_no_crash(tmp_path: Path, capfd: Capture, at: int) -> None:
    from streams.cli.main import run

    lines = ["Номер;Дата;Сумма;ИНН\n", "1;03.03.2026;1,00;7701000014\n"]
    lines.insert(at, "x" * 300_000 + "\n")
    (tmp_path / "t.csv").write_text("".join(lines))
    assert run(["import", str(tmp_path / "t.csv"), "--explain"]) == 0
    assert "value_date: Дата" in capfd.readouterr().out


def test_a_name_without_end_does_not_spoil_the_list_for_the_clerk(desk: Desk) -> None:
    stranger = {"ПлательщикИНН": "7799000013", "ПлательщикСчет": "9", "Плательщик1": "x" * 20_000}
    file = desk.file("a.txt", statement(stranger))
    assert desk.take(file) == []
    text = desk.unmatched.read_text("utf-8-sig")
    desk.unmatched.write_text(text.replace(";;;7799000013", "found;;;7799000013"))
    (event,) = desk.take(file)
    assert event["client_id"] == "found"
