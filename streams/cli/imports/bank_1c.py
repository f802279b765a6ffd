"""Bank statements in 1C's exchange format with clients of banks (1CClientBankExchange, version 1.03).

Money that came in to one of the statement's own accounts becomes `payment.received` with the day it came
(ДатаПоступило) as value date. What identifies a payment order: the account it came to, its kind, number and date, and
the payer's account and tax number. Amount and value date are its content, so a corrected statement gives a higher
revision. The currency is told by the account's number, whose sixth to eighth digits are the currency's code.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from streams.cli.failure import Failure
from streams.cli.imports.cells import amount, day
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id

SIGNATURE: Final = "1CClientBankExchange"
_ACCOUNT: Final = "РасчСчет"
_SECTION: Final = "СекцияДокумент"
_SECTION_END: Final = "КонецДокумента"
_FILE_END: Final = "КонецФайла"
_LINE_MAX: Final = 64 * 1024
_FIELDS_MAX: Final = 500
_CURRENCIES: Final = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "398": "KZT", "933": "BYN"}
_NEEDED: Final = ("Номер", "Дата", "Сумма", "ДатаПоступило")
Section = dict[str, tuple[str, int, int]]
"""Text, line and column by key."""


def read(lines: Iterable[str], name: str) -> Iterator[Item]:
    """The documents of a statement; raises Failure naming `name` when the file is none or breaks off."""
    numbered = enumerate(lines, 1)
    if next(numbered, (0, ""))[1].strip() != SIGNATURE:
        raise Failure(f"{name}:1: is no 1C statement; its first line is {SIGNATURE}")
    own: set[str] = set()
    section: Section | None = None
    kind, begun, ended = "", 0, False
    for number, line in numbered:
        if len(line) > _LINE_MAX:
            key = line.partition("=")[0].strip()
            said = f"has over {_LINE_MAX:,} characters; shorten it, its document was left out"
            yield Wrong(number, 1, key if len(key) < len(line) and key.isalnum() else "", said)
            section = None
            continue
        key, _, text = line.strip().partition("=")
        if key in (_SECTION, _FILE_END) and section is not None:
            yield Wrong(begun, 1, _SECTION, f"has no {_SECTION_END} before line {number}; save the statement again")
        if key == _SECTION:
            if not own:
                said = f"comes before any {_ACCOUNT}=…, so nobody knows what came in; save the statement again"
                raise Failure(f"{name}:{number}: {said}")
            section, kind, begun = {}, text, number
        elif key == _SECTION_END and section is not None:
            yield _document(section, kind, begun, own)
            section = None
        elif key == _FILE_END:
            ended = True
            break
        elif section is not None:
            if len(section) < _FIELDS_MAX:
                section[key.strip()] = text.strip(), number, line.index("=") + 2 if "=" in line else 1
        elif key == _ACCOUNT and text.strip():
            own.add(text.strip())
    if not ended:
        raise Failure(f"{name}: breaks off without {_FILE_END}; save the statement again")


def _document(section: Section, kind: str, begun: int, own: set[str]) -> Item:
    text = {key: value for key, (value, _, _) in section.items()}
    to, by = text.get("ПолучательСчет", ""), text.get("ПлательщикСчет", "")
    if to not in own:
        why = "money that went out" if by in own else "between accounts that the statement does not name as its own"
        return LeftOut(begun, why)
    if by in own:
        return LeftOut(begun, "between accounts of our own")
    for key in _NEEDED:
        if not text.get(key):
            said = "the money has not come yet; import it when it has" if key == "ДатаПоступило" else "fill it"
            return _wrong(section, key, begun, f"is empty; {said}")
    read_cells: dict[str, str] = {}
    for key, form in (("Сумма", amount), ("Дата", day), ("ДатаПоступило", day)):
        try:
            read_cells[key] = form(text[key])
        except ValueError as error:
            return _wrong(section, key, begun, f"{error}")
    if not read_cells["Сумма"].strip("0."):
        return _wrong(section, "Сумма", begun, "is zero; correct it")
    currency = _CURRENCIES.get(to[5:8])
    if currency is None:
        return _wrong(section, "ПолучательСчет", begun, f"{to!r} names no currency we know; correct the account")
    number, date, inn = text["Номер"], read_cells["Дата"], text.get("ПлательщикИНН", "")
    fields: dict[str, object] = {
        "amount": read_cells["Сумма"],
        "currency": currency,
        "value_date": read_cells["ДатаПоступило"],
        "document": number,
    }
    party = Party(
        inn=inn,
        kpp=text.get("ПлательщикКПП", ""),
        account=by,
        name=text.get("Плательщик1") or text.get("Плательщик", ""),
    )
    named = document_id(f"{number}-{date}", "1c", to, kind, number, date, by, inn)
    return Document(begun, "payment.received", named, party, fields, read_cells["ДатаПоступило"])


def _wrong(section: Section, key: str, begun: int, said: str) -> Wrong:
    _, line, column = section.get(key, ("", begun, 1))
    return Wrong(line, column, key, said)
