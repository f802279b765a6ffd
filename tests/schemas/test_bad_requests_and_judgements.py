"""Bad records of requests, documents, outlets, obligations and people's decisions: reason and field, by hand."""

from typing import Any

import pytest

from schemas.decoding import decode
from schemas.records import Rejected
from tests.schemas.examples import EXAMPLES, LINE, TOPICS, record
from tests.schemas.test_bad_records import of

_OBLIGATIONS = ("obligation.rescheduled", "obligation.disputed", "obligation.resolved", "obligation.written_off")
_JUDGEMENTS = [kind for kind, topic in TOPICS.items() if topic == "judgements"]

FIELDS_OF_IDS = [
    ("shipment.requested", "shipment_id"),
    ("shipment.requested", "outlet_id"),
    ("shipment.requested", "deal_id"),
    ("shipment.requested", "territory"),
    ("shipment.requested", "direction"),
    ("shipment.cancelled", "shipment_id"),
    ("sell_through.reported", "shipment_id"),
    ("document.signed", "number"),
    ("document.signed", "accepted_by"),
    ("document.signed", "direction"),
    ("document.ended", "number"),
    ("outlet.opened", "outlet_id"),
    ("outlet.opened", "territory"),
    ("outlet.opened", "mall"),
    ("outlet.closed", "outlet_id"),
    *[(kind, name) for kind in _OBLIGATIONS for name in ("obligation_id", "author")],
    *[(kind, name) for kind in _JUDGEMENTS for name in ("author", "role")],
    ("conduct.cleared", "conduct_id"),
    ("override.granted", "shipment_id"),
    ("override.revoked", "override_id"),
]


@pytest.mark.parametrize(("kind", "field"), FIELDS_OF_IDS)
def test_form_of_an_id(kind: str, field: str) -> None:
    names: list[Any] = ["", "x" * 67, "a\nb", "zero\u200bwidth", 5, []]
    for name in names:
        assert of(kind, **{field: name}) == ("invalid_field", field)


FIELDS_OF_DATES = [
    ("client.closed", "on"),
    ("document.signed", "on"),
    ("document.ended", "on"),
    ("outlet.opened", "on"),
    ("outlet.closed", "on"),
    *[(kind, "on") for kind in _OBLIGATIONS],
    ("obligation.rescheduled", "due_date"),
]


@pytest.mark.parametrize(("kind", "field"), FIELDS_OF_DATES)
def test_form_of_a_date(kind: str, field: str) -> None:
    for day in ("", "2026-02-29", "05.03.2026", "2026-03-05T00:00:00Z", "1969-12-31", "2200-01-01", 20_260_305, None):
        assert of(kind, **{field: day}) == ("invalid_field", field)


FIELDS_OF_INSTANTS = [
    ("shipment.requested", "at"),
    ("shipment.cancelled", "at"),
    ("sell_through.reported", "at"),
    ("conduct.recorded", "at"),
    ("conduct.cleared", "at"),
    ("override.granted", "granted_at"),
    ("override.granted", "expires_at"),
    ("override.revoked", "at"),
    ("first_deal.decided", "at"),
]


@pytest.mark.parametrize(("kind", "field"), FIELDS_OF_INSTANTS)
def test_form_of_an_instant(kind: str, field: str) -> None:
    for at in ("", "2026-03-01", "2026-03-01T12:00:00", "2026-02-29T12:00:00Z", "1969-12-31T23:59:59Z", 0, None):
        assert of(kind, **{field: at}) == ("invalid_field", field)


CHOICES = [
    ("document.signed", "document", "note"),
    ("document.signed", "form", "fax"),
    ("document.ended", "document", "Supply_Contract"),
    ("conduct.recorded", "kind", "mood"),
    ("first_deal.decided", "decision", "wait"),
]


@pytest.mark.parametrize(("kind", "field", "value"), CHOICES)
def test_what_is_none_of_the_choices(kind: str, field: str, value: str) -> None:
    for given in (value, "", None, 1, [EXAMPLES[kind][field]]):
        assert of(kind, **{field: given}) == ("invalid_field", field)


TEXTS = [
    *[(kind, "reason") for kind in _OBLIGATIONS],
    ("conduct.recorded", "evidence"),
    ("conduct.cleared", "reason"),
    ("override.granted", "reason"),
    ("first_deal.decided", "reason"),
]


@pytest.mark.parametrize(("kind", "field"), TEXTS)
def test_a_reason_says_something_in_at_most_500_characters(kind: str, field: str) -> None:
    for text in ("", "Щ" * 501, 5, None):
        assert of(kind, **{field: text}) == ("invalid_field", field)
    assert not isinstance(decode(TOPICS[kind], record(kind, **{field: "Щ" * 500})), Rejected)


def test_reason_of_a_revocation_may_be_left_out_but_not_be_long() -> None:
    assert of("override.revoked", reason="x" * 501) == ("invalid_field", "reason")


@pytest.mark.parametrize("kind", _JUDGEMENTS)
def test_signature_and_key(kind: str) -> None:
    assert of(kind, signature=5) == ("invalid_field", "signature")
    assert of(kind, signature="x" * 501) == ("invalid_field", "signature")
    assert of(kind, key_id=None) == ("invalid_field", "key_id")
    assert of(kind, key_id="x" * 65) == ("invalid_field", "key_id")


# Requests


def test_a_request_says_what_is_asked_for() -> None:
    assert of("shipment.requested", lines=[]) == ("invalid_field", "lines")
    assert of("shipment.requested", lines=[{"sku": "pen-7"}]) == ("missing_field", "lines.0.quantity")
    assert of("shipment.requested", lines=[{**LINE, "fast_moving": None}]) == ("invalid_field", "lines.0.fast_moving")
    assert of("shipment.requested", lines=None) == ("invalid_field", "lines")
    for change in ({"product_category": "D"}, {"rrp": "-1"}, {"quantity": "0"}, {"quantity": "1.0005"}, {"sku": ""}):
        answer = of("shipment.requested", lines=[LINE, {**LINE, **change}])
        assert answer == ("invalid_field", f"lines.1.{next(iter(change))}")


def test_one_way_to_pay_a_request() -> None:
    part = {"obligation_id": "S-1/a", "due_date": "2026-03-11", "amount": "25.00"}
    term = "payment_term_days"
    assert of("shipment.requested", instalments=[part]) == ("invalid_field", "instalments")
    assert of("shipment.requested", term, instalments=[]) == ("invalid_field", "instalments")
    assert of("shipment.requested", term, instalments=[{**part, "amount": "24.99"}]) == ("invalid_field", "instalments")
    assert of("shipment.requested", payment_term_days=-1) == ("invalid_field", "payment_term_days")
    assert not isinstance(decode("shipments", record("shipment.requested", term, instalments=[part])), Rejected)


def _lines(count: int, line: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**line, "sku": f"{index}"} for index in range(count)]


def test_a_list_of_a_thousand_lines_is_the_longest() -> None:
    sold = {"quantity": "1"}
    assert not isinstance(decode("sales", record("sell_through.reported", lines=_lines(1_000, sold))), Rejected)
    assert of("sell_through.reported", lines=_lines(1_001, sold)) == ("invalid_field", "lines")


# Sell-through


@pytest.mark.parametrize(
    ("line", "reason", "field"),
    [
        ({"sku": "pen-9"}, "missing_field", "quantity"),
        ({"quantity": "1"}, "missing_field", "sku"),
        ({"sku": "pen-9", "quantity": "-1"}, "invalid_field", "quantity"),
        ({"sku": "pen-9", "quantity": "1.2345"}, "invalid_field", "quantity"),
        ({"sku": "pen-9", "quantity": 1}, "invalid_field", "quantity"),
        ({"sku": "", "quantity": "1"}, "invalid_field", "sku"),
    ],
)
def test_lines_of_a_report(line: dict[str, Any], reason: str, field: str) -> None:
    lines = [*EXAMPLES["sell_through.reported"]["lines"], line]
    assert of("sell_through.reported", lines=lines) == (reason, f"lines.2.{field}")


def test_an_article_is_reported_once() -> None:
    line = {"sku": "pen-7", "quantity": "1"}
    assert of("sell_through.reported", lines=[line, line]) == ("invalid_field", "lines")


def test_a_report_may_say_that_nothing_was_sold() -> None:
    for lines in ([], [{"sku": "pen-7", "quantity": "0"}]):
        assert not isinstance(decode("sales", record("sell_through.reported", lines=lines)), Rejected)


# Overrides


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        ([], "conditions"),
        (["risk_group", "risk_group"], "conditions"),
        (["risk_group", "mood"], "conditions.1"),
        (["held"], "conditions.0"),
        (["outlet_unknown"], "conditions.0"),
        ("risk_group", "conditions"),
        (None, "conditions"),
    ],
)
def test_what_an_override_lifts(conditions: Any, field: str) -> None:
    assert of("override.granted", conditions=conditions) == ("invalid_field", field)


def test_an_override_is_for_a_shipment_or_an_amount_or_anything() -> None:
    assert of("override.granted", shipment_id="S-1") == ("invalid_field", "amount_max")
    assert of("override.granted", "currency") == ("missing_field", "currency")
    assert of("override.granted", amount_max="0.00") == ("invalid_field", "amount_max")
    assert of("override.granted", amount_max="1e3") == ("invalid_field", "amount_max")
    assert of("override.granted", currency="usd") == ("invalid_field", "currency")
    assert of("override.granted", rate="0") == ("invalid_field", "rate")
    for without, changes in ((["amount_max", "currency"], {"shipment_id": "S-1"}), (["amount_max", "currency"], {})):
        assert not isinstance(decode("judgements", record("override.granted", *without, **changes)), Rejected)


@pytest.mark.parametrize("expires_at", ["2026-03-01T12:00:00+03:00", "2026-03-01T09:00:00Z", "2026-02-28T12:00:00Z"])
def test_an_override_expires_after_it_was_granted(expires_at: str) -> None:
    assert of("override.granted", expires_at=expires_at) == ("invalid_field", "expires_at")
    later = record("override.granted", expires_at="2026-03-01T12:00:00.001+03:00")
    assert not isinstance(decode("judgements", later), Rejected)
