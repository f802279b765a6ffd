"""Every class of bad record of the contract: its reason and the field, worked out by hand."""

from typing import Any

import pytest

from schemas import dead_letters
from schemas.decoding import decode
from schemas.records import Rejected
from tests.schemas.examples import EXAMPLES, LINE, TOPICS, record


def verdict(topic: str, value: bytes | None) -> tuple[str, str | None]:
    answer = decode(topic, value)
    assert isinstance(answer, Rejected), answer
    assert answer.remedy.endswith("."), answer
    assert answer.reason in dead_letters.REASONS
    return answer.reason, answer.field


def of(kind: str, /, *without: str, **changes: Any) -> tuple[str, str | None]:
    return verdict(TOPICS[kind], record(kind, *without, **changes))


PAYMENT = record("payment.received")


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (None, "empty_value", None),
        (b"", "empty_value", None),
        (b" ", "invalid_json", None),
        (b"{", "invalid_json", None),
        (PAYMENT + b"x", "invalid_json", None),
        (PAYMENT[:-1] + b',"x":NaN}', "invalid_json", None),
        (PAYMENT[:-1] + b',"x":-Infinity}', "invalid_json", None),
        (PAYMENT[:-1] + b',"x":01}', "invalid_json", None),
        (PAYMENT[:-1] + b",}", "invalid_json", None),
        (PAYMENT[:-1] + b',"x":"\xff"}', "invalid_json", None),
        (PAYMENT[:-1] + b',"x":"\xed\xa0\x80"}', "invalid_json", None),
        (b"\xef\xbb\xbf" + PAYMENT, "invalid_json", None),
        (PAYMENT.decode().encode("utf-16"), "invalid_json", None),
        (PAYMENT[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}", "invalid_json", None),
        (b"[" * 60_000, "invalid_json", None),
        (b"[]", "not_an_object", None),
        (b"null", "not_an_object", None),
        (b'"payment.received"', "not_an_object", None),
        (b"17", "not_an_object", None),
        (b"{}", "missing_field", "type"),
        (b'{"type":null}', "missing_field", "type"),
        (b'{"type":7}', "invalid_field", "type"),
        (b'{"type":["payment.received"]}', "invalid_field", "type"),
        (b'{"type":"payment.imagined","id":"P-1","client_id":"C-1"}', "unknown_type", "type"),
        (b'{"type":"Payment.Received"}', "unknown_type", "type"),
        (b'{"type":"client.status"}', "unknown_type", "type"),  # an output
        (record("sale.recorded"), "wrong_topic", "type"),
        (PAYMENT + b" " * (65_537 - len(PAYMENT)), "record_too_large", None),
    ],
)
def test_no_event_at_all(value: bytes | None, reason: str, field: str | None) -> None:
    assert verdict("payments", value) == (reason, field)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_event_belongs_to_one_topic(kind: str) -> None:
    for topic in {*TOPICS.values(), "client-status", "no-such-topic"} - {TOPICS[kind]}:
        assert verdict(topic, record(kind)) == ("wrong_topic", "type")


REQUIRED = {
    "payment.received": ["id", "client_id", "amount", "currency", "value_date"],
    "payment.reversed": ["id", "client_id", "payment_id", "value_date"],
    "payments.completed": ["id", "through"],
    "shipment.dispatched": ["id", "client_id", "shipment_id", "at", "currency", "amount", "payment_term_days"],
    "goods.returned": ["id", "client_id", "shipment_id", "returned_on", "amount", "currency"],
    "sale.recorded": ["id", "client_id", "amount", "currency", "sold_on", "direction"],
    "sale.returned": ["id", "client_id", "sale_id", "amount", "returned_on"],
    "client.registered": ["id", "client_id", "name", "registered_on"],
    "client.opened": ["id", "client_id", "as_of", "currency"],
    "credit_limit.set": ["id", "client_id", "amount", "currency", "valid_from", "author", "role"],
    "policy.activated": ["id", "version", "policy"],
    "shipment.requested": ["id", "client_id", "shipment_id", "at", "currency", "amount", "lines", "payment_term_days"],
    "shipment.cancelled": ["id", "client_id", "shipment_id", "at"],
    "sell_through.reported": ["id", "client_id", "shipment_id", "at", "lines"],
    "client.closed": ["id", "client_id", "on"],
    "document.signed": ["id", "client_id", "document", "number", "on", "form", "accepted_by", "direction"],
    "document.ended": ["id", "client_id", "document", "number", "on"],
    "outlet.opened": ["id", "client_id", "outlet_id", "on", "territory"],
    "outlet.closed": ["id", "client_id", "outlet_id", "on"],
    "obligation.rescheduled": ["id", "client_id", "obligation_id", "on", "author", "reason", "due_date"],
    "obligation.disputed": ["id", "client_id", "obligation_id", "on", "author", "reason"],
    "obligation.resolved": ["id", "client_id", "obligation_id", "on", "author", "reason"],
    "obligation.written_off": ["id", "client_id", "obligation_id", "on", "author", "reason"],
    "conduct.recorded": ["id", "client_id", "kind", "at", "author", "role", "evidence"],
    "conduct.cleared": ["id", "client_id", "conduct_id", "at", "author", "role", "reason"],
    "override.granted": ["id", "client_id", "granted_at", "conditions", "expires_at", "author", "role", "reason"],
    "override.revoked": ["id", "client_id", "override_id", "at", "author", "role"],
    "first_deal.decided": ["id", "client_id", "decision", "at", "author", "role", "reason"],
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in REQUIRED.items() for field in fields])
def test_missing_field(kind: str, field: str) -> None:
    assert of(kind, field) == ("missing_field", field)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_other_field_is_optional(kind: str) -> None:
    optional = [name for name in EXAMPLES[kind] if name not in REQUIRED[kind] and name != "type"]
    assert not isinstance(decode(TOPICS[kind], record(kind, *optional)), Rejected)


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1.",
        ".5",
        "1.234",
        "-1",
        "-0.01",
        "1,50",
        "1_000",
        "0x10",
        "NaN",
        "١٢.٠٠",
        "１.00",
        "007.00",
        "00.50",
        "1.5.0",
        "1\n",
        "12345678901234",
        "12345678901234.00",
        1,
        1.5,
        True,
        None,
        [],
        {},
        "1..0",
        "1.-1",
        "1.+1",
    ],
)
def test_form_of_an_amount(amount: Any) -> None:
    assert of("payment.received", amount=amount) == ("invalid_field", "amount")
    assert of("sale.recorded", amount=amount) == ("invalid_field", "amount")
    assert of("shipment.dispatched", amount=amount) == ("invalid_field", "amount")


@pytest.mark.parametrize("amount", ["0", "0.00", "0.0"])
def test_money_received_or_reversed_is_above_zero(amount: str) -> None:
    assert of("payment.received", amount=amount) == ("invalid_field", "amount")
    assert of("payment.reversed", amount=amount) == ("invalid_field", "amount")
    assert not isinstance(decode("sales", record("sale.recorded", amount=amount)), Rejected)


@pytest.mark.parametrize(
    "day",
    [
        "",
        "2026-3-5",
        "20260305",
        "05.03.2026",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-32",
        " 2026-03-05",
        "2026-03-05T00:00:00Z",
        "2026-W10-4",
        "1969-12-31",
        "2200-01-01",
        "0001-01-01",
        "9999-12-31",
        "+2026-03-05",
        "２026-03-05",
        1_772_355_600,
        None,
        True,
        ["2026-03-05"],
    ],
)
def test_form_of_a_date(day: Any) -> None:
    assert of("payment.received", value_date=day) == ("invalid_field", "value_date")
    assert of("sale.recorded", sold_on=day) == ("invalid_field", "sold_on")
    assert of("client.registered", registered_on=day) == ("invalid_field", "registered_on")
    assert of("payments.completed", through=day) == ("invalid_field", "through")


@pytest.mark.parametrize(
    "at",
    [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:60Z",
        "2026-02-29T12:00:00Z",
        "2026-03-01T12:00:00+3",
        "2026-03-01T12:00:00+0300",
        "2026-03-01T12:00:00+24:00",
        "2026-03-01T12:00:00+03:60",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00.1234567890Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+03:00",
        "2200-01-01T00:00:00Z",
        "2026-03-01T12:00:00Z\n",
        1_772_355_600_000,
        None,
    ],
)
def test_form_of_an_instant(at: Any) -> None:
    assert of("shipment.dispatched", at=at) == ("invalid_field", "at")


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "a\nb", "tab\t", "\u0000", "nul\u2028", "\ud800", "zero\u200bwidth", 5, None]
)
def test_form_of_an_id(name: Any) -> None:
    for kind in EXAMPLES:
        assert of(kind, id=name) == ("invalid_field", "id")
        if "client_id" in EXAMPLES[kind]:
            assert of(kind, client_id=name) == ("invalid_field", "client_id")
    assert of("payment.reversed", payment_id=name) == ("invalid_field", "payment_id")
    assert of("sale.recorded", direction=name) == ("invalid_field", "direction")
    assert of("sale.returned", sale_id=name) == ("invalid_field", "sale_id")
    assert of("shipment.dispatched", shipment_id=name) == ("invalid_field", "shipment_id")
    assert of("goods.returned", shipment_id=name) == ("invalid_field", "shipment_id")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("shipment.dispatched", "outlet_id"),
        ("shipment.dispatched", "deal_id"),
        ("shipment.dispatched", "territory"),
        ("shipment.dispatched", "direction"),
        ("sale.recorded", "territory"),
        ("sale.recorded", "shipment_id"),
    ],
)
def test_form_of_an_id_that_may_be_left_out(kind: str, field: str) -> None:
    for name in ("", "x" * 65, "a\nb", 5):
        assert of(kind, **{field: name}) == ("invalid_field", field)


@pytest.mark.parametrize("name", ["x", "x" * 64, "Клиент № 7", "a b", "日本", "C:1/2"])
def test_printable_ids_of_up_to_64_characters_are_taken(name: str) -> None:
    assert not isinstance(decode("payments", record("payment.received", id=name, client_id=name)), Rejected)


def test_obligation_ids_have_room_for_the_number() -> None:
    assert not isinstance(decode("payments", record("payment.received", obligations=["x" * 64 + "/1"])), Rejected)
    assert of("payment.received", obligations=["ok", "x" * 67]) == ("invalid_field", "obligations.1")
    assert of("payment.received", obligations=["a\nb"]) == ("invalid_field", "obligations.0")


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "US1", "ДОЛ", "USD\n", 840, None])
def test_form_of_a_currency(currency: Any) -> None:
    for kind in ("payment.received", "sale.recorded", "shipment.dispatched", "goods.returned", "credit_limit.set"):
        assert of(kind, currency=currency) == ("invalid_field", "currency")


@pytest.mark.parametrize("rate", ["", "0", "0.000", "-1", "1e2", "1.1234567891", "1234567890", 1.5, True])
def test_form_of_a_rate(rate: Any) -> None:
    for kind in ("payment.received", "sale.recorded", "shipment.dispatched", "goods.returned", "client.opened"):
        assert of(kind, rate=rate) == ("invalid_field", "rate")


@pytest.mark.parametrize("revision", [0, -1, 2**31, 10**30, 1.5, 1.0, "1", True, None])
def test_form_of_a_revision(revision: Any) -> None:
    for kind in EXAMPLES:
        if kind != "policy.activated":
            assert of(kind, revision=revision) == ("invalid_field", "revision")


def test_number_of_ten_thousand_digits() -> None:
    text = PAYMENT[:-1] + b',"revision":' + b"9" * 10_000 + b"}"
    assert verdict("payments", text) == ("invalid_field", "revision")
    text = PAYMENT[:-1] + b',"revision":1e999}'
    assert verdict("payments", text) == ("invalid_field", "revision")


@pytest.mark.parametrize("voided", ["true", 1, 0, None, "yes"])
def test_voided_is_true_or_false(voided: Any) -> None:
    for kind in EXAMPLES:
        if "client_id" in EXAMPLES[kind]:
            assert of(kind, voided=voided) == ("invalid_field", "voided")


def test_free_text_of_500_characters() -> None:
    assert not isinstance(decode("payments", record("payment.received", document="Щ" * 500)), Rejected)
    assert of("payment.received", document="Щ" * 501) == ("invalid_field", "document")
    assert of("payment.received", document="\ud800") == ("invalid_field", "document")
    assert of("payment.reversed", reason="x" * 501) == ("invalid_field", "reason")


def test_one_way_to_pay_a_shipment() -> None:
    part = {"obligation_id": "S-1/a", "due_date": "2026-03-11", "amount": "25.00"}
    both = of("shipment.dispatched", instalments=[part])
    assert both == ("invalid_field", "instalments")
    assert of("shipment.dispatched", "payment_term_days", instalments=[]) == ("invalid_field", "instalments")
    assert of("shipment.dispatched", "payment_term_days", instalments=[], amount="0") == (
        "invalid_field",
        "instalments",
    )
    assert of("shipment.dispatched", payment_term_days=None) == ("missing_field", "payment_term_days")
    for term in (-1, 3_651, "10", 10.5, True):
        assert of("shipment.dispatched", payment_term_days=term) == ("invalid_field", "payment_term_days")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([{"amount": "24.99"}], "instalments"),
        ([{"amount": "20.00"}, {"amount": "5.00"}], "instalments"),  # both have one id
        ([{"amount": "25.001"}], "instalments.0.amount"),
        ([{"due_date": "soon"}], "instalments.0.due_date"),
        ([{"obligation_id": ""}], "instalments.0.obligation_id"),
        ([{}, {"obligation_id": "b", "amount": "-1"}], "instalments.1.amount"),
        (["all of it"], "instalments.0"),
    ],
)
def test_instalments(changes: list[Any], field: str) -> None:
    part = {"obligation_id": "S-1/a", "due_date": "2026-03-11", "amount": "25.00"}
    parts = [{**part, **change} if isinstance(change, dict) else change for change in changes]
    assert of("shipment.dispatched", "payment_term_days", instalments=parts) == ("invalid_field", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "0.000"}, "quantity"),
        ({"quantity": "1.2345"}, "quantity"),
        ({"quantity": 3}, "quantity"),
        ({"quantity": "٣"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1000000000"}, "quantity"),
        ({"quantity": "03"}, "quantity"),
        ({"price": "1.005"}, "price"),
        ({"rrp": None}, "rrp"),
        ({"product_category": "D"}, "product_category"),
        ({"fast_moving": "yes"}, "fast_moving"),
        ({"sku": ""}, "sku"),
        ({"sku": "a\tb"}, "sku"),
    ],
)
def test_lines_of_a_shipment(change: dict[str, Any], field: str) -> None:
    answer = of("shipment.dispatched", lines=[LINE, {**LINE, **change}])
    assert answer == ("invalid_field", f"lines.1.{field}")


@pytest.mark.parametrize("field", LINE)
def test_line_without_a_field(field: str) -> None:
    line = {name: value for name, value in LINE.items() if name != field}
    assert of("shipment.dispatched", lines=[line]) == ("missing_field", f"lines.0.{field}")


def test_lines_of_a_return() -> None:
    assert of("goods.returned", lines=[{"sku": "pen-7"}]) == ("missing_field", "lines.0.quantity")
    assert of("goods.returned", lines=[{"sku": "pen-7", "quantity": "0"}]) == ("invalid_field", "lines.0.quantity")
    assert of("goods.returned", lines=[{"sku": "", "quantity": "1"}]) == ("invalid_field", "lines.0.sku")
    assert of("goods.returned", lines={}) == ("invalid_field", "lines")
    assert of("goods.returned", accepted_by="a\nb") == ("invalid_field", "accepted_by")


def test_opening_balances() -> None:
    obligation = EXAMPLES["client.opened"]["obligations"][0]
    violation = {"obligation_id": "old/0", "first_day": "2025-11-04", "last_day": "2025-11-02"}
    assert of("client.opened", obligations=[obligation, obligation]) == ("invalid_field", "obligations")
    assert of("client.opened", violations=[violation]) == ("invalid_field", "violations.0.last_day")
    assert of("client.opened", turnover=[{"month": "2025-13", "amount": "1"}]) == ("invalid_field", "turnover.0.month")
    assert of("client.opened", turnover=[{"month": "2025-12"}]) == ("missing_field", "turnover.0.amount")
    assert of("client.opened", lifecycle="asleep") == ("invalid_field", "lifecycle")
    assert of("client.opened", unapplied="-1.00") == ("invalid_field", "unapplied")
    assert of("client.opened", documents=[{"document": "note", "number": "1"}]) == (
        "invalid_field",
        "documents.0.document",
    )


def test_opening_balances_are_of_the_past() -> None:
    """Opened at the beginning of 1 January: a violation ends the day before, sales of that month may be there."""
    ended = {"obligation_id": "old/0", "first_day": "2025-11-04", "last_day": "2025-12-31"}
    running = {"month": "2026-01", "amount": "1"}
    taken = decode("clients", record("client.opened", violations=[ended], turnover=[running]))
    assert not isinstance(taken, Rejected)
    assert of("client.opened", violations=[{**ended, "last_day": "2026-01-01"}]) == ("invalid_field", "violations")
    assert of("client.opened", turnover=[{"month": "2026-02", "amount": "1"}]) == ("invalid_field", "turnover")


def test_registration() -> None:
    assert of("client.registered", name="") == ("invalid_field", "name")
    assert of("client.registered", wholesaler="no") == ("invalid_field", "wholesaler")
    assert of("client.registered", activities=["watches", ""]) == ("invalid_field", "activities.1")
    assert of("client.registered", directions="watches") == ("invalid_field", "directions")
    assert of("client.registered", territory="") == ("invalid_field", "territory")


def test_credit_limit() -> None:
    assert of("credit_limit.set", amount="-1") == ("invalid_field", "amount")
    assert of("credit_limit.set", valid_until="2026-01-31") == ("invalid_field", "valid_until")
    assert of("credit_limit.set", signature=5) == ("invalid_field", "signature")


def test_policy_with_no_canonical_form() -> None:
    for value in (10**30, "\ud800"):
        assert of("policy.activated", policy={"version": value}) == ("invalid_field", "policy")
    assert of("policy.activated", policy=[]) == ("invalid_field", "policy")
    assert of("policy.activated", version="1") == ("invalid_field", "version")
    text = b'{"type":"policy.activated","id":"p","version":1,"policy":{"version":1e999}}'
    assert verdict("policies", text) == ("invalid_field", "policy")


@pytest.mark.parametrize(
    ("kind", "changes", "remedy"),
    [
        ("payment.received", {"amount": 12.5}, "amount: must be a text in quotes."),
        ("payment.received", {"amount": "1e3"}, 'an amount in quotes with at most two places, like "12.50".'),
        ("payment.received", {"amount": "0"}, "amount: must be above zero."),
        ("payment.received", {"currency": "usd"}, "three capital letters, like USD."),
        ("payment.received", {"value_date": "05.03.2026"}, "value_date: must be a date like 2026-03-01."),
        ("payment.received", {"id": "a\tb"}, "id: holds a character that cannot be printed; remove it."),
        ("shipment.dispatched", {"at": "2026-03-01T12:00:00"}, "like 2026-03-01T12:00:00+03:00."),
        ("shipment.dispatched", {"lines": [{**LINE, "quantity": "x"}]}, 'at most three places, like "1.5".'),
        ("shipment.dispatched", {"payment_term_days": None}, "Add payment_term_days."),
        ("sale.recorded", {"rate": "-1"}, 'at most nine places, like "0.0125".'),
        ("payment.received", {"id": ""}, "id: must not be empty."),
        ("payment.received", {"id": "a" * 65}, "id: must have at most 64 characters."),
        ("payment.received", {"revision": "2"}, "revision: must be a whole number, without quotes."),
        ("payment.received", {"revision": 0}, "revision: must be at least 1."),
        ("payment.received", {"voided": "yes"}, "voided: must be true or false, without quotes."),
        ("payment.received", {"value_date": "2026-02-30"}, "value_date: is no date of the calendar."),
    ],
)
def test_remedy_says_what_to_write(kind: str, changes: dict[str, Any], remedy: str) -> None:
    answer = decode(TOPICS[kind], record(kind, **changes))
    assert isinstance(answer, Rejected)
    assert answer.remedy.endswith(remedy)


def test_every_missing_field_is_named() -> None:
    answer = decode("payments", b'{"type":"payment.received","id":"P","client_id":"C","currency":"USD"}')
    assert answer == Rejected("missing_field", "amount", "Add amount, value_date.")


def test_nothing_of_a_bad_value_is_repeated() -> None:
    secret = "4111-1111-1111-1111"
    answer = decode("payments", record("payment.received", amount=secret, currency=secret))
    assert isinstance(answer, Rejected)
    assert secret not in answer.remedy


def test_first_of_several_bad_fields_is_named() -> None:
    assert of("payment.received", "currency", amount="x", client_id="") == ("invalid_field", "client_id")


def test_bytes_that_are_no_text_never_raise() -> None:
    for length in range(64):
        assert isinstance(decode("payments", bytes(range(length))), Rejected)
