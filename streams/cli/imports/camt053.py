"""Bank statements of ISO 20022: camt.053 (BankToCustomerStatement), all versions since 001.02.

A booked credit entry becomes `payment.received`, each transaction of a batch one of its own; the value date is ValDt,
or BookgDt where the bank gives none. A booked debit with RvslInd takes an earlier payment back: `payment.reversed`.
What identifies a payment: our account and the bank's reference (AcctSvcrRef), else the payer's (EndToEndId, TxId).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from streams.cli.imports.cells import amount, day
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id
from streams.cli.imports.xml_stream import Element, elements

ROOT: Final = "Document"
_NONE: Final = ("", "NOTPROVIDED", "NONREF")


def read(path: Path) -> Iterator[Item]:
    """The entries of a statement; raises Failure when the file is no XML or another message."""
    account, currency = "", ""
    nameless: Counter[tuple[str, ...]] = Counter()
    for element in elements(path, ROOT, "Acct", "Ntry"):
        if element.name == "Acct":
            account = element.said("Id", "IBAN") or element.said("Id", "Othr", "Id")
            currency = element.said("Ccy")
        else:
            yield from _entry(element, account, currency, nameless)


def _entry(entry: Element, account: str, currency: str, nameless: Counter[tuple[str, ...]]) -> Iterator[Item]:
    status = entry.said("Sts", "Cd") or entry.said("Sts")
    if status != "BOOK":
        yield LeftOut(entry.line, "not booked yet")
        return
    came, reversal = entry.said("CdtDbtInd") == "CRDT", entry.said("RvslInd").lower() in ("true", "1")
    if entry.said("CdtDbtInd") not in ("CRDT", "DBIT"):
        said = f"{entry.said('CdtDbtInd')!r} is neither CRDT nor DBIT; ask the bank for it"
        yield Wrong(entry.line, entry.column, "CdtDbtInd", said)
        return
    if came == reversal:  # a credit that reverses a debit is our own money coming back
        yield LeftOut(entry.line, "money that went out" if not came else "our own payment coming back")
        return
    details = entry.all("NtryDtls", "TxDtls") or [entry]
    for number, detail in enumerate(details):
        yield _transaction(entry, detail, number, len(details), account, currency, nameless, reversal)


def _transaction(
    entry: Element,
    detail: Element,
    number: int,
    count: int,
    account: str,
    currency: str,
    nameless: Counter[tuple[str, ...]],
    reversal: bool,
) -> Item:
    money = _money(entry, detail, count)
    if money is None:
        return Wrong(detail.line, detail.column, "Amt", "is missing in a transaction of a batch; ask the bank for it")
    date = next((found for name in ("ValDt", "BookgDt") if (found := _date(entry, name)) is not None), None)
    if date is None:
        return Wrong(entry.line, entry.column, "ValDt", "is missing, and BookgDt too; ask the bank for it")
    try:
        paid = amount(money.text.strip(), ".")
    except ValueError as error:
        return Wrong(money.line, money.column, "Amt", str(error))
    if not paid.strip("0."):
        return Wrong(money.line, money.column, "Amt", "is zero; correct it")
    try:
        valued = day(date.text.strip()[:10], "YYYY-MM-DD")
    except ValueError as error:
        return Wrong(date.line, date.column, date.name, str(error))
    references = [entry.said("AcctSvcrRef"), detail.said("Refs", "AcctSvcrRef")]
    bank = [text for text in references if text not in _NONE]
    names = ("EndToEndId", "TxId", "InstrId")
    payer = [text for name in names if (text := detail.said("Refs", name)) not in _NONE]
    party = _party(detail, "Cdtr" if reversal else "Dbtr")
    identity = [*dict.fromkeys(bank)] or payer[:1]
    if not identity:  # told apart by its content alone, so a correction of it is another payment
        content = (account, valued, paid, party.account, party.name)
        nameless[content] += 1
        identity = [*content, str(nameless[content])]
    elif count > 1:
        identity = [*identity, *(payer[:1] or [str(number)])]
    document = (payer or bank or [""])[0][:500]
    fields: dict[str, object] = {
        "amount": paid,
        "currency": money.attributes.get("Ccy") or currency,
        "value_date": valued,
    }
    if reversal:
        fields["reason"] = (entry.said("AddtlNtryInf") or "reversed by the bank")[:500]
        named = document_id(f"reversal-{identity[0]}", "camt-reversal", account, *identity)
        return Document(entry.line, "payment.reversed", named, party, fields, valued, reverses=(*payer, *bank))
    fields["document"] = document
    named = document_id(identity[0] if bank or payer else valued, "camt", account, *identity)
    return Document(entry.line, "payment.received", named, party, fields, valued)


def _money(entry: Element, detail: Element, count: int) -> Element | None:
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        if detail is not entry and (found := detail.find(*path)) is not None:
            return found
    return entry.find("Amt") if count == 1 else None


def _date(entry: Element, name: str) -> Element | None:
    return entry.find(name, "Dt") or entry.find(name, "DtTm")


def _party(detail: Element, role: str) -> Party:
    parties = detail.find("RltdPties")
    if parties is None:
        return Party()
    who = parties.find(role, "Pty") or parties.find(role)
    account = parties.said(f"{role}Acct", "Id", "IBAN") or parties.said(f"{role}Acct", "Id", "Othr", "Id")
    if who is None:
        return Party(account=account)
    tax = who.said("Id", "OrgId", "Othr", "Id") or who.said("Id", "PrvtId", "Othr", "Id")
    return Party(inn=tax, account=account, name=who.said("Nm"))
