"""Facts in: revisions, currencies, partners that have not come, refusals."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from schemas.events import ClientRegistered
from schemas.policy import Limits, Policy
from schemas.records import NEVER
from streams.domain import ledger
from streams.domain.kept import written
from streams.domain.ledger import Accepted, Refused
from streams.domain.policy import Rules

from .builder import (
    Book,
    credit_limit,
    dispatch,
    goods_return,
    instant,
    opened,
    payment,
    reversal,
    sale,
    sale_return,
    sealed,
    void,
)

ON = date(2026, 3, 10)


def book(on: date = ON, **limits: int) -> Book:
    return Book(rules=Rules.compile(Policy(version=1, limits=Limits(**limits)))).wait_until(on)


def registered(**more: Any) -> ClientRegistered:
    return sealed(ClientRegistered(id="REG", client_id="C", name="Lotus", registered_on=ON, **more))


EVERY_KIND = [
    dispatch("S1", ON),
    payment("P1", ON, 100),
    reversal("R1", "P9", ON),
    goods_return("G1", "S9", ON, 100),
    sale("V1", ON, 100),
    sale_return("W1", "V9", ON, 100),
    credit_limit("L1", 100, ON),
    registered(),
    opened(ON),
]


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.type)
def test_a_duplicate_changes_nothing_and_another_body_under_the_revision_is_a_conflict(event: Any) -> None:
    told = book().accept(event)
    before = str(told.client)
    assert told.tell(event) == Accepted(False)
    other = type(event)(**{name: getattr(event, name) for name in event.__struct_fields__})
    other.digest = b"another."
    refused = told.tell(other)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field, refused.conflict) == ("conflicting_revision", "revision", True)
    assert str(told.client) == before


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.type)
def test_a_withdrawal_replaces_and_an_older_revision_is_ignored(event: Any) -> None:
    told = book().accept(event, void(event))
    assert told.tell(event) == Accepted(False)
    assert told.debts() == {}
    assert told.unapplied == 0
    assert told.client.position.turnover == {}
    assert told.client.facts.waiting == []


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.type)
def test_a_withdrawal_before_its_document_leaves_nothing(event: Any) -> None:
    told = book().accept(void(event))
    assert told.tell(event) == Accepted(False)
    assert (told.debts(), told.unapplied, told.client.position.turnover) == ({}, 0, {})
    assert told.client.facts.waiting == []


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: event.type)
def test_no_more_facts_than_the_policy_allows(event: Any) -> None:
    told = book(facts_max=10)
    told.accept(*(payment(f"X{number}", ON, 1) for number in range(10)))
    refused = told.tell(event)
    assert isinstance(refused, Refused)
    assert refused.reason == "limit_exceeded"
    told.accept(payment("X3", ON, 2, revision=2))  # a known one may still be corrected


@pytest.mark.parametrize(
    "event",
    [
        dispatch("S1", ON, currency="EUR"),
        payment("P1", ON, 100, currency="EUR"),
        goods_return("G1", "S1", ON, 100, currency="EUR"),
        sale("V1", ON, 100, currency="EUR"),
        credit_limit("L1", 100, ON, currency="EUR"),
        opened(ON, currency="EUR"),
    ],
    ids=lambda event: event.type,
)
def test_a_foreign_currency_needs_its_rate(event: Any) -> None:
    told = book().accept(registered())
    before = str(told.client)
    refused = told.tell(event)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == ("rate_missing", "rate")
    assert str(told.client) == before


MUCH: dict[str, Any] = {"currency": "EUR", "rate": "2"}
HALF = 500_000_000_000_000
"""Minor units whose double is one more than the largest amount, 9999999999999.99."""


@pytest.mark.parametrize(
    "event",
    [
        dispatch("S1", ON, HALF, **MUCH),
        payment("P1", ON, HALF, **MUCH),
        goods_return("G1", "S1", ON, HALF, **MUCH),
        sale("V1", ON, HALF, **MUCH),
        credit_limit("L1", HALF, ON, **MUCH),
        opened(ON, unapplied=HALF, **MUCH),
        opened(ON, [("O1", ON, HALF - 1, "S1"), ("O2", ON, 1, "S1")], **MUCH),
        opened(ON, turnover=[("2026-02", HALF - 1), ("2026-01", 1)], **MUCH),
    ],
    ids=lambda event: event.type,
)
def test_a_converted_amount_must_be_one_that_can_be_written(event: Any) -> None:
    told = book().accept(registered())
    before = str(told.client)
    refused = told.tell(event)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == ("invalid_field", "rate")
    assert str(told.client) == before


def test_the_largest_amount_and_its_return_can_be_put_away() -> None:
    """The return takes its sale's rate, and stands for no more than the largest amount."""
    told = book().accept(sale("V1", ON, HALF - 1, **MUCH), sale_return("W1", "V1", ON, 2 * HALF - 1))
    assert told.client.position.turnover == {2026 * 12 + 2: -1}
    assert msgspec.msgpack.encode(told.client, enc_hook=written)


def test_an_amount_is_converted_once_half_to_even() -> None:
    """0.05 at 0.5 is 2.5 cents: 2; 0.07 at 0.5 is 3.5 cents: 4."""
    told = book().accept(
        payment("P1", ON, 5, currency="EUR", rate="0.5"), payment("P2", ON, 7, currency="EUR", rate="0.5")
    )
    assert told.client.facts.payments["P1"].amount == 2
    assert told.client.facts.payments["P2"].amount == 4


def test_a_rate_is_ignored_in_the_policys_own_currency() -> None:
    told = book().accept(payment("P1", ON, 500, rate="2"))
    assert told.unapplied == 500


def test_the_last_instalment_takes_the_remainder() -> None:
    """3 × 0.33 at 1.5: total 0.99 → 1.485 → 1.48; two of 0.495 → 0.50 (50 is even), the last 0.48."""
    parts = [(name, ON, 33) for name in ("A", "B", "C")]
    told = book().accept(dispatch("S1", ON, instalments=parts, currency="EUR", rate="1.5"))
    assert told.debts() == {"A": 50, "B": 50, "C": 48}


def test_no_instalment_falls_below_nothing_by_rounding() -> None:
    """10 × 0.01 at 1.5: total 0.15; each would be 0.02 (1.5 to even), so seven take 0.14, one 0.01, two nothing."""
    parts = [(f"A{number}", ON, 1) for number in range(10)]
    told = book().accept(dispatch("S1", ON, instalments=parts, currency="EUR", rate="1.5"))
    assert [one.amount for one in told.client.facts.dispatches["S1"].obligations] == [2] * 7 + [1, 0, 0]
    assert told.client.position.outstanding == 15


def test_a_reversal_takes_its_payments_rate() -> None:
    told = book().accept(payment("P1", ON, 1000, currency="EUR", rate="1.10"), reversal("R1", "P1", ON, 500))
    assert told.unapplied == 1100 - 550


def test_a_new_revision_that_moves_no_money_needs_no_replay() -> None:
    told = book().accept(dispatch("S1", ON, 100), payment("P1", ON, 100, document="7"))
    result = told.tell(payment("P1", ON, 100, document="8", revision=2))
    assert result == Accepted(True)
    assert told.debts() == {}
    assert told.client.facts.payments["P1"].revision == 2


@pytest.mark.parametrize(
    ("event", "partner", "kind"),
    [
        (reversal("R1", "P1", ON, 40), payment("P1", ON, 100), "payment.reversed"),
        (goods_return("G1", "S1", ON, 40), dispatch("S1", ON, 100), "goods.returned"),
        (sale_return("W1", "V1", ON, 40), sale("V1", ON, 100), "sale.returned"),
    ],
    ids=["reversal", "goods", "sale"],
)
def test_a_fact_waits_for_its_partner_with_its_bytes(event: Any, partner: Any, kind: str) -> None:
    told = book()
    result = told.tell(event)
    assert result == Accepted(True)
    (waiting,) = told.client.facts.waiting
    assert (waiting.kind, waiting.id, waiting.value, waiting.key) == (kind, event.id, b'{"as": "it came"}', b"C")
    assert (waiting.topic, waiting.partition, waiting.offset) == ("payments", 3, 41)
    assert waiting.until == told.at + 90 * 86_400_000 == ledger.next_expiry(told.client)
    told.accept(partner)
    assert told.client.facts.waiting == []
    assert ledger.next_expiry(told.client) == NEVER
    total = told.client.position.outstanding + told.unapplied + sum(told.client.position.turnover.values())
    assert total == 60


@pytest.mark.parametrize("number", range(3))
def test_a_partner_that_never_comes_is_waited_for_so_long(number: int) -> None:
    events: list[Any] = [reversal("R1", "P1", ON), goods_return("G1", "S1", ON, 1), sale_return("W1", "V1", ON, 1)]
    event = events[number]
    told = book().accept(event)
    over = told.at + 90 * 86_400_000
    assert ledger.expire_waiting(told.rules, told.client, over - 1) == []
    assert [one.id for one in ledger.expire_waiting(told.rules, told.client, over)] == [event.id]
    facts = told.client.facts
    assert (facts.reversals, facts.returns, facts.sale_returns) == ({}, {}, {})


def test_waiting_facts_expire_in_order() -> None:
    told = book().accept(reversal("R2", "P1", ON), reversal("R1", "P1", ON))
    longer = Rules.compile(Policy(version=2, correction_days=5))
    told.rules = longer
    told.accept(reversal("R3", "P1", ON))
    assert [one.id for one in ledger.expire_waiting(longer, told.client, told.at + 90 * 86_400_000)] == [
        "R3",
        "R2",
        "R1",
    ]


def test_a_replaced_record_waits_anew() -> None:
    told = book().accept(reversal("R1", "P1", ON, 10), reversal("R1", "P2", ON, 20, revision=2))
    assert [one.partner for one in told.client.facts.waiting] == ["P2"]
    told.accept(payment("P1", ON, 100), payment("P2", ON, 100))
    assert told.unapplied == 180


def test_no_more_wait_than_the_policy_allows() -> None:
    told = book(waiting_max=1).accept(reversal("R1", "P1", ON))
    for event in (reversal("R2", "P1", ON), goods_return("G1", "S1", ON, 1), sale_return("W1", "V1", ON, 1)):
        refused = told.tell(event)
        assert isinstance(refused, Refused)
        assert refused.reason == "limit_exceeded"


def test_a_withdrawn_partner_is_no_missing_one() -> None:
    paid, shipped = payment("P1", ON, 100), dispatch("S1", ON, 100)
    told = book().accept(paid, void(paid), reversal("R1", "P1", ON), shipped, void(shipped))
    told.accept(goods_return("G1", "S1", ON, 100))
    assert told.client.facts.waiting == []
    assert (told.debts(), told.unapplied) == ({}, 0)


def test_a_return_waits_for_the_opening_that_names_its_shipment() -> None:
    told = book().accept(goods_return("G1", "OLD", ON, 30))
    assert len(told.client.facts.waiting) == 1
    told.accept(opened(ON, [("INV", ON, 100, "OLD")]))
    assert told.client.facts.waiting == []
    assert told.debts() == {"INV": 70}


def test_the_accepted_tells_from_which_day_the_past_may_differ() -> None:
    told = book().accept(dispatch("S1", date(2026, 3, 1), 100))
    day = date(2026, 3, 5)
    assert told.tell(payment("P1", day, 60)) == Accepted(True, day.toordinal(), 0, True)
    moved = told.tell(payment("P1", date(2026, 3, 7), 60, revision=2))
    assert moved == Accepted(True, day.toordinal(), 0, True)
    assert told.tell(reversal("R1", "P1", date(2026, 3, 6))) == Accepted(True, date(2026, 3, 7).toordinal(), 0, True)
    assert told.tell(sale("V1", date(2026, 2, 3), 5)) == Accepted(True, NEVER, 2026 * 12 + 1, False)
    assert told.tell(credit_limit("L1", 5, day)) == Accepted(True)


def test_facts_older_than_what_was_folded_away_are_refused() -> None:
    start = date(2026, 1, 5)
    told = Book().wait_until(start).accept(dispatch("S1", start, 100), payment("P1", start, 100), on=start)
    later = start + timedelta(700)
    told.accept(dispatch("S2", later, 50), on=later)
    assert list(told.client.facts.dispatches) == ["S2"]
    assert told.client.facts.payments == {}
    for event in (
        payment("P2", start, 5),
        reversal("R1", "P1", start),
        opened(start),
        goods_return("G", "S2", start, 1),
    ):
        refused = told.tell(event)
        assert isinstance(refused, Refused)
        assert refused.reason == "too_late"


def test_an_old_open_dispatch_may_be_withdrawn_until_it_was_paid() -> None:
    start = date(2026, 1, 5)
    first, second = dispatch("S1", start, 100), dispatch("S2", start, 100)
    told = Book().wait_until(start).accept(first, second, payment("P1", start, 30, ["S2/1"]), on=start)
    later = start + timedelta(700)
    told.wait_until(later).accept(payment("P9", later, 1), on=later)
    assert told.debts() == {"S1/1": 99, "S2/1": 70}
    told.accept(void(first))
    assert told.debts() == {"S2/1": 69}
    refused = told.tell(void(second))
    assert isinstance(refused, Refused)
    assert refused.reason == "too_late"


def test_opening_balances_dated_ahead_are_refused_until_their_day() -> None:
    """Else what is owed until then would be forgiven at once."""
    told = book().accept(dispatch("S1", ON, 100))
    refused = told.tell(opened(ON + timedelta(1)))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == ("future_dated", "as_of")
    assert told.debts() == {"S1/1": 100}
    told.accept(opened(ON + timedelta(1)), on=ON + timedelta(1))
    assert told.debts() == {}


def test_registration_and_opening_in_force_are_the_latest() -> None:
    told = book()
    assert ledger.registration(told.client) is None
    assert ledger.opening(told.client) is None
    told.accept(
        registered(), sealed(ClientRegistered(id="REG0", client_id="C", name="Old", registered_on=date(2020, 1, 1)))
    )
    told.accept(opened(ON, opening_id="B"), opened(date(2026, 3, 1), opening_id="A"))
    found, opening = ledger.registration(told.client), ledger.opening(told.client)
    assert found is not None
    assert found.name == "Lotus"
    assert opening is not None
    assert opening.day == ON.toordinal()
    told.accept(registered(revision=2, voided=True))
    found = ledger.registration(told.client)
    assert found is not None
    assert found.name == "Old"


def test_time_of_decision_and_day_are_the_companys() -> None:
    assert Book().rules.day_of(instant(ON, 0)) == ON.toordinal()
    assert Book().rules.day_of(instant(ON, 0) - 1) == ON.toordinal() - 1


def test_a_client_with_many_facts_takes_no_amount_of_which_as_many_could_not_be_stored() -> None:
    """4,600 of the largest amount, 10^15 - 1, and a million of 46 billion together stay below 2^63."""
    many = book(facts_max=1_000_000)
    many.client.facts.count = 4_600
    many.accept(payment("P", ON, 999_999_999_999_999))
    refused = many.tell(payment("Q", ON, 4_600_000_000_001))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == ("limit_exceeded", "amount")
    assert isinstance(many.tell(payment("R", ON, 2_300_000_000_001, currency="EUR", rate="2")), Refused)
    many.accept(payment("S", ON, 4_600_000_000_000))
    assert 4_601 * (10**15 - 1) + 995_399 * 4_600_000_000_000 < 2**63
