"""Files of other programs as long as are wanted: the same payments in each format, and a ledger of invoices."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

OWN_ACCOUNT = "40702810100000000017"
POLICY = "version: 1\ncurrency: RUB\n"
MAPPING = """\
kind: payment.received
header_line: 2
columns: {number: Номер, date: Дата документа, value_date: Дата зачисления, amount: Приход, inn: ИНН, name: Плательщик}
dates: DD.MM.YYYY
decimal: ","
"""
_FIRST_DAY = date(2026, 1, 12)
_DAYS = 60
_AMOUNTS = range(10_000, 50_000_000)
_CAMT_BEGIN = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <Stmt>
      <Acct><Id><Othr><Id>{OWN_ACCOUNT}</Id></Othr></Id><Ccy>RUB</Ccy></Acct>
"""
_CAMT_ENTRY = """      <Ntry>
        <Amt Ccy="RUB">{amount}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>{day}</Dt></BookgDt>
        <ValDt><Dt>{day}</Dt></ValDt>
        <AcctSvcrRef>B-{number:09}</AcctSvcrRef>
        <NtryDtls><TxDtls>
          <Refs><EndToEndId>INV-{number}</EndToEndId></Refs>
          <RltdPties>
            <Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>
            <DbtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></DbtrAcct>
          </RltdPties>
        </TxDtls></NtryDtls>
      </Ntry>
"""
_BANK_1C_ENTRY = """СекцияДокумент=Платежное поручение
Номер={number}
Дата={before:%d.%m.%Y}
Сумма={amount}
ПлательщикСчет={account}
Плательщик1={name}
ПлательщикИНН={inn}
ПлательщикКПП=770101001
ПолучательСчет={own}
Получатель1=ООО «Поставщик»
ПолучательИНН=7709999999
ДатаПоступило={day:%d.%m.%Y}
ВидОплаты=01
Очередность=5
НазначениеПлатежа=Оплата по накладной {number} от {before:%d.%m.%Y}, НДС 20%
КонецДокумента
"""


class _Payment(NamedTuple):
    number: int
    client: int
    day: date
    minor: int

    def words(self) -> dict[str, object]:
        """What the formats say of it."""
        return {
            "number": self.number,
            "day": self.day,
            "before": self.day - timedelta(days=1),
            "amount": f"{self.minor // 100}.{self.minor % 100:02}",
            "name": f"ООО «Клиент {self.client}»",
            "inn": _inn(self.client),
            "account": _account(self.client),
            "own": OWN_ACCOUNT,
        }


def _inn(client: int) -> str:
    return f"77{client:08}"


def _account(client: int) -> str:
    return f"40702810{client:012}"


def _payments(count: int, clients: int) -> Iterator[_Payment]:
    drawn = random.Random(1)
    for number in range(1, count + 1):
        day = _FIRST_DAY + timedelta(days=number * _DAYS // (count + 1))
        yield _Payment(number, drawn.randrange(clients), day, drawn.choice(_AMOUNTS))


def write_clients(path: Path, clients: int) -> None:
    """The client list of all the others."""
    rows = (f"client-{n:06};{_inn(n)};{_account(n)};ООО «Клиент {n}»\n" for n in range(clients))
    path.write_text("client_id;inn;account;name\n" + "".join(rows), encoding="utf-8")


def write_csv(path: Path, payments: int, clients: int) -> None:
    """A table as a bank's site saves it: a line a payment, windows-1251, amounts like `52 000,50`."""
    with path.open("w", encoding="cp1251", newline="\r\n") as out:
        out.write(f"Выписка по счету {OWN_ACCOUNT}\n")
        out.write("Номер;Дата документа;Дата зачисления;Плательщик;ИНН;Расход;Приход;Назначение\n")
        for one in _payments(payments, clients):
            said = one.words()
            whole = f"{one.minor // 100:,}".replace(",", " ")
            amount = f"{whole},{one.minor % 100:02}"
            out.write(
                f"{one.number};{said['before']:%d.%m.%Y};{one.day:%d.%m.%Y};{said['name']};{said['inn']};;{amount};"
                f"Оплата по накладной {one.number} от {said['before']:%d.%m.%Y}, НДС 20%\n"
            )


def write_bank_1c(path: Path, payments: int, clients: int) -> None:
    """A statement in 1C's exchange format, sixteen lines a payment, windows-1251."""
    with path.open("w", encoding="cp1251", newline="\r\n") as out:
        out.write(f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nРасчСчет={OWN_ACCOUNT}\n")
        for one in _payments(payments, clients):
            out.write(_BANK_1C_ENTRY.format(**one.words()))
        out.write("КонецФайла\n")


def write_camt053(path: Path, payments: int, clients: int) -> None:
    """A statement of ISO 20022, fifteen lines a payment."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_CAMT_BEGIN)
        for one in _payments(payments, clients):
            out.write(_CAMT_ENTRY.format(**one.words()))
        out.write("    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n")


def write_receivables(path: Path, invoices: int, clients: int) -> None:
    """A ledger, a line an invoice; most are settled."""
    with path.open("w", encoding="utf-8") as out:
        out.write("customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n")
        for one in _payments(invoices, clients):
            due, settled = one.day + timedelta(days=30), one.day + timedelta(days=one.minor % 45)
            paid = "" if one.minor % 10 == 0 else f"{settled:%m/%d/%Y}"
            amount = one.words()["amount"]
            out.write(f"client-{one.client:06},{one.number},{one.day:%m/%d/%Y},{due:%m/%d/%Y},{amount},No,{paid}\n")
