"""Shipments of 1C in CommerceML 2: documents «Отпуск товара» become `shipment.dispatched`.

The document's GUID (Ид) is id and shipment id, so that a corrected document is a higher revision; one that is unposted
or marked for deletion is withdrawn. The due date is СрокПлатежа, else the payment term that the command was given. The
format has no recommended prices and no product categories, so the lines stay out: assortment and recommended prices
are judged by requests, which are asked before goods leave. Where a direction is named, each shipment is a sale, too.

A document may hold others that follow from it (ПодчиненныеДокументы): so an order holds its shipments, and a shipment
the returns of its goods. A «Возврат товара» there becomes `goods.returned`, and `sale.returned` where the shipment is a
sale. Anywhere else the format has no place for the shipment that is returned, and is not guessed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.cli.imports.cells import amount, day, instant
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id
from streams.cli.imports.xml_stream import Element, elements

ROOT: Final = "КоммерческаяИнформация"
_DISPATCHED: Final = "Отпуск товара"
_RETURNED: Final = "Возврат товара"
_ID_MAX: Final = 64 - 2  # an obligation is called <shipment>/1
_ROUBLES: Final = ("руб", "руб.", "RUR", "643", "810")


class _Wanted(NamedTuple):
    """What the command says of all documents."""

    zone: ZoneInfo
    payment_term_days: int | None
    direction: str


def read(path: Path, zone: ZoneInfo, payment_term_days: int | None, direction: str) -> Iterator[Item]:
    """The documents of a file; raises Failure when it is no XML or another format."""
    wanted = _Wanted(zone, payment_term_days, direction)
    for element in elements(path, ROOT, "Документ"):
        yield from _document(element, Party(), None, wanted)


def _document(element: Element, party: Party, of: Document | Wrong | None, wanted: _Wanted) -> Iterator[Item]:
    """A document and what follows from it; `of` is the shipment that it follows from, `party` whose that is."""
    operation, party, found = element.said("ХозОперация"), _party(element) or party, None
    if operation == _DISPATCHED:
        found = _shipment(element, party, wanted)
        yield found
        if wanted.direction and isinstance(found, Document):
            yield _sale(found, wanted.direction)
    elif operation == _RETURNED and element.said("Роль") != "Покупатель":
        returned = _return(element, party, of, wanted)
        yield returned
        if wanted.direction and isinstance(returned, Document):
            yield _sale_returned(returned)
    else:
        yield LeftOut(element.line, f"a document «{operation or '?'}», not «{_DISPATCHED}»")
    for following in element.all("ПодчиненныеДокументы", "ПодчиненныйДокумент"):
        yield from _document(following, party, found, wanted)


def _shipment(element: Element, party: Party, wanted: _Wanted) -> Document | Wrong:
    cells = _cells(element, wanted)
    if isinstance(cells, Wrong):
        return cells
    shipment_id, at = _id(element, cells), cells["at"]
    fields: dict[str, object] = {
        "shipment_id": shipment_id,
        "at": at,
        "amount": cells["Сумма"],
        "currency": cells["Валюта"],
    }
    if cells["СрокПлатежа"]:
        due = {"obligation_id": f"{shipment_id}/1", "due_date": cells["СрокПлатежа"], "amount": cells["Сумма"]}
        fields["instalments"] = [due]
    elif wanted.payment_term_days is not None:
        fields["payment_term_days"] = wanted.payment_term_days
    else:
        said = "is missing; fill it, or name the usual term with --payment-term-days"
        return Wrong(element.line, element.column, "СрокПлатежа", said)
    return Document(element.line, "shipment.dispatched", shipment_id, party, fields, at, _is_withdrawn(element))


def _cells(element: Element, wanted: _Wanted) -> dict[str, str] | Wrong:
    """What every document says, in the contract's forms, and `at`, when it was."""
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
    at = instant(cells["Дата"], element.said("Время"), wanted.zone)
    if at is None:
        return _wrong(element, "Время", f"{element.said('Время')!r} is no time; write one like 14:30:00")
    currency = element.said("Валюта")
    return {**cells, "at": at, "Валюта": "RUB" if currency in _ROUBLES else currency.upper()}


def _id(element: Element, cells: dict[str, str]) -> str:
    own = element.said("Ид")
    if 0 < len(own) <= _ID_MAX and own.isprintable():
        return own
    return document_id(f"{element.said('Номер')}-{cells['Дата']}", "cml", own)


def _return(element: Element, party: Party, of: Document | Wrong | None, wanted: _Wanted) -> Document | Wrong:
    """The return of goods of the shipment `of`, which it follows from."""
    if of is None:
        said = (
            "does not lie in its shipment (ПодчиненныеДокументы), and the format has no other place that says which "
            "goods came back; send goods.returned by hand"
        )
        return _wrong(element, "ХозОперация", said)
    if isinstance(of, Wrong):
        return _wrong(element, "ХозОперация", "follows from a shipment that cannot be read; correct that first")
    cells = _cells(element, wanted)
    if isinstance(cells, Wrong):
        return cells
    if cells["Валюта"] not in ("", of.fields["currency"]):
        return _wrong(element, "Валюта", f"{cells['Валюта']} is not its shipment's {of.fields['currency']}; correct it")
    fields: dict[str, object] = {
        "shipment_id": of.id,
        "returned_on": cells["Дата"],
        "amount": cells["Сумма"],
        "currency": of.fields["currency"],
    }
    voided = of.voided or _is_withdrawn(element)
    return Document(element.line, "goods.returned", _id(element, cells), party, fields, cells["at"], voided)


def _sale_returned(returned: Document) -> Document:
    """The same of the sale that the shipment is, in whose currency it is."""
    fields = {name: returned.fields[name] for name in ("amount", "returned_on")}
    return returned._replace(kind="sale.returned", fields={**fields, "sale_id": returned.fields["shipment_id"]})


def _is_withdrawn(element: Element) -> bool:
    return _attribute(element, "ПометкаУдаления") == "true" or _attribute(element, "Проведен") == "false"


def _sale(shipment: Document, direction: str) -> Document:
    fields = {name: shipment.fields[name] for name in ("amount", "currency", "shipment_id")}
    sold = {"sold_on": shipment.known_at[:10], "direction": direction}
    return shipment._replace(kind="sale.recorded", fields={**fields, **sold})


def _party(element: Element) -> Party | None:
    """The buyer: the counterparty that is not the seller; None when the document names none."""
    parties = element.all("Контрагенты", "Контрагент")
    who = next((party for party in parties if party.said("Роль") != "Продавец"), None)
    if who is None:
        return None
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
