"""The picture's lines, from a few facts whose days are counted by hand."""

from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from schemas.policy_file import default_policy
from streams.cli.timeline import timeline_of
from streams.views.desk.facts import Facts

CLIENT = "romashka"
NOW = "2026-03-20T10:00:00+03:00"


class Record(NamedTuple):
    """A record as Kafka gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: tuple[()] = ()


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _record(number: int, appended: str, topic: str, kind: str, /, **fields: Any) -> Record:
    body = {"type": kind, "id": f"f-{number}", "client_id": CLIENT, **fields}
    return Record(topic, 0, number, _ms(appended), CLIENT.encode(), msgspec.json.encode(body))


def _dispatch(number: int, day: str, shipment_id: str, amount: str) -> Record:
    at = f"{day}T14:00:00+03:00"
    said = {"shipment_id": shipment_id, "at": at, "territory": "tver", "direction": "photo", "currency": "USD"}
    return _record(number, at, "shipments", "shipment.dispatched", amount=amount, payment_term_days=10, **said)


def _payment(number: int, at: str, value_date: str, amount: str, **fields: Any) -> Record:
    said = {"amount": amount, "currency": "USD", "value_date": value_date}
    return _record(number, at, "payments", "payment.received", **said, **fields)


def _moved(at: str, dimension: str, before: Any, after: Any) -> dict[str, Any]:
    event = {"type": "category.changed", "dimension": dimension, "from": before, "to": after}
    return {"topic": "category-changes", "event": {**event, "effective_at": at}}


def _blocked(at: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    """Released, when no condition is given."""
    kind = "shipment.blocked" if conditions else "shipment.released"
    return {"topic": "shipment-blocks", "event": {"type": kind, "effective_at": at, "conditions": list(conditions)}}


def _drawn(*records: Record, published: tuple[dict[str, Any], ...] = (), complete: bool = True) -> dict[str, Any]:
    return timeline_of(default_policy(), CLIENT, Facts(list(records), complete), published, _ms(NOW))


def test_an_obligation_runs_from_dispatch_to_payment_with_its_overdue_days() -> None:
    """Due on 20 February, paid with value date 3 March: overdue from the 21st through 3 March."""
    drawn = _drawn(
        _dispatch(1, "2026-02-10", "dn-1041", "180.00"),
        _payment(2, "2026-03-04T10:12:00+03:00", "2026-03-03", "180.00"),
        _dispatch(3, "2026-03-05", "dn-1077", "60.00"),
    )
    first, second = drawn["obligations"]
    assert first == {
        "obligation_id": "dn-1041/1",
        "dispatched_on": date(2026, 2, 10),
        "due_date": date(2026, 2, 20),
        "amount": "180.00",
        "outstanding": "0.00",
        "episodes": [[date(2026, 2, 21), date(2026, 3, 3)]],
        "paid_on": date(2026, 3, 3),
    }
    assert second["paid_on"] is None
    assert second["episodes"] == [[date(2026, 3, 16), date(2026, 3, 20)]]  # due on the 15th, running until today
    assert drawn["payments"] == [
        {
            "id": "f-2",
            "value_date": date(2026, 3, 3),
            "amount": "180.00",
            "reversed": False,
            "revision": 1,
            "obligations": [],
            "rate": None,
        }
    ]
    assert (drawn["today"], drawn["complete"]) == (date(2026, 3, 20), True)


def test_facts_in_another_order_draw_the_same() -> None:
    dispatch = _dispatch(1, "2026-02-10", "dn-1041", "180.00")
    payment = _payment(2, "2026-03-04T10:12:00+03:00", "2026-03-03", "180.00")
    late = dispatch._replace(timestamp=_ms("2026-03-05T09:00:00+03:00"))  # the same, posted after the payment
    assert _drawn(payment, late) == _drawn(dispatch, payment)


def test_a_reversed_payment_is_marked_and_its_obligation_open_again() -> None:
    drawn = _drawn(
        _dispatch(1, "2026-03-10", "dn-1", "50.00"),
        _payment(2, "2026-03-12T09:00:00+03:00", "2026-03-11", "50.00"),
        _record(
            3, "2026-03-14T09:00:00+03:00", "payments", "payment.reversed", payment_id="f-2", value_date="2026-03-13"
        ),
    )
    assert drawn["payments"][0]["reversed"]
    assert drawn["obligations"][0]["outstanding"] == "50.00"


def test_blocks_and_groups_are_told_as_they_were_published() -> None:
    overridden = {"reason": "conduct", "overrides": ["o-1"]}
    drawn = _drawn(
        published=(
            _moved("2026-03-02T00:00:00+03:00", "volume", "C", "B"),
            _moved("2026-03-10T00:00:00+03:00", "risk_group", 0, 1),
            _blocked("2026-03-10T12:00:00+03:00", {"reason": "credit_limit"}),
            _blocked("2026-03-11T12:00:00+03:00", {"reason": "risk_group"}, overridden),
            _blocked("2026-03-12T09:00:00+03:00"),
            _blocked("2026-03-18T09:00:00+03:00", {"reason": "conduct"}),
        )
    )
    assert drawn["groups"] == [{"at": "2026-03-10T00:00:00+03:00", "from": 0, "to": 1}]
    assert drawn["blocks"] == [
        {
            "from": "2026-03-10T12:00:00+03:00",
            "until": "2026-03-12T09:00:00+03:00",
            "reasons": ["credit_limit", "risk_group"],
        },
        {"from": "2026-03-18T09:00:00+03:00", "until": None, "reasons": ["conduct"]},
    ]
