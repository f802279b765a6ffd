"""Importance as the rules say it: borders, ties, months, returns, revisions, and whose sale moved whom."""

import json

import pytest

from schemas.outputs import validate_output
from schemas.records import Rejected
from streams.domain.importance.records import read_importance, read_turnover
from tests.domain.decisions.driver import Company, kinds
from tests.domain.importance.market import Market

KEY, MEDIUM, SMALL = "key", "medium", "small"


BAD = [
    (b"", "empty_value", None),
    (b"{", "invalid_json", None),
    (b"\xff", "invalid_json", None),
    (b"[]", "invalid_field", "value"),
    (b"{}", "missing_field", "kind"),
    (b'{"kind":"shop"}', "invalid_field", "kind"),
    (b'{"kind":"territory","scope_id":"x","client_id":"a","sequence":%d}' % 10**30, "invalid_field", "sequence"),
]


@pytest.mark.parametrize(("value", "reason", "field"), BAD)
def test_what_is_no_importance_is_refused_with_its_field(value: bytes, reason: str, field: str | None) -> None:
    told = read_importance(value)
    assert isinstance(told, Rejected)
    assert (told.reason, told.field) == (reason, field)


@pytest.mark.parametrize(
    "cause", [b'{"kind":"deadline","at":"\xd6"}', b'{"kind":"x"}', b"7", b"[" * 5_000 + b"]" * 5_000]
)
def test_a_cause_that_cannot_be_read_is_a_dead_letter(cause: bytes) -> None:
    """Found by `make fuzz`: bytes that are no UTF-8 raised, and the client was held."""
    company = Company()
    company.sell("SA-1", "10.00", "2026-03-02")
    value = (
        b'{"kind":"direction","scope_id":"retail","client_id":"c1","sequence":1,"importance":"key",'
        b'"turnover_minor":1,"before_minor":0,"total_minor":1,"key_below_percent":20,"medium_below_percent":70,'
        b'"cause":' + cause + b"}"
    )
    letter = company.send_bytes("stoplist-importance", value, "2026-03-03")[-1]
    assert letter.headers["stoplist-reason"] in ("invalid_field", "invalid_json")


def test_what_is_no_turnover_is_refused_with_its_field() -> None:
    told = read_turnover(b'{"client_id":"a","sequence":1,"months":{"2026-01":"1"}}')
    assert isinstance(told, Rejected)
    assert (told.reason, told.field) == ("invalid_field", "months[...]")


def ten_times_73(market: Market) -> None:
    market.sell("L", "150.00", "2026-03-02")
    market.sell("X", "120.00", "2026-03-02")
    for number in range(10):
        market.sell(f"c{number}", "73.00", "2026-03-02")


def test_another_client_s_sale_moves_a_client_and_is_its_cause() -> None:
    """L 150, X 120, ten of 73, 1000 in all: X has 15.0% before it. L sells 100 more: 250 of 1100 are 22.7%."""
    market = Market()
    ten_times_73(market)
    assert market.importance("X") == {"direction/watches": KEY}
    market.moves.clear()
    market.sell("L", "100.00", "2026-03-03", number="SA-L")
    (move,) = [move for move in market.moves if move["client_id"] == "X"]
    assert (move["from"], move["to"], move["scope"]) == (KEY, MEDIUM, {"kind": "direction", "id": "watches"})
    assert move["cause"] == {
        "kind": "record",
        "id": "SA-L",
        "type": "sale.recorded",
        "topic": "sales",
        "partition": move["cause"]["partition"],
        "offset": move["cause"]["offset"],
        "client_id": "L",
    }
    assert move["because"][0]["observed"] == "250.00 of 1100.00"
    assert move["explanation"]["en"] == (
        "Importance in direction watches falls from key to medium: clients with more turnover hold 22.7% of it."
    )
    assert market.importance("X") == {"direction/watches": MEDIUM}
    assert market.importance("L") == {"direction/watches": KEY}


def test_what_is_published_keeps_the_contract() -> None:
    market = Market()
    ten_times_73(market)
    assert len(market.published) > 20
    for value in market.published:
        validate_output(value)


def test_ten_equal_clients_are_two_key_five_medium_three_small() -> None:
    """By id when turnover and registration are equal: 0% and 10% before the first two, 20% to 60%, 70% to 90%."""
    market = Market()
    for number in range(10):
        market.sell(f"c{number}", "10.00", "2026-03-02")
    assert list(market.all().values()) == [KEY] * 2 + [MEDIUM] * 5 + [SMALL] * 3


def test_of_two_equal_ones_the_earlier_registration_comes_first() -> None:
    market = Market()
    market.register("a", "2026-02-02")
    market.register("b", "2026-02-01")
    for client in ("a", "b", "c"):  # c is not registered: last
        market.sell(client, "10.00", "2026-03-02")
    # b: 0%, a: 33%, c: 66%
    assert market.all() == {"a": MEDIUM, "b": KEY, "c": MEDIUM}
    market.register("c", "2026-01-01", "2026-03-03")
    assert market.all() == {"a": MEDIUM, "b": MEDIUM, "c": KEY}


def test_returned_in_full_or_more_is_small_and_counts_as_nothing() -> None:
    market = Market()
    market.sell("a", "100.00", "2026-03-02", number="A")
    market.sell("b", "10.00", "2026-03-02", number="B")
    market.give_back("a", "R", "A", "150.00", "2026-03-03")
    # the total is b's 10.00, not -40.00
    assert market.all() == {"a": SMALL, "b": KEY}
    market.give_back("b", "S", "B", "10.00", "2026-03-03")
    assert market.all() == {"a": SMALL, "b": SMALL}


def test_a_territorial_sale_counts_in_its_territory_else_in_its_direction() -> None:
    market = Market()
    market.sell("a", "10.00", "2026-03-02", territory="north")
    market.sell("a", "10.00", "2026-03-02", territory="north", territorial=True)
    assert market.importance("a") == {"direction/watches": KEY, "territory/north": KEY}
    market.sell("b", "10.00", "2026-03-02", territory="south", territorial=True)
    assert market.importance("b") == {"territory/south": KEY}


def test_a_voided_sale_takes_the_importance_with_it() -> None:
    market = Market()
    market.sell("a", "10.00", "2026-03-02", number="A")
    market.sell("a", "10.00", "2026-03-02", number="A", revision=2, voided=True)
    assert market.importance("a") == {}
    assert (market.moves[-1]["from"], market.moves[-1]["to"]) == (KEY, None)


def test_a_revision_moves_the_sale_to_another_scope() -> None:
    market = Market()
    market.sell("a", "10.00", "2026-03-02", number="A")
    market.sell("a", "10.00", "2026-03-02", number="A", revision=2, direction="photo")
    assert market.importance("a") == {"direction/photo": KEY}


def test_months_roll_by_time_alone() -> None:
    """Twelve calendar months with the running one: a sale of March 2026 counts through February 2027."""
    market = Market()
    market.sell("a", "100.00", "2026-03-31")
    market.sell("b", "10.00", "2026-04-01")
    assert market.all() == {"a": KEY, "b": SMALL}  # 90.9% before b
    market.wait("2027-02-28T23:59:59+03:00")
    assert market.all() == {"a": KEY, "b": SMALL}
    market.moves.clear()
    market.wait("2027-03-01T00:00:00+03:00")
    assert market.all() == {"b": KEY}
    assert {(m["client_id"], m["from"], m["to"], m["effective_at"]) for m in market.moves} == {
        ("b", SMALL, KEY, "2027-03-01T00:00:00+03:00"),
        ("a", KEY, None, "2027-03-01T00:00:00+03:00"),
    }
    assert market.moves[0]["cause"] == {"kind": "deadline", "at": "2027-03-01T00:00:00+03:00"}


def test_a_late_sale_counts_in_its_own_month() -> None:
    market = Market()
    market.sell("a", "10.00", "2026-05-01")
    market.sell("b", "20.00", "2026-03-20", arrives="2026-05-02")
    assert market.all() == {"a": MEDIUM, "b": KEY}  # 66.7% before a


def test_other_borders_of_a_policy_take_effect_at_its_instant() -> None:
    market = Market()
    for client in ("a", "b"):
        market.sell(client, "10.00", "2026-03-02")
    assert market.all() == {"a": KEY, "b": MEDIUM}
    policy = {"version": 2, "importance": {"key_below_percent": 60, "medium_below_percent": 70}}
    market.send("policies", "policy.activated", "P", None, "2026-03-03", version=2, policy=policy)
    assert market.all() == {"a": KEY, "b": KEY}
    assert market.moves[-1]["cause"]["kind"] == "policy"


def test_a_client_drops_what_it_was_told_before() -> None:
    """Internal records come repeated and late: only what is above the scope's last sequence counts."""
    company = Company()
    company.sell("SA-1", "10.00", "2026-03-02")

    def tell(sequence: int, importance: str) -> list[str]:
        body = {"kind": "direction", "scope_id": "retail", "client_id": "c1", "sequence": sequence}
        body |= {"importance": importance, "turnover_minor": 1_000, "before_minor": 0, "total_minor": 1_000}
        body |= {
            "key_below_percent": 20,
            "medium_below_percent": 70,
            "cause": {"kind": "deadline", "at": "2026-03-01T00:00:00+03:00"},
        }
        return kinds(company.send_bytes("stoplist-importance", json.dumps(body).encode(), "2026-03-03"))

    assert tell(5, "key") == ["category.changed", "client.status"]
    for sequence in (4, 5):
        assert tell(sequence, "small") == []
    assert company.status()["categories"]["importance"][0]["importance"] == "key"
    assert tell(6, "key") == []  # newer, and nothing new
    assert tell(7, "medium") == ["category.changed", "client.status"]
    company.restart()
    assert tell(7, "small") == []
    assert kinds(company.send_bytes("stoplist-importance", b"{", "2026-03-03")) == ["dead-letter:invalid_json"]


def test_a_client_that_changes_its_direction_leaves_the_others_of_the_old_one_ahead() -> None:
    """100.00 of a in watches keep b small (90.9% before it); revised to photo, b alone holds watches."""
    market = Market()
    market.sell("a", "100.00", "2026-03-02", number="A")
    market.sell("b", "10.00", "2026-03-02")
    assert market.all() == {"a": KEY, "b": SMALL}
    market.moves.clear()
    market.sell("a", "100.00", "2026-03-02", number="A", arrives="2026-03-04", revision=2, direction="photo")
    assert (market.all(), market.all("direction/photo")) == ({"b": KEY}, {"a": KEY})
    (move,) = [move for move in market.moves if move["client_id"] == "b"]
    assert (move["from"], move["to"], move["cause"]["client_id"], move["cause"]["id"]) == (SMALL, KEY, "a", "A")
    market.register("a", "2026-01-01", "2026-03-05", directions=["watches"])
    assert market.all() == {"b": KEY}  # where a client sells counts, not what it is registered for


def test_a_sale_made_territorial_moves_from_its_direction_to_its_territory() -> None:
    market = Market()
    market.sell("a", "10.00", "2026-03-02", number="A", territory="north")
    market.sell("a", "10.00", "2026-03-02", number="A", territory="north", revision=2, territorial=True)
    assert market.importance("a") == {"territory/north": KEY}


def test_another_client_s_withdrawn_sale_lets_a_client_rise_and_is_its_cause() -> None:
    market = Market()
    market.sell("a", "80.00", "2026-03-02", number="A")
    market.sell("b", "20.00", "2026-03-02")
    assert market.all() == {"a": KEY, "b": SMALL}  # 80%
    market.moves.clear()
    market.sell("a", "50.00", "2026-03-02", number="A", revision=2)
    assert market.all() == {"a": KEY, "b": SMALL}  # 50 of 70: 71.4%
    market.sell("a", "40.00", "2026-03-02", number="A", revision=3)
    assert market.all() == {"a": KEY, "b": MEDIUM}  # 40 of 60: 66.7%
    market.sell("a", "40.00", "2026-03-02", number="A", revision=4, voided=True)
    assert market.all() == {"b": KEY}
    causes = [(move["to"], move["cause"]["client_id"]) for move in market.moves if move["client_id"] == "b"]
    assert causes == [(MEDIUM, "a"), (KEY, "a")]


def test_a_share_at_the_very_border_is_below_it() -> None:
    """Less than 20% before a client is key: 20 of 100 is medium already; 70 of 100 is small already."""
    market = Market()
    for client, amount in (("a", "20.00"), ("b", "20.00"), ("c", "15.00"), ("d", "15.00"), ("e", "15.00")):
        market.sell(client, amount, "2026-03-02")
    market.sell("f", "15.00", "2026-03-02")
    # a 0%, b 20%, c 40%, d 55%, e 70%, f 85%
    assert market.all() == {"a": KEY, "b": MEDIUM, "c": MEDIUM, "d": MEDIUM, "e": SMALL, "f": SMALL}


def test_turnover_of_the_opening_balances_counts_in_its_scope_and_month() -> None:
    market = Market()
    turnover = [
        {"month": "2026-02", "amount": "100.00", "direction": "watches"},
        {"month": "2026-02", "amount": "500.00"},  # of no scope
        {"month": "2025-03", "amount": "7.00", "direction": "photo"},
    ]
    market.send(
        "clients", "client.opened", "OP", "a", "2026-03-01", as_of="2026-03-01", currency="USD", lifecycle="active",
        turnover=turnover,
    )  # fmt: skip
    market.sell("b", "10.00", "2026-03-02")
    assert market.all() == {"a": KEY, "b": SMALL}  # 100.00 of 110.00 before b
    assert market.importance("a") == {"direction/watches": KEY}  # twelve months to February: March 2025 is too old


def test_fewer_months_of_a_policy_count_from_its_instant() -> None:
    market = Market()
    market.sell("a", "100.00", "2026-02-27")
    market.sell("b", "10.00", "2026-03-02")
    assert market.all() == {"a": KEY, "b": SMALL}
    policy = {"version": 2, "importance": {"months": 1}}
    market.send("policies", "policy.activated", "P", None, "2026-03-03", version=2, policy=policy)
    assert market.all() == {"b": KEY}


def test_a_move_is_told_in_both_languages() -> None:
    market = Market()
    market.sell("a", "80.00", "2026-03-02", number="A")
    market.sell("b", "20.00", "2026-03-02")
    market.sell("a", "50.00", "2026-03-03", number="A", revision=2, territory="north", territorial=True)
    told = {(move["client_id"], move["from"], move["to"]): move["explanation"] for move in market.moves}
    assert told["b", None, SMALL] == {
        "en": "Importance in direction watches rises from none to small: clients with more turnover hold 80.0% of it.",
        "ru": "Важность клиента по направлению watches повышена: «нет» → «малый»; "
        "на долю клиентов впереди приходится 80.0%.",
    }
    assert told["a", None, KEY] == {
        "en": "Importance in territory north rises from none to key: clients with more turnover hold 0.0% of it.",
        "ru": "Важность клиента по территории north повышена: «нет» → «ключевой»; "
        "на долю клиентов впереди приходится 0.0%.",
    }
    assert told["a", KEY, None] == {
        "en": "Importance in direction watches falls from key to none: no sales in it any more.",
        "ru": "Важность клиента по направлению watches понижена: «ключевой» → «нет»; продаж больше нет.",
    }


def test_a_share_is_told_rounded_down_to_a_tenth() -> None:
    market = Market()
    market.sell("a", "89.99", "2026-03-02")
    market.sell("b", "10.01", "2026-03-02")
    assert "hold 89.9% of it" in market.moves[-1]["explanation"]["en"]


def test_a_share_a_fifth_of_a_cent_below_the_border_is_key() -> None:
    """Five of 19.99 and one of 0.01 are 99.96, a fifth is 19.992: the second is key still, with 19.99 before it."""
    market = Market()
    for client in "abcde":
        market.sell(client, "19.99", "2026-03-02")
    market.sell("f", "0.01", "2026-03-02")
    # a 0, b 19.99, c 39.98, d 59.97, e 79.96, f 99.95; 70% is 69.972
    assert market.all() == {"a": KEY, "b": KEY, "c": MEDIUM, "d": MEDIUM, "e": SMALL, "f": SMALL}
