"""Valid records become events with numbers in their units; expected values are worked out by hand."""

import json
from datetime import date
from typing import Any

import pytest

from schemas import events
from schemas.decoding import decode
from schemas.records import Rejected
from tests.schemas.examples import EXAMPLES, LINE, TOPICS, record


def decoded(kind: str, /, *without: str, **changes: Any) -> Any:
    event = decode(TOPICS[kind], record(kind, *without, **changes))
    assert not isinstance(event, Rejected), event
    return event


def test_every_event_of_the_contract_has_an_example() -> None:
    assert set(EXAMPLES) == {struct.__struct_config__.tag for struct in (*events.CLIENT_EVENTS, *events.BROADCASTS)}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_event_is_named_by_its_type(kind: str) -> None:
    event = decoded(kind)
    assert event.__struct_config__.tag == kind
    assert event.id == EXAMPLES[kind]["id"]
    assert len(event.digest) == 8


def test_payment() -> None:
    event = decoded("payment.received")
    assert isinstance(event, events.PaymentReceived)
    assert (event.amount_minor, event.currency, event.value_date) == (123_450, "USD", date(2026, 3, 5))
    assert (event.obligations, event.document, event.rate) == (["S-1/1", "S-2/1"], "Счёт 17", None)
    assert (event.client_id, event.revision, event.voided) == ("C-1", 1, False)


def test_reversal_without_amount_is_of_all_the_payment() -> None:
    assert decoded("payment.reversed").amount_minor == 1_000
    assert decoded("payment.reversed", "amount").amount_minor is None


def test_dispatch() -> None:
    event = decoded("shipment.dispatched")
    assert isinstance(event, events.ShipmentDispatched)
    assert event.at_ms == 1_772_355_600_000  # 2026-03-01T09:00:00Z: 20,513 days and 9 hours after 1970
    assert (event.amount_minor, event.payment_term_days, event.instalments) == (2_500, 10, None)
    line = event.lines[0]
    assert (line.quantity_milli, line.price_minor, line.rrp_minor) == (2_500, 1_000, 1_590)


def test_dispatch_in_instalments() -> None:
    parts = [
        {"obligation_id": "S-1/a", "due_date": "2026-03-11", "amount": "20"},
        {"obligation_id": "S-1/b", "due_date": "2026-03-21", "amount": "5.0"},
    ]
    event = decoded("shipment.dispatched", "payment_term_days", instalments=parts)
    assert [(part.obligation_id, part.due_date, part.amount_minor) for part in event.instalments] == [
        ("S-1/a", date(2026, 3, 11), 2_000),
        ("S-1/b", date(2026, 3, 21), 500),
    ]


def test_request() -> None:
    event = decoded("shipment.requested")
    assert isinstance(event, events.ShipmentRequested)
    assert event.at_ms == 1_772_348_400_000  # two hours before the dispatch
    assert (event.shipment_id, event.outlet_id, event.deal_id) == ("S-1", "shop-3", "deal-1")
    assert (event.territory, event.direction) == ("moscow", "watches")
    assert (event.amount_minor, event.payment_term_days, event.instalments) == (2_500, 10, None)
    line = event.lines[0]
    assert (line.sku, line.quantity_milli, line.rrp_minor) == ("pen-7", 2_500, 1_590)
    assert (line.product_category, line.fast_moving) == ("A", True)


@pytest.mark.parametrize(
    ("quantities", "rrp", "minor"),
    [
        (["2.5"], "15.90", 3_975),
        (["1", "2"], "0.01", 3),
        (["0.001"], "0.01", 1),  # a thousandth of a cent is rounded up
        (["0.5", "0.5"], "0.01", 1),  # once for the shipment, not for each line
        (["0.5", "0.501"], "0.01", 2),
        (["3"], "0", 0),
        (["1"], "9999999999999.99", 999_999_999_999_999),
        (["999999999.999"], "9999999999999.99", 999_999_999_999_999),  # beyond what a record can name
    ],
)
def test_recommended_retail_price_of_a_shipment(quantities: list[str], rrp: str, minor: int) -> None:
    lines = [{**LINE, "quantity": quantity, "rrp": rrp} for quantity in quantities]
    for kind in ("shipment.dispatched", "shipment.requested"):
        assert decoded(kind, lines=lines).rrp_minor == minor


def test_sell_through() -> None:
    event = decoded("sell_through.reported")
    assert [(line.sku, line.quantity_milli) for line in event.lines] == [("pen-7", 1_500), ("pen-8", 0)]
    assert event.at_ms == 1_772_902_800_000


def test_sale_in_a_territory() -> None:
    event = decoded("sale.recorded", territory="moscow", territorial=True, shipment_id="S-1")
    assert (event.direction, event.territory, event.territorial, event.shipment_id) == (
        "watches",
        "moscow",
        True,
        "S-1",
    )


def test_override() -> None:
    event = decoded("override.granted")
    assert event.expires_at_ms - event.granted_at_ms == 7 * 86_400_000
    assert (event.conditions, event.amount_max_minor, event.shipment_id) == (
        ["risk_group", "credit_limit"],
        30_000,
        None,
    )
    event = decoded("override.granted", "amount_max", "currency", shipment_id="S-1")
    assert (event.amount_max_minor, event.currency, event.shipment_id) == (None, None, "S-1")


def test_judgements_keep_who_signed() -> None:
    for kind, topic in TOPICS.items():
        if topic == "judgements":
            event = decoded(kind, signature="c2ln")
            assert isinstance(event, events.Judgement)
            assert (event.author, event.role, event.signature, event.key_id) == (
                "petrova",
                "manager",
                "c2ln",
                "petrova-2026",
            )


def test_documents_and_outlets() -> None:
    document = decoded("document.signed")
    assert (document.document, document.number, document.form) == ("supply_contract", "77-2026", "original")
    assert (document.accepted_by, document.direction, document.on) == ("sidorov", "watches", date(2026, 2, 1))
    outlet = decoded("outlet.opened")
    assert (outlet.outlet_id, outlet.territory, outlet.mall) == ("shop-3", "moscow", "evropeisky")
    assert decoded("outlet.closed").on == date(2026, 4, 1)
    moved = decoded("obligation.rescheduled")
    assert (moved.obligation_id, moved.due_date, moved.on) == ("S-1/1", date(2026, 3, 20), date(2026, 3, 9))


def test_opening_balances() -> None:
    event = decoded("client.opened")
    assert isinstance(event, events.ClientOpened)
    assert (event.unapplied_minor, event.obligations[0].amount_minor) == (500, 7_000)
    assert event.turnover[0].amount_minor == 31_000
    assert event.outlets == [{"outlet_id": "shop-3"}]
    assert event.violations[0].last_day == date(2025, 11, 4)


def test_credit_limit_null_lifts_it() -> None:
    assert decoded("credit_limit.set").amount_minor == 50_000
    assert decoded("credit_limit.set", amount=None).amount_minor is None


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1", 100), ("0.01", 1), ("0.1", 10), ("12.50", 1_250), ("9999999999999.99", 999_999_999_999_999)],
)
def test_amounts(text: str, minor: int) -> None:
    assert decoded("payment.received", amount=text).amount_minor == minor


@pytest.mark.parametrize(
    ("text", "milli"), [("3", 3_000), ("0.125", 125), ("10.5", 10_500), ("999999999.999", 999_999_999_999)]
)
def test_quantities(text: str, milli: int) -> None:
    assert decoded("shipment.dispatched", lines=[{**LINE, "quantity": text}]).lines[0].quantity_milli == milli


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T03:00:00+03:00", 0),
        ("1970-01-02t00:00:00z", 86_400_000),
        ("1970-01-01T00:00:00.5-00:30", 1_800_500),
        ("1970-01-01T00:00:01.123999999Z", 1_123),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2026-01-31T21:00:00Z", 1_769_893_200_000),
    ],
)
def test_instants(text: str, milliseconds: int) -> None:
    assert decoded("shipment.dispatched", at=text).at_ms == milliseconds


def test_instants_are_read_alike_the_second_time() -> None:
    for _ in range(2):
        assert decoded("shipment.dispatched", at="2026-03-07T08:09:10-02:30").at_ms == 1_772_879_950_000
        assert decoded("shipment.dispatched", at="1970-01-01T02:59:59-00:01").at_ms == 10_859_000
        early = record("shipment.dispatched", at="1970-01-01T02:59:59+03:00")
        assert isinstance(decode("shipments", early), Rejected)
        for form in ("2026-03-07 08:09:10-02:30", "2026-03-07T08:09:10", "2026-03-07T08:09:10-02:30Z"):
            assert isinstance(decode("shipments", record("shipment.dispatched", at=form)), Rejected)


def test_leap_day() -> None:
    assert decoded("payment.received", value_date="2028-02-29").value_date == date(2028, 2, 29)


def test_withdrawn_fact_needs_only_its_identity() -> None:
    for kind in TOPICS:
        if "client_id" not in EXAMPLES[kind]:
            continue
        identity = {"type": kind, "id": "X-1", "client_id": "C-1", "revision": 2, "voided": True}
        if kind in ("shipment.dispatched", "shipment.requested"):
            identity["shipment_id"] = "S-1"
        event: Any = decode(TOPICS[kind], json.dumps(identity).encode())
        assert (event.id, event.revision, event.voided) == ("X-1", 2, True), kind


def test_withdrawn_fact_is_its_identity_whatever_comes_with_it() -> None:
    bare = decode("payments", b'{"type":"payment.received","id":"P-1","client_id":"C-1","voided":true}')
    assert decoded("payment.received", voided=True) == bare
    assert decoded("payment.received", voided=True, amount=-5, value_date="soon") == bare


@pytest.mark.parametrize("kind", ["shipment.dispatched", "shipment.requested"])
def test_withdrawn_shipment_needs_its_business_id(kind: str) -> None:
    identity = {"type": kind, "id": "D-1", "client_id": "C-1", "voided": True}
    answer = decode("shipments", json.dumps(identity).encode())
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.field) == ("missing_field", "shipment_id")


def test_unknown_fields_are_ignored() -> None:
    assert decoded("payment.received", colour={"deep": [1, None, "x"]}) == decoded("payment.received")


def test_derived_fields_cannot_be_sent() -> None:
    sent = {"amount_minor": 1, "at_ms": 1, "granted_at_ms": 1, "amount_max_minor": 1, "digest": "AAAAAAAAAAA="}
    for kind in EXAMPLES:
        assert decoded(kind, **sent) == decoded(kind), kind
    line = {**LINE, "quantity_milli": 1, "price_minor": 1, "rrp_minor": 1}
    assert decoded("shipment.dispatched", lines=[line]) == decoded("shipment.dispatched")
    returned = {**EXAMPLES["goods.returned"]["lines"][0], "price": "9", "price_minor": 9, "fast_moving": True}
    assert decoded("goods.returned", lines=[returned]) == decoded("goods.returned")


def test_last_of_two_members_with_one_name_counts() -> None:
    text = record("payment.received").replace(b'"amount": ', b'"amount": "7.00", "amount": ')
    assert decode("payments", text) == decoded("payment.received")
    text = record("payment.received").replace(b'"amount": ', b'"amount": 7, "amount": ')
    assert decode("payments", text) == decoded("payment.received")


def test_record_of_64_kib_is_taken() -> None:
    text = record("payment.received")
    assert decode("payments", text + b" " * (65_536 - len(text))) == decoded("payment.received")


def test_nesting_of_200_is_taken() -> None:
    nested: Any = 1
    for _ in range(199):
        nested = [nested]
    assert decoded("payment.received", x=nested) == decoded("payment.received")
