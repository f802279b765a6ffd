"""The simulated wholesaler: repeatable, in order of time, and of valid events only unless mistakes are asked for."""

from collections import Counter, defaultdict
from datetime import date
from itertools import islice
from typing import Any

import msgspec

from schemas.decoding import decode
from schemas.records import Rejected
from streams.cli.simulator import SimulatedEvent, Wholesaler, population
from streams.cli.simulator.names import NAMES_DIFFERENT, name_of

_FIRST_DAY = date(2026, 2, 2)


def _events(seed: int = 1, mistakes: float = 0.0) -> list[SimulatedEvent]:
    return list(Wholesaler(200, seed=seed, first_day=_FIRST_DAY, mistakes=mistakes).events(50))


def _body(event: SimulatedEvent) -> dict[str, Any]:
    return msgspec.json.decode(event.value, type=dict[str, Any])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert _events(1) == _events(1)
    assert _events(1) != _events(2)


def test_the_number_of_days_does_not_change_what_happens_on_them() -> None:
    endless = Wholesaler(200, seed=1, first_day=_FIRST_DAY).events()
    fifty = _events()
    assert list(islice(endless, len(fifty))) == fifty


def test_events_come_in_order_of_time() -> None:
    instants = [event.timestamp_ms for event in _events()]
    assert instants == sorted(instants)
    assert instants[0] >= 1_769_979_600_000  # 2026-02-02T00:00:00+03:00


def test_every_event_is_valid_and_lies_under_its_client() -> None:
    for event in _events():
        assert not isinstance(decode(event.topic, event.value), Rejected), event
        body = _body(event)
        assert body.get("client_id") == event.key
        assert (event.key is None) == (body["type"] == "payments.completed")


def test_all_kinds_of_events_occur() -> None:
    assert {_body(event)["type"] for event in _events()} == {
        "client.registered",
        "document.signed",
        "payment.received",
        "payments.completed",
        "shipment.dispatched",
        "goods.returned",
        "sale.recorded",
    }


def test_most_payments_are_on_time_and_some_are_very_late() -> None:
    due: dict[str, int] = {}
    late: list[int] = []
    for event in _events():
        body = _body(event)
        if body["type"] == "shipment.dispatched":
            due[f"{body['shipment_id']}/1"] = (
                date.fromisoformat(body["at"][:10]).toordinal() + body["payment_term_days"]
            )
        elif body["type"] == "payment.received" and body.get("obligations"):
            late.append(date.fromisoformat(body["value_date"]).toordinal() - due[body["obligations"][0]])
    assert sum(days <= 0 for days in late) > 0.85 * len(late)
    assert max(late) >= 8


def test_a_mistake_is_a_bad_record_beside_the_good_ones() -> None:
    good, all_ = Counter(_events()), Counter(_events(mistakes=0.01))
    bad = [event for event in all_ if isinstance(decode(event.topic, event.value), Rejected)]
    assert 0 < len(bad) < 0.05 * len(all_)
    assert good.total() > 0


def test_a_population_ends_at_its_date_with_about_the_facts_asked_for() -> None:
    facts: defaultdict[str | None, int] = defaultdict(int)
    for event in population(200, 60, 5, date(2026, 7, 1)):
        assert event.timestamp_ms < 1_782_853_200_000  # 2026-07-01T00:00:00+03:00
        facts[event.key] += 1
    del facts[None]
    assert len(facts) == 200
    assert 45 <= sum(facts.values()) / 200 <= 75


def test_names_are_different_as_long_as_they_can_be() -> None:
    assert len({name_of(number) for number in range(NAMES_DIFFERENT + 30)}) == NAMES_DIFFERENT + 30
    assert name_of(0).en == "Kantsmir, Moscow"
    assert name_of(0).ru == "Канцмир, Москва"
