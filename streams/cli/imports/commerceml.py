"""Shipments of 1C in CommerceML 2: documents «Отпуск товара» become `shipment.dispatched`.

The document's GUID (Ид) is id and shipment id, so that a corrected document is a higher revision; one that is unposted
or marked for deletion is withdrawn. The due date is СрокПлатежа, else the payment term that the command was given. The
format has no recommended prices and no product categories, so the lines stay out: assortment and recommended prices
are judged by requests, which are asked before goods leave. Where a direction is named, each shipment is a sale, too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from streams.cli.imports.cells import amount, day, instant
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id
from streams.cli.imports.xml_stream import Element, elements

ROOT: Final = "КоммерческаяИнформация"
_DISPATCHED: Final = "Отпуск товара"
_ID_MAX: Final = 64 - 2  # an obligation is called <shipment>/1
_ROUBLES: Final = ("руб", "руб.", "RUR", "643", "810")


def read(path: Path, zone: ZoneInfo, payment_term_days: int | None, direction: str) -> Iterator[Item]:
    """The documents of a file; raises Failure when it is no XML or another format."""
    for element in elements(path, ROOT, "Документ"):
        operation = element.said("ХозОперация")
        if operation != _DISPATCHED:
            yield LeftOut(element.line, f"a document «{operation or '?'}», not «{_DISPATCHED}»")
            continue
        found = _shipment(element, zone, payment_term_days)
        yield found
        if direction and isinstance(found, Document):
            yield _sale(found, direction)


def _shipment(element: Element, zone: ZoneInfo, payment_term_days: int | None) -> Document | Wrong:
    for name in ("Номер", "Дата", "Сумма"):
        if not element.said(name):
            return Wrong(element.line, element.column, name, "is missing; fill it in the document")
    cells: dict[str, str] = {}
    for name in ("Дата", "Сумма", "СрокПлатежа"):
        text = element.said(name)
        try:
            cells[name] = (amount(text, ".") if name == "Сумма" else day(text)) if text else ""
        except ValueError as error:
            return _wrong(element, name, str(error))
    number, date = element.said("Номер"), cells["Дата"]
    own = element.said("Ид")
    shipment_id = own if 0 < len(own) <= _ID_MAX and own.isprintable() else document_id(f"{number}-{date}", "cml", own)
    at = instant(date, element.said("Время"), zone)
    if at is None:
        return _wrong(element, "Время", f"{element.said('Время')!r} is no time; write one like 14:30:00")
    currency = element.said("Валюта")
    fields: dict[str, object] = {
        "shipment_id": shipment_id,
        "at": at,
        "amount": cells["Сумма"],
        "currency": "RUB" if currency in _ROUBLES else currency.upper(),
    }
    if cells["СрокПлатежа"]:
        due = {"obligation_id": f"{shipment_id}/1", "due_date": cells["СрокПлатежа"], "amount": cells["Сумма"]}
        fields["instalments"] = [due]
    elif payment_term_days is not None:
        fields["payment_term_days"] = payment_term_days
    else:
        said = "is missing; fill it, or name the usual term with --payment-term-days"
        return Wrong(element.line, element.column, "СрокПлатежа", said)
    voided = _attribute(element, "ПометкаУдаления") == "true" or _attribute(element, "Проведен") == "false"
    return Document(element.line, "shipment.dispatched", shipment_id, _party(element), fields, at, voided)


def _sale(shipment: Document, direction: str) -> Document:
    fields = {name: shipment.fields[name] for name in ("amount", "currency", "shipment_id")}
    sold = {"sold_on": shipment.known_at[:10], "direction": direction}
    return shipment._replace(kind="sale.recorded", fields={**fields, **sold})


def _party(element: Element) -> Party:
    """The buyer: the counterparty that is not the seller."""
    parties = element.all("Контрагенты", "Контрагент")
    who = next((party for party in parties if party.said("Роль") != "Продавец"), None)
    if who is None:
        return Party()
    name = who.said("Наименование") or who.said("ОфициальноеНаименование")
    return Party(code=who.said("Код"), guid=who.said("Ид"), inn=who.said("ИНН"), kpp=who.said("КПП"), name=name)


def _attribute(element: Element, name: str) -> str:
    """A value of ЗначенияРеквизитов; also one written as an element of its own."""
    for value in element.all("ЗначенияРеквизитов", "ЗначениеРеквизита"):
        if value.said("Наименование").replace(" ", "").lower() == name.lower():
            return value.said("Значение").lower()
    return element.said(name).lower()


def _wrong(element: Element, name: str, said: str) -> Wrong:
    at = element.find(name) or element
    return Wrong(at.line, at.column, name, said)
