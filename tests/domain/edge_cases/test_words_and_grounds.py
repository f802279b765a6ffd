"""What outputs say of rarer moves, word by word, and on what grounds."""

import json
from typing import Any

from tests.domain.decisions.driver import Company, Published, instant, kinds
from tests.domain.decisions.signing import KEY, judge


def said(published: list[Published], topic: str) -> dict[str, str]:
    found: dict[str, str] = next(item for item in published if item.topic == topic)["explanation"]
    return found


def pens(count: str, rrp: str) -> list[dict[str, Any]]:
    return [
        {"sku": "pen", "quantity": count, "price": rrp, "rrp": rrp, "product_category": "A", "fast_moving": True}
    ]  # fmt: skip


def test_a_first_deal_within_its_limit_again() -> None:
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", lines=pens("1", "200.01"))
    published = company.dispatch(
        "O1", "50.00", "2026-03-20", "2026-03-02", arrives="2026-03-03", revision=2, lines=pens("1", "200.00")
    )
    assert said(published, "shipment-blocks") == {
        "en": "Shipping is allowed again after the corrected shipment D-O1: the first deal is within its limit.",
        "ru": "Отгрузки снова разрешены после исправленной отгрузки D-O1: первая сделка в пределах лимита.",
    }


def test_a_first_deal_returned_and_stopped() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    published = company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    assert said(published, "shipment-blocks")["en"].startswith(
        "Do not ship. The first deal S-O1 was returned in full; a person decides: close, restart or stop."
    )
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="stop")
    published = company.end("supply_contract", "2026-03-07")
    assert said(published, "shipment-blocks") == {
        "en": "Do not ship. Not in force: supply contract. "
        "The first deal S-O1 was returned in full, and a person decided to stop.",
        "ru": "Отгрузки запрещены. Не действует: договор поставки. "
        "Первая сделка S-O1 возвращена полностью, принято решение остановить работу.",
    }
    stopped = next(item for item in published[0]["conditions"] if item["reason"] == "first_deal_returned")
    assert stopped["because"] == [
        {"rule": "first_deal_returned", "threshold": "returned", "observed": "stopped", "facts": ["S-O1"]}
    ]
    company.sign("supply_contract", "2026-03-07T10:00:00+03:00", number="2")
    published = judge(company, "first_deal.decided", "F2", "2026-03-08", decision="close")
    assert said(published, "shipment-blocks")["en"].endswith(": the first deal is closed.")
    assert said(published, "shipment-blocks")["ru"].endswith(": первая сделка закрыта.")


def test_a_first_deal_that_is_open_again() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-05")
    published = company.send("payment.received", "P1", "2026-03-06", revision=2, voided=True)
    assert said(published, "category-changes") == {
        "en": "The client is now new, before active: the first deal is not closed.",
        "ru": "Клиент теперь новый, был активный: первая сделка не закрыта.",
    }


def test_a_client_that_was_closed() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.send("client.closed", "Z1", "2026-03-01", on="2026-03-05")
    company.send("client.closed", "Z2", "2026-03-01T10:00:00+03:00", on="2026-03-09")
    (change, _) = company.wait("2026-03-05T00:00:00+03:00")
    assert change["because"] == [
        {"rule": "lifecycle.client_closed", "threshold": "none", "observed": "2026-03-05", "facts": ["Z1"]}
    ]
    assert change["explanation"] == {
        "en": "The client is now lost, before active: closed on 5 March 2026.",
        "ru": "Клиент теперь потерянный, был активный: закрыт 05.03.2026.",
    }


def test_activities_and_none() -> None:
    company = Company()
    who = {"name": "Lavka", "registered_on": "2026-03-01"}
    published = company.send("client.registered", "K", "2026-03-01", **who, activities=["watches", "photo"])
    (change,) = [item for item in published if item.topic == "category-changes" and item["dimension"] == "activities"]
    listed = "stationery, watches, souvenirs_and_gifts, photo, other"
    assert change["because"] == [
        {"rule": "activities", "threshold": listed, "observed": "watches, photo", "facts": ["K"]}
    ]
    assert change["explanation"]["en"] == "Activities are now: watches, photo."
    published = company.send("client.registered", "K", "2026-03-02", **who, activities=[], revision=2)
    assert published[0]["because"][0]["observed"] == "none"
    assert published[0]["explanation"]["ru"] == "Направления деятельности теперь: нет."


def test_a_month_without_sales_decides_with_nothing() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.sell("V1", "600.00", "2026-03-05")
    (change, _) = company.wait("2026-05-01")
    assert change["because"] == [
        {"rule": "volume.turnover", "threshold": "100.00", "observed": "0.00", "facts": ["2026-05"]}
    ]


def test_what_a_scope_did_not_write_is_refused_with_a_remedy() -> None:
    company = Company()
    company.sell("V1", "1.00", "2026-03-01")
    body = {"kind": "direction", "scope_id": "retail", "client_id": "c2", "sequence": 1, "importance": "key"}
    body |= {"turnover_minor": 1, "before_minor": 0, "total_minor": 1, "key_below_percent": 20}
    body |= {"medium_below_percent": 70, "cause": {"kind": "deadline", "at": "2026-03-01T00:00:00+03:00"}}
    remedy = "Only stoplist writes this topic: find out who sent the record."
    for wrong, reason, field in (
        (body, "key_mismatch", "client_id"),
        (body | {"client_id": "c1", "cause": {"kind": "strange"}}, "invalid_field", "cause"),
    ):
        letter = company.send_bytes("stoplist-importance", json.dumps(wrong).encode(), "2026-03-02")[-1]
        assert letter.headers["stoplist-reason"] == reason
        assert letter.headers["stoplist-field"] == field
        assert letter.headers["__streams.errors.message"].endswith(remedy)


def test_what_lies_before_the_opening_names_its_field() -> None:
    company = Company()
    company.trade("2026-03-01")
    sent = [
        (company.dispatch("O1", "1.00", "2026-03-20", "2026-02-27", arrives="2026-03-05"), "at"),
        (company.sell("V1", "1.00", "2026-02-27", arrives="2026-03-05"), "sold_on"),
        (company.pay("P1", "1.00", "2026-02-27", arrives="2026-03-05"), "value_date"),
    ]
    for published, field in sent:
        assert kinds(published)[-1] == "dead-letter:before_opening"
        assert published[-1].headers["stoplist-field"] == field


def test_what_goes_to_the_scopes_bears_the_instant_of_its_record() -> None:
    company = Company()
    company.sell("V1", "1.00", "2026-03-05T10:00:00+03:00")
    (told,) = company.told
    assert told.timestamp == company.at


def test_a_report_about_goods_without_lines_says_nothing() -> None:
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02")
    at = "2026-03-05T09:00:00+03:00"
    company.send("sell_through.reported", "T1", at, shipment_id="S-O1", at=at, lines=[{"sku": "pen", "quantity": "0"}])
    company.wait("2026-03-10")
    assert (company.status()["warnings"], company.status()["blocked"]) == (["sell_through_unknown"], False)


def test_goods_that_sell_and_documents_that_are_signed() -> None:
    company = Company(signs=False)
    company.sign("cooperation_agreement", "2026-03-01")
    published = company.sign("supply_contract", "2026-03-01T10:00:00+03:00")
    assert said(published, "category-changes") == {
        "en": "The client is now new, before potential: both documents are signed.",
        "ru": "Клиент теперь новый, был потенциальный: оба документа подписаны.",
    }
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", lines=pens("100", "1.00"))
    for number, sold in (("T1", "1"), ("T2", "50")):
        company.wait("2026-03-10")
        at = f"2026-03-1{number[-1]}T09:00:00+03:00"
        lines = [{"sku": "pen", "quantity": sold}]
        published = company.send("sell_through.reported", number, at, shipment_id="S-O1", at=at, lines=lines)
    assert said(published, "shipment-blocks")["en"].endswith(": the goods of the first deal sell.")
    assert said(published, "shipment-blocks")["ru"].endswith(": товар первой сделки продаётся.")


def test_a_risk_group_that_blocks_though_nothing_is_overdue() -> None:
    company = Company()
    strict = {"risk_group": {"enabled": True, "group_min": 1, "requires_overdue": False}}
    company.activate(2, "2026-02-01", conditions=strict)
    company.trade("2026-02-02")
    company.dispatch("O1", "10.00", "2026-03-02", "2026-02-20")
    company.pay("P1", "10.00", "2026-03-03")
    published = company.wait("2026-03-03T12:00:00+03:00")
    (condition,) = next(item for item in published if item.topic == "shipment-blocks")["conditions"]
    assert condition["explanation"]["en"].startswith("Risk group 1 (1 violation, the longest overdue 1 day). ")
    assert condition["explanation"]["ru"].startswith("Группа риска 1 (1 нарушение, самая долгая просрочка 1 день). ")


def test_what_time_alone_tells_the_scopes_bears_the_instant_of_the_deadline() -> None:
    company = Company()
    company.sell("V1", "1.00", "2026-03-06", arrives="2026-03-05T10:00:00+03:00")
    company.told.clear()
    company.wait("2026-03-09")
    assert [told.timestamp for told in company.told] == [instant("2026-03-06T00:00:00+03:00")]
