"""The fast path takes nothing that the contract's models refuse, and reads what both take alike.

Records are generated valid, mutated in one field, mutated byte by byte, and hostile.
"""

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas import decoding
from schemas.completing import complete
from schemas.records import Rejected
from tests.schemas.examples import EXAMPLES, LINE, TOPICS, record

FAST = [kind for kind in EXAMPLES if TOPICS[kind] in decoding._FAST]
MANY = settings(max_examples=250, deadline=None)


def agree(topic: str, value: bytes) -> Any:
    """What both say of a record; fails when they differ."""
    verdict = decoding._judged(topic, value)
    assert decoding.decode(topic, value) == verdict
    return verdict


def strict(topic: str, value: bytes) -> bool:
    """Whether the fast path alone takes it."""
    try:
        return complete(decoding._FAST[topic](value))
    except (msgspec.MsgspecError, ValueError):
        return False


ids = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), min_size=1, max_size=64)
money = st.from_regex(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?", fullmatch=True)
positive = money.filter(lambda text: bool(text.strip("0.")))
days = st.dates(min_value=date(1970, 1, 1), max_value=date(2199, 12, 31))
days_text = days.map(lambda day: day.isoformat())
instants = st.builds(
    "{}T{:02}:{:02}:{:02}{}{}".format,
    days_text.filter(lambda day: "1971" < day < "2199-12-31"),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["", ".5", ".123", ".123456789"]),
    st.sampled_from(["Z", "z", "+03:00", "-11:30", "+23:59"]),
)
rates = st.from_regex(r"[1-9][0-9]{0,8}(\.[0-9]{1,9})?", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=500)
quantities = st.from_regex(r"[1-9][0-9]{0,8}(\.[0-9]{1,3})?", fullmatch=True)
lines = st.fixed_dictionaries(
    {
        "sku": ids,
        "quantity": quantities,
        "price": money,
        "rrp": money,
        "product_category": st.sampled_from("ABC"),
        "fast_moving": st.booleans(),
    }
)
documents = st.sampled_from(["cooperation_agreement", "supply_contract"])
facts = {"id": ids, "client_id": ids}
extras = {"revision": st.integers(1, 2**31 - 1), "voided": st.booleans()}
VALID: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "payment.received": st.fixed_dictionaries(
        {**facts, "amount": positive, "currency": st.sampled_from(["USD", "RUB"]), "value_date": days_text},
        optional={**extras, "obligations": st.lists(ids), "document": texts, "rate": rates},
    ),
    "payment.reversed": st.fixed_dictionaries(
        {**facts, "payment_id": ids, "value_date": days_text},
        optional={**extras, "amount": st.none() | positive, "reason": texts},
    ),
    "shipment.dispatched": st.fixed_dictionaries(
        {**facts, "shipment_id": ids, "at": instants, "currency": st.just("USD"), "amount": money}
        | {"payment_term_days": st.integers(0, 3_650)},
        optional={**extras, "outlet_id": st.none() | ids, "deal_id": ids, "territory": ids, "direction": ids}
        | {"lines": st.lists(lines, max_size=3), "rate": rates},
    ),
    "shipment.requested": st.fixed_dictionaries(
        {**facts, "shipment_id": ids, "at": instants, "currency": st.just("USD"), "amount": money}
        | {"payment_term_days": st.integers(0, 3_650), "lines": st.lists(lines, min_size=1, max_size=3)},
        optional={**extras, "outlet_id": ids, "deal_id": ids, "territory": st.none() | ids, "direction": ids},
    ),
    "shipment.cancelled": st.fixed_dictionaries({**facts, "shipment_id": ids, "at": instants}, optional=extras),
    "goods.returned": st.fixed_dictionaries(
        {**facts, "shipment_id": ids, "returned_on": days_text, "amount": money, "currency": st.just("USD")},
        optional={**extras, "lines": st.lists(lines, max_size=3), "accepted_by": st.none() | ids, "rate": rates},
    ),
    "sale.recorded": st.fixed_dictionaries(
        {**facts, "amount": money, "currency": st.just("EUR"), "sold_on": days_text, "direction": ids},
        optional={**extras, "territory": ids, "territorial": st.booleans(), "shipment_id": ids, "rate": rates},
    ),
    "sale.returned": st.fixed_dictionaries(
        {**facts, "sale_id": ids, "amount": money, "returned_on": days_text}, optional=extras
    ),
    "client.registered": st.fixed_dictionaries(
        {**facts, "name": texts.filter(bool), "registered_on": days_text},
        optional={**extras, "wholesaler": st.booleans(), "territory": st.none() | ids}
        | {"activities": st.lists(ids, max_size=3), "directions": st.lists(ids, max_size=3)},
    ),
    "client.closed": st.fixed_dictionaries({**facts, "on": days_text}, optional=extras),
    "document.signed": st.fixed_dictionaries(
        {**facts, "document": documents, "number": ids, "on": days_text}
        | {"form": st.sampled_from(["original", "copy"]), "accepted_by": ids, "direction": ids},
        optional=extras,
    ),
    "document.ended": st.fixed_dictionaries(
        {**facts, "document": documents, "number": ids, "on": days_text}, optional=extras
    ),
    "outlet.opened": st.fixed_dictionaries(
        {**facts, "outlet_id": ids, "on": days_text, "territory": ids}, optional={**extras, "mall": st.none() | ids}
    ),
    "outlet.closed": st.fixed_dictionaries(
        {**facts, "outlet_id": ids, "on": days_text},
        optional={**extras, "territory": st.none() | ids, "mall": st.none() | ids},
    ),
}
valid_events = st.sampled_from(sorted(VALID)).flatmap(
    lambda kind: VALID[kind].map(lambda fields: {"type": kind} | fields)
)

numbers = st.integers() | st.floats() | st.sampled_from([10**30, -(10**30), 2**31, 2**63, 1e308, -0.0, 1.0])
FORMS = (
    "1e3",
    "+1",
    " 1",
    "1 ",
    "1.234",
    "-1",
    "",
    "0",
    "0.00",
    "00.10",
    ".5",
    "5.",
    "١",
    "１.00",
    "1_0",
    "NaN",
    "true",
    "2026-02-29",
    "2028-02-29",
    "2026-3-1",
    "0001-01-01",
    "9999-12-31",
    "2026-03-05T00:00:00Z",
    "20260305",
    "2026-03-05T00:00:00",
    "2026-03-05T24:00:00Z",
    "2026-03-05T00:00:00+14:00",
    "2026-03-05T00:00:00+03:60",
    "x" * 64,
    "x" * 65,
    "x" * 66,
    "x" * 67,
    "x" * 500,
    "x" * 501,
    "\u0000",
    "\x7f",
    "\u2028",
    "\xa0",
    "\ud800",
    "🚚",
    "A",
    "D",
    "USD",
    "usd",
    "ДОЛ",
    "1.0000000001",
    "0.000",
    "999999999.999",
)
forms = st.sampled_from(FORMS)
scalars = st.none() | st.booleans() | numbers | forms | st.text()
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


@given(valid_events)
@MANY
def test_valid_events_take_the_fast_path(event: dict[str, Any]) -> None:
    topic, value = TOPICS[event["type"]], json.dumps(event, ensure_ascii=False).encode()
    assert not isinstance(agree(topic, value), Rejected)
    assert strict(topic, value)


@given(valid_events, st.data(), anything)
@MANY
def test_one_field_changed(event: dict[str, Any], data: st.DataObject, value: Any) -> None:
    name = data.draw(st.sampled_from([*sorted(event), "digest", "amount_minor", "at_ms", "instalments", "lines", "x"]))
    agree(TOPICS.get(event["type"], "payments"), json.dumps({**event, name: value}).encode())


@pytest.mark.parametrize("kind", FAST)
def test_every_field_in_every_form_and_left_out(kind: str) -> None:
    values: list[Any] = [*FORMS, None, True, 7, 1.5, [], {}, [[]], [""], ["\x7f"], ["x" * 65], [None]]
    for name in EXAMPLES[kind]:
        for value in values:
            agree(TOPICS[kind], record(kind, **{name: value}))
        agree(TOPICS[kind], record(kind, name))


@given(st.sampled_from(FAST), st.data(), st.binary(max_size=4))
@MANY
def test_bytes_changed(kind: str, data: st.DataObject, inserted: bytes) -> None:
    value = record(kind)
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, min(len(value), start + 6)))
    agree(TOPICS[kind], value[:start] + inserted + value[end:])


@given(st.sampled_from(FAST), st.data())
@MANY
def test_fields_left_out(kind: str, data: st.DataObject) -> None:
    without = data.draw(st.sets(st.sampled_from(sorted(EXAMPLES[kind]))))
    agree(TOPICS[kind], record(kind, *without, voided=data.draw(st.booleans())))


parts = st.fixed_dictionaries(
    {"obligation_id": ids | forms, "due_date": days_text | forms, "amount": st.sampled_from(["10", "15.00", "25", "x"])}
)


SHIPPED = st.sampled_from(["shipment.dispatched", "shipment.requested"])
WITH_LINES = st.sampled_from(["shipment.dispatched", "shipment.requested", "goods.returned"])


@given(SHIPPED, st.lists(parts, max_size=3) | st.none(), st.none() | st.integers(-1, 4_000) | scalars)
@MANY
def test_terms_of_payment(kind: str, instalments: list[Any] | None, term: Any) -> None:
    agree("shipments", record(kind, instalments=instalments, payment_term_days=term))


def test_number_of_lines() -> None:
    small = {**LINE, "sku": "1", "quantity": "1", "price": "1", "rrp": "1"}
    for kind in ("shipment.dispatched", "shipment.requested", "goods.returned"):
        for lines in ([], [small], [small] * 600):
            agree("shipments", record(kind, lines=lines))
        compact = record(kind, lines=[]).replace(b": []", b":[%b]" % b",".join([b"[]"] * 1_001))
        agree("shipments", compact)


@given(WITH_LINES, st.sampled_from(sorted(LINE)), scalars)
@MANY
def test_fields_of_a_line(kind: str, name: str, value: Any) -> None:
    agree("shipments", record(kind, lines=[LINE, {**LINE, name: value}]))


@given(st.sampled_from(sorted(TOPICS.values())), st.binary() | anything.map(lambda value: json.dumps(value).encode()))
@example("payments", b"[" * 1_000 + b"]" * 1_000)
@example("payments", b'{"type":"payment.received","type":"sale.recorded"}')
@MANY
def test_hostile_values(topic: str, value: bytes) -> None:
    agree(topic, value)


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize(
    "member",
    [
        '"x":NaN',
        '"x":1e999',
        f'"x":{"9" * 9000}',
        '"x":"\\ud800"',
        '"x":"\\ud800\\ud800"',
        '"x":"\x01"',
        '"x":"\\q"',
        '"x":' + "[" * 199 + "]" * 199,
        '"x":' + "[" * 200 + "]" * 200,
        '"x":"' + "[" * 300 + '"',
        '"x":"\\"[["',
        '"id":"again"',
        '"id":7',
        '"type":"sale.recorded"',
        '"typ\\u0065":"sale.recorded"',
        '"":""',
        '"x":-',
        '"x":1.',
        '"x":[1,]',
        '"x":{"a":1,}',
        '"x":tru',
        '"x":01',
        '"x":+1',
        '"x":.5',
        '"x":{1:2}',
        "'x':1",
        '"x":1 // no',
        "",
    ],
)
def test_hostile_members(kind: str, member: str) -> None:
    for value in (record(kind)[:-1] + b"," + member.encode() + b"}", b"{" + member.encode() + b"," + record(kind)[1:]):
        agree(TOPICS[kind], value)
    broken = record(kind)[:-1] + b',"x":"\xff\xfe"}'
    assert isinstance(agree(TOPICS[kind], broken), Rejected)
