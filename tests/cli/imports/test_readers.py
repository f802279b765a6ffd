"""Encodings, limits, matching: what files of other programs are like, and what they must not do."""

from pathlib import Path

import pytest

from streams.cli.failure import Failure
from streams.cli.imports import xml_stream
from streams.cli.imports.clients import ClientList, Match
from streams.cli.imports.documents import Party
from streams.cli.imports.encodings import encoding_of
from streams.cli.main import run
from tests.cli.imports.harness import Desk, statement


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16", "cp866"])
def test_a_statement_is_read_in_any_of_its_encodings(desk: Desk, encoding: str) -> None:
    text = statement({}).decode("cp1251")
    text = text.replace("Кодировка=Windows", "Кодировка=DOS") if encoding == "cp866" else text
    (event,) = desk.take(desk.file("a.txt", text.encode(encoding)))
    assert (event["client_id"], event["value_date"]) == ("romashka", "2026-03-03")


def test_cyrillic_far_down_in_a_file_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a;b\n" * 2_000_000 + "Ромашка".encode("cp1251"))
    assert encoding_of(file) == "cp1251"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY e "x">]><Document>&e;</Document>', "has a document type or entities"),
        ("<Document><Ntry><a></Ntry></Document>", "a.xml:1:22: is no XML from here on"),
        ('<?xml version="1.0" encoding="windows-1252000"?><Document/>', "a.xml:1: names an encoding that is not known"),
        ('<?xml version="1.0" encoding="shift_jis"?><Document/>', "a.xml:1: names an encoding that is not known"),
        ("<Other/>", "begins with Other, not with Document"),
        ("<Document>" + "<a>" * 70 + "</a>" * 70 + "</Document>", "elements lie more than 64 deep"),
        ("<Document><Ntry>" + "x" * 70_000 + "</Ntry></Document>", "Ntry has over 65,536 characters"),
        ("<Document><Ntry>" + "<a/>" * 100_001 + "</Ntry></Document>", "more than 100,000 elements"),
    ],
)
def test_xml_that_would_harm_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.xml"
    file.write_text(text)
    with pytest.raises(Failure) as caught:
        list(xml_stream.elements(file, "Document", "Ntry"))
    assert said in str(caught.value)


def _clients(tmp_path: Path, text: str) -> ClientList:
    file = tmp_path / "clients.csv"
    file.write_text(text)
    clients = ClientList()
    clients.read(file)
    return clients


NAMELESS = "has no code, GUID, tax number or account of its own, by which a list could match; send it by hand"
LIST = """client_id;code;guid;inn;kpp;account;name
A;К-1;AAAA-1;0700000017;;;Alpha
B;К-2;;7702000028;770201001;;Beta north
C;К-3;;7702000028;770201002;DE02 1203;Beta south
C;;;;;30232810000000000001;through a bank's own account
D;;;101000001;10101001;;South
E;;;101000001;10101002;;South, too
"""


@pytest.mark.parametrize(
    ("party", "match"),
    [
        (Party(code="к-1"), Match("A")),
        (Party(guid="aaaa-1"), Match("A")),
        (Party(inn="700000017"), Match("A")),  # a spreadsheet dropped the zero
        (Party(account="de021203"), Match("C")),
        (Party(inn="7702000028", kpp="770201002"), Match("C")),
        (Party(inn="0101000001", kpp="010101001"), Match("D")),  # it dropped both
        (Party(inn="7702000028"), Match("", "its inn is of several clients: B, C")),
        (Party(inn="7702000028", account="DE021203"), Match("C")),
        (Party(code="К-1", inn="7702000028"), Match("", "code is of A, inn of B, C")),
        (Party(name="Alpha"), Match("", NAMELESS)),
        (Party(inn="7799000013", account="DE021203"), Match("", "nothing of it is in the client list")),
        (Party(account="30232810000000000001"), Match("", NAMELESS)),
        (Party(inn="0"), Match("", NAMELESS)),
        (Party(), Match("", "the file does not name it")),
    ],
)
def test_a_party_is_matched_by_everything_known_of_it_or_not_at_all(tmp_path: Path, party: Party, match: Match) -> None:
    assert _clients(tmp_path, LIST).match(party) == match


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,inn\nx,1\n", ":1: the first line must name client_id"),
        ("client_id,inn\n,77\n", ":2: client_id is empty"),
        ("client_id,inn\n" + "x" * 65 + ",77\n", ":2: client_id"),
    ],
)
def test_a_client_list_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        _clients(tmp_path, text)
    assert said in str(caught.value)


def _as_saved_by_a_spreadsheet(text: str) -> str:
    """Digits become numbers: without a first zero, and from the twelfth on with six places that count."""

    def cell(text: str) -> str:
        if not text.isdecimal():
            return text
        return str(int(text)) if len(text) < 12 else f"{int(text):.5E}".replace(".", ",")

    return "\r\n".join(";".join(cell(one) for one in line.split(";")) for line in text.splitlines())


@pytest.mark.parametrize(
    "payer",
    [
        {"ПлательщикИНН": "770300000305"},
        {"ПлательщикИНН": "0199000013"},
        {"ПлательщикИНН": "", "ПлательщикСчет": "40702810200000000903"},
    ],
)
def test_a_list_of_the_unmatched_may_be_finished_in_a_spreadsheet(desk: Desk, payer: dict[str, str]) -> None:
    file = desk.file("a.txt", statement(payer))
    assert desk.take(file) == []
    saved = _as_saved_by_a_spreadsheet(desk.unmatched.read_text("utf-8-sig"))
    desk.unmatched.write_text(saved.replace("\n;", "\nfound;"), "cp1251")
    (event,) = desk.take(file)
    assert (event["client_id"], desk.code) == ("found", 0)


def test_a_payers_name_is_no_formula_in_a_spreadsheet(desk: Desk) -> None:
    desk.take(
        desk.file("a.txt", statement({"ПлательщикИНН": "1", "ПлательщикСчет": "2", "Плательщик1": "=HYPERLINK()"}))
    )
    assert ";'=HYPERLINK();" in desk.unmatched.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: payment.received\n", "columns"),
        ("kind: payment.received\ncolumns: {amount: a, inn: b}\n", "columns.value_date is missing"),
        ("kind: payment.received\ncolumns: {amount: a, value_date: b}\n", "columns names no client"),
        ("kind: payment.received\ncolumns: {amount: a, value_date: b, innn: c}\n", "columns.innn is none of"),
        ("- 1\n", "is no mapping"),
        ("a: [\n", "is no YAML"),
    ],
)
def test_a_mapping_that_is_none_is_refused_with_its_field(desk: Desk, text: str, said: str) -> None:
    from streams.cli.imports.mapping import read_mapping

    with pytest.raises(Failure) as caught:
        read_mapping(desk.file("m.yaml", text))
    assert said in str(caught.value)


def test_who_is_not_found_is_listed_beside_the_file_and_not_where_the_command_runs(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    (there / "a.txt").write_bytes(statement({"ПлательщикИНН": "7799000013", "ПлательщикСчет": "9"}))
    command = ["import", "../there/a.txt", "--policy", str(desk.policy), "--history", "-"]

    assert run(command) == 1
    assert "write their client_id into ../there/unmatched.csv and import again" in capfd.readouterr().err
    assert list(here.iterdir()) == []
    listed = there / "unmatched.csv"
    listed.write_text(listed.read_text("utf-8-sig").replace(";;;7799000013", "found;;;7799000013"))
    assert run(command) == 0
    assert '"client_id":"found"' in capfd.readouterr().out


def test_a_list_that_cannot_be_written_is_one_sentence(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.unmatched = desk.folder / "nowhere" / "unmatched.csv"
    desk.take(desk.file("a.txt", statement({"ПлательщикИНН": "7799000013", "ПлательщикСчет": "9"})))
    assert desk.code == 2
    assert "nowhere/unmatched.csv: cannot be written (No such file or directory), so who" in capfd.readouterr().err
