"""Goods that came back, in CommerceML: of the shipment in which the return lies, and of no other."""

from typing import Any

import msgspec
import pytest

from schemas.catalogue import TOPIC_OF_TYPE
from schemas.decoding import decode
from schemas.records import Rejected
from tests.cli.imports.harness import Desk

Capture = pytest.CaptureFixture[str]
BUYER = "<Контрагенты><Контрагент><ИНН>7701000014</ИНН><Роль>Покупатель</Роль></Контрагент></Контрагенты>"
RETURN = {"Ид": "R-1", "Номер": "В-1", "Дата": "2026-02-15", "ХозОперация": "Возврат товара", "Сумма": "300,00"}
SHIPMENT = {
    "Ид": "S-1",
    "Номер": "РН-1",
    "Дата": "2026-02-10",
    "ХозОперация": "Отпуск товара",
    "Валюта": "руб",
    "Сумма": "1000.00",
    "СрокПлатежа": "2026-02-20",
}


def _elements(cells: dict[str, str]) -> str:
    return "".join(f"<{name}>{text}</{name}>" for name, text in cells.items())


def _holding(*documents: str) -> str:
    held = "".join(f"<ПодчиненныйДокумент>{document}</ПодчиненныйДокумент>" for document in documents)
    return f"<ПодчиненныеДокументы>{held}</ПодчиненныеДокументы>"


def _file(*documents: str) -> str:
    held = "".join(f"<Документ>{document}</Документ>" for document in documents)
    return f"<КоммерческаяИнформация>{held}</КоммерческаяИнформация>"


def _shipment(*held: str, **cells: str) -> str:
    return _elements({**SHIPMENT, **cells}) + BUYER + (_holding(*held) if held else "")


def _taken(desk: Desk, content: str, *options: str) -> list[dict[str, Any]]:
    events = desk.take(desk.file("a.xml", content), *options)
    for event in events:
        assert not isinstance(decode(TOPIC_OF_TYPE[event["type"]], msgspec.json.encode(event)), Rejected)
    return events


def test_a_return_that_lies_in_its_shipment_is_a_return_of_it(desk: Desk) -> None:
    shipment, returned = _taken(desk, _file(_shipment(_elements(RETURN))))
    assert (shipment["type"], shipment["shipment_id"]) == ("shipment.dispatched", "S-1")
    assert returned == {
        "type": "goods.returned",
        "id": "R-1",
        "client_id": "romashka",  # the shipment names the buyer
        "shipment_id": "S-1",
        "returned_on": "2026-02-15",
        "amount": "300.00",
        "currency": "RUB",
    }
    assert desk.code == 0


def test_a_shipment_that_is_a_sale_makes_its_return_one_of_the_sale(desk: Desk) -> None:
    events = _taken(desk, _file(_shipment(_elements(RETURN))), "--direction", "pens")
    assert [event["type"] for event in events] == [
        "shipment.dispatched",
        "sale.recorded",
        "goods.returned",
        "sale.returned",
    ]
    sale, returned = events[1], events[3]
    assert returned == {
        "type": "sale.returned",
        "id": "R-1",
        "client_id": "romashka",
        "sale_id": sale["id"],
        "amount": "300.00",
        "returned_on": "2026-02-15",
    }


def test_an_order_holds_its_shipments_and_they_their_returns(desk: Desk) -> None:
    order = _elements({"Ид": "O-1", "ХозОперация": "Заказ товара"}) + BUYER
    shipment = _elements(SHIPMENT) + _holding(_elements(RETURN))
    events = _taken(desk, _file(order + _holding(shipment)))
    assert [(event["type"], event["client_id"]) for event in events] == [
        ("shipment.dispatched", "romashka"),
        ("goods.returned", "romashka"),
    ]


@pytest.mark.parametrize(
    ("content", "said", "sent"),
    [
        (_file(_elements(RETURN) + BUYER), "does not lie in its shipment", 0),
        (_file(_elements({"ХозОперация": "Заказ товара"}) + _holding(_elements(RETURN))), "does not lie in its", 0),
        (_file(_shipment(_elements(RETURN), Сумма="x")), "follows from a shipment that cannot be read", 0),
        (_file(_shipment(_elements({**RETURN, "Сумма": "x"}))), "Сумма 'x' is no amount", 1),
        (_file(_shipment(_elements({**RETURN, "Валюта": "EUR"}))), "Валюта EUR is not its shipment's RUB", 1),
    ],
)
def test_a_return_of_which_something_is_unsure_is_told_and_not_guessed(
    desk: Desk, capfd: Capture, content: str, said: str, sent: int
) -> None:
    assert len(_taken(desk, content)) == sent
    assert said in capfd.readouterr().err
    assert desk.code == 1


def test_what_we_return_to_our_own_supplier_is_left_out(desk: Desk, capfd: Capture) -> None:
    assert _taken(desk, _file(_elements({**RETURN, "Роль": "Покупатель"}) + BUYER)) == []
    assert "left out, a document «Возврат товара»" in capfd.readouterr().err
    assert desk.code == 0


@pytest.mark.parametrize("withdrawn", ["return", "shipment"])
def test_a_return_is_withdrawn_with_its_document_or_its_shipment(desk: Desk, withdrawn: str) -> None:
    _taken(desk, _file(_shipment(_elements(RETURN))), "--direction", "pens")
    mark = {"ПометкаУдаления": "true"}
    if withdrawn == "return":
        content = _file(_shipment(_elements({**RETURN, **mark})))
    else:
        content = _file(_shipment(_elements(RETURN), **mark))
    events = _taken(desk, content, "--direction", "pens")
    told = {(event["type"], event["revision"], event["voided"]) for event in events}
    assert {("goods.returned", 2, True), ("sale.returned", 2, True)} <= told
    assert (("shipment.dispatched", 2, True) in told) == (withdrawn == "shipment")


def test_a_corrected_return_is_a_higher_revision(desk: Desk) -> None:
    _taken(desk, _file(_shipment(_elements(RETURN))))
    (event,) = _taken(desk, _file(_shipment(_elements({**RETURN, "Сумма": "250.00"}))))
    assert (event["type"], event["revision"], event["amount"]) == ("goods.returned", 2, "250.00")
