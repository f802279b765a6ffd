"""The reasons to refuse a request of the first deal, the approvals it lives by, and its moves as a whole."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from schemas.events import OutletOpened
from schemas.policy import Policy
from streams.domain import first_deal, first_deal_entitlement, first_deal_start
from streams.domain.first_deal import Deal
from streams.domain.next_change import look
from streams.domain.policy import Rules
from streams.domain.request_reasons.table import REQUEST_REASONS
from streams.domain.shared import Standing
from streams.domain.view import View
from tests.domain.core.builder import Book, dispatch, goods_return, instant, payment, sealed

HOUR = 3_600_000


@dataclass
class Asked:
    quantity_milli: int
    rrp: int
    product_category: str
    fast_moving: bool


@dataclass
class Request:
    """Asked for; 100.00 payable, 150.00 in recommended retail prices, unless said otherwise."""

    shipment_id: str = "S1"
    outlet_id: str = ""
    deal_id: str = ""
    amount: int = 10_000
    rrp: int = 15_000
    term_days_max: int = 10
    lines: tuple[Asked, ...] = (Asked(1_000, 15_000, "A", True),)


def on(day: int) -> date:
    return date(2026, 3, day)


def view_of(book: Book, day: int, hour: int = 10) -> View:
    now = instant(on(day), hour)
    return look(Standing(book.rules, 0), book.client, now, on(day).toordinal())


def refused(book: Book, request: Request, day: int, hour: int = 10) -> list[str]:
    """The reasons to refuse a request asked at that hour."""
    view, of_the_deal = view_of(book, day, hour), list(REQUEST_REASONS)[2:6]
    assert of_the_deal == ["first_deal_limit", "first_deal_unpaid", "payment_term_too_long", "assortment"]
    return [name for name in of_the_deal if REQUEST_REASONS[name].check(book.rules, book.client, view, request)]


def observed(book: Book, request: Request, day: int, name: str) -> tuple[str, str]:
    (ground,) = REQUEST_REASONS[name].check(book.rules, book.client, view_of(book, day), request)
    said = REQUEST_REASONS[name].said(book.rules, book.client, view_of(book, day), request)
    assert said.en.endswith(".") and said.ru.endswith(".")
    return ground.threshold, ground.observed


def approve(book: Book, request: Request, day: int, hours: int = 72) -> None:
    now, today = instant(on(day)), on(day).toordinal()
    first_deal_start.approve(book.rules, book.client, request, now, today, now + hours * HOUR)


def record(book: Book, day: int, hour: int = 10) -> None:
    first_deal_start.record(book.rules, book.client, instant(on(day), hour), on(day).toordinal())


def deal(book: Book, day: int, hour: int = 10) -> Deal | None:
    return first_deal.of(book.rules, book.client, on(day).toordinal(), instant(on(day), hour))


def state(book: Book, day: int, hour: int = 10) -> str:
    found = deal(book, day, hour)
    return first_deal.NONE if found is None else found.state


def with_outlets(*names: str, policy: dict[str, Any] | None = None) -> Book:
    rules = Rules.compile(Policy.from_document({"version": 1, **(policy or {})}))
    book = Book(rules=rules).wait_until(on(1))
    for name in names:
        opened = OutletOpened(id=f"open-{name}", client_id="C", outlet_id=name, on=on(1), territory="msk")
        book.accept(sealed(opened))
    return book


# The limit


@pytest.mark.parametrize(("rrp", "reasons"), [(20_000, []), (20_001, ["first_deal_limit"])])
def test_one_outlet_may_take_200_in_recommended_prices(rrp: int, reasons: list[str]) -> None:
    assert refused(with_outlets(), Request(rrp=rrp), 2) == reasons
    assert refused(with_outlets("N1"), Request(outlet_id="N1", rrp=rrp), 2) == reasons
    assert refused(with_outlets("N1", "N2"), Request(outlet_id="N1", rrp=rrp), 2) == reasons


@pytest.mark.parametrize(("rrp", "reasons"), [(60_000, []), (60_001, ["first_deal_limit"])])
def test_a_chain_of_three_pools_600(rrp: int, reasons: list[str]) -> None:
    assert refused(with_outlets("N1", "N2", "N3"), Request(outlet_id="N1", rrp=rrp), 2) == reasons


def test_what_is_approved_and_what_has_left_count_together() -> None:
    book = with_outlets("N1", "N2", "N3")
    approve(book, Request("S1", "N1", "D", rrp=30_000), 2)
    assert refused(book, Request("S2", "N2", "D", rrp=30_000), 2) == []
    assert observed(book, Request("S2", "N2", "D", rrp=30_001), 2, "first_deal_limit") == ("600.00", "600.01")


def test_money_not_yet_applied_is_no_credit_and_covers_one_request_only() -> None:
    book = with_outlets("N1", "N2").accept(payment("P1", on(1), 7_500))
    # 700.00 × (100.00 − 75.00) ÷ 100.00 = 175.00; 800.04 gives 200.01
    assert refused(book, Request("S1", "N1", "D", rrp=70_000), 2) == []
    assert observed(book, Request("S1", "N1", "D", rrp=80_004), 2, "first_deal_limit") == ("200.00", "200.01")
    approve(book, Request("S1", "N1", "D", rrp=70_000), 2)
    assert refused(book, Request("S2", "N2", "D", rrp=20_001), 2) == ["first_deal_limit"]


def test_a_cent_that_is_not_covered_rounds_up() -> None:
    book = with_outlets().accept(payment("P1", on(1), 9_999))
    # 1.01 × 0.01 ÷ 100.00 = 0.000101: one cent
    approve(book, Request(rrp=101), 2)
    found = deal(book, 2)
    assert found is not None
    assert first_deal_entitlement.taken(book.client, found) == {"": 1}


# Paid before anything further


def test_each_outlet_has_one_shipment_until_everything_is_paid() -> None:
    book = with_outlets("N1", "N2", "N3")
    approve(book, Request("S1", "N1", "D", rrp=100), 2)
    assert refused(book, Request("S2", "N2", "D", rrp=100), 2) == []
    assert refused(book, Request("S2", "N1", "D", rrp=100), 2) == ["first_deal_unpaid"]
    assert refused(book, Request("S2", "N2", "E", rrp=100), 2) == ["first_deal_unpaid"]  # another deal is further
    book.accept(dispatch("S1", on(2), 10_000, deal_id="D", outlet_id="N1"), on=on(2))
    record(book, 2)
    assert refused(book, Request("S2", "N1", "D", rrp=100), 2) == ["first_deal_unpaid"]
    assert observed(book, Request("S2", "N1", "D", rrp=100), 2, "first_deal_unpaid") == ("0.00", "100.00")
    book.accept(payment("P1", on(2), 9_999))
    assert refused(book, Request("S2", "N1", "D", rrp=100), 2) == ["first_deal_unpaid"]
    book.accept(payment("P2", on(2), 1))
    assert refused(book, Request("S2", "N1", "D", rrp=900_000, term_days_max=90), 2) == []


def test_paid_net_of_returns_is_paid() -> None:
    book = with_outlets("N1").accept(dispatch("S1", on(2), 10_000, outlet_id="N1"))
    book.accept(payment("P1", on(3), 6_000), goods_return("G1", "S1", on(4), 4_000), on=on(4))
    assert refused(book, Request("S2", "N1"), 4) == []


# Terms and assortment


@pytest.mark.parametrize(("days", "reasons"), [(10, []), (11, ["payment_term_too_long"])])
def test_ten_days_are_the_longest_term(days: int, reasons: list[str]) -> None:
    assert refused(with_outlets(), Request(term_days_max=days), 2) == reasons


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ((Asked(1_000, 50, "A", True), Asked(1_000, 50, "B", True)), ["assortment"]),  # 50 % is not the main part
        ((Asked(1_000, 51, "A", True), Asked(1_000, 50, "B", True)), []),
        ((Asked(1_000, 60, "A", True), Asked(1_000, 40, "A", False)), ["assortment"]),  # one that does not move
        ((Asked(1_000, 60, "A", True), Asked(2_000, 30, "C", True)), ["assortment"]),  # by value, not by price
        ((Asked(1_000, 0, "A", True),), ["assortment"]),  # nothing of nothing
    ],
)
def test_fast_movers_only_and_the_main_part_of_category_a(lines: tuple[Asked, ...], reasons: list[str]) -> None:
    assert refused(with_outlets(), Request(lines=lines), 2) == reasons


def test_what_is_wrong_with_an_assortment_is_said_to_a_tenth_of_a_percent() -> None:
    lines = (Asked(1_000, 1, "A", True), Asked(1_000, 2, "B", True))
    assert observed(with_outlets(), Request(lines=lines), 2, "assortment") == ("50%", "33.3%")
    slow = (Asked(1_000, 2, "A", False), Asked(1_000, 1, "B", True))
    assert observed(with_outlets(), Request(lines=slow), 2, "assortment") == ("0", "1")
    book = with_outlets()
    both = Request(lines=(Asked(1_000, 1, "A", False), Asked(1_000, 2, "B", True)))
    said = REQUEST_REASONS["assortment"].said(book.rules, book.client, view_of(book, 2), both)
    assert said.en == (
        "The assortment does not fit a first deal: 1 of 2 lines are no fast movers; "
        "product category A is 33.3%, it must be more than 50%."
    )
    assert said.ru == (
        "Ассортимент не подходит для первой сделки: неходовых позиций 1 из 2; "
        "товаров категории A 33.3%, нужно больше 50%."
    )


def test_what_a_first_deal_may_take_is_said_of_the_outlet_or_of_the_client() -> None:
    for book, request, en, ru in (
        (with_outlets("N1"), Request(outlet_id="N1", rrp=20_001), "outlet N1", "точка N1"),
        (with_outlets(), Request(rrp=20_001), "the client", "клиент"),
    ):
        said = REQUEST_REASONS["first_deal_limit"].said(book.rules, book.client, view_of(book, 2), request)
        assert said.en == (
            f"In the first deal {en} may take 200.00 USD of credit in recommended retail prices; "
            "with this it would be 200.01."
        )
        assert said.ru == (
            f"В первой сделке {ru} может получить в кредит 200.00 USD в рекомендованных розничных ценах; "
            "с этой отгрузкой было бы 200.01."
        )


def test_too_long_a_term_is_said_in_days() -> None:
    book = with_outlets()
    request = Request(term_days_max=21)
    said = REQUEST_REASONS["payment_term_too_long"].said(book.rules, book.client, view_of(book, 2), request)
    assert said.en == "In the first deal the payment term is at most 10 days; 21 days are asked for."
    assert said.ru == "В первой сделке отсрочка не больше 10 дн.; запрошено 21 день."


def test_a_ground_names_as_many_shipments_as_the_policy_allows_and_the_request() -> None:
    book = with_outlets("N1", "N2", "N3", policy={"limits": {"facts_named_max": 2}})
    approve(book, Request("S1", "N1", "D", rrp=30_000), 2)
    approve(book, Request("S2", "N2", "D", rrp=30_000), 2)
    asked = Request("S3", "N3", "D", rrp=1)
    (ground,) = REQUEST_REASONS["first_deal_limit"].check(book.rules, book.client, view_of(book, 2), asked)
    assert ground.facts == ["S1", "S3"]


def test_the_policy_may_count_lines() -> None:
    by_lines = {"first_deal": {"assortment": {"share_by": "lines"}}}
    lines = (Asked(1_000, 1, "A", True), Asked(1_000, 1, "A", True), Asked(1_000, 900, "C", True))
    assert refused(with_outlets(), Request(lines=lines), 2) == ["assortment"]
    assert refused(with_outlets(policy=by_lines), Request(lines=lines), 2) == []
    half = (Asked(1_000, 1, "A", True), Asked(1_000, 1, "C", True))
    assert refused(with_outlets(policy=by_lines), Request(lines=half), 2) == ["assortment"]


# Approvals


def test_it_starts_with_the_approval_and_opens_when_goods_leave() -> None:
    book = with_outlets("N1")
    assert state(book, 2) == first_deal.NONE
    approve(book, Request("S1", "N1"), 2)
    found = deal(book, 2)
    assert found is not None
    assert (found.id, found.state, found.approvals) == ("S1", first_deal.STARTED, ["S1"])
    book.accept(dispatch("S1", on(3), 10_000, outlet_id="N1"), on=on(3))
    found = deal(book, 3)
    assert found is not None
    assert (found.state, found.approvals, found.started_at) == (first_deal.OPEN, [], instant(on(2)))


def test_it_is_void_when_its_approval_expires() -> None:
    book = with_outlets("N1")
    approve(book, Request("S1", "N1"), 2)
    assert state(book, 5, 9) == first_deal.STARTED
    assert state(book, 5, 10) == first_deal.NONE  # 72 hours
    record(book, 5, 10)
    assert book.client.decided.deal is None


def test_it_is_void_when_what_was_approved_is_cancelled() -> None:
    book = with_outlets("N1")
    approve(book, Request("S1", "N1"), 2)
    first_deal_start.ended(book.client, "S1", on(3).toordinal())
    assert state(book, 3) == first_deal.NONE


def test_it_does_not_close_while_an_approval_is_open_and_closes_when_that_expires() -> None:
    book = with_outlets("N1", "N2")
    approve(book, Request("S1", "N1", "D"), 2)
    approve(book, Request("S2", "N2", "D"), 2)
    book.accept(dispatch("S1", on(2), 10_000, deal_id="D", outlet_id="N1"), payment("P1", on(2), 10_000))
    record(book, 2)
    assert (state(book, 2), state(book, 4), state(book, 5, 9)) == (first_deal.OPEN, first_deal.OPEN, first_deal.OPEN)
    assert state(book, 5, 10) == first_deal.CLOSED
    found = deal(book, 5, 10)
    assert found is not None
    assert found.closed_on == on(5).toordinal()


def test_an_approved_deal_is_not_moved_by_an_earlier_dispatch() -> None:
    book = with_outlets("N1")
    approve(book, Request("S1", "N1"), 2)
    book.accept(dispatch("S0", on(1), 5_000))
    found = deal(book, 2)
    assert found is not None
    assert (found.id, found.shipments) == ("S1", [])


def test_the_entitlement_stays_though_outlets_come() -> None:
    book = with_outlets("N1")
    approve(book, Request("S1", "N1", "D", rrp=20_000), 2)
    for name in ("N2", "N3"):
        opened = OutletOpened(id=f"open-{name}", client_id="C", outlet_id=name, on=on(3), territory="msk")
        book.accept(sealed(opened), on=on(3))
    assert observed(book, Request("S2", "N2", "D", rrp=1), 3, "first_deal_limit") == ("200.00", "200.01")


def test_an_override_lets_another_deal_leave_and_the_first_stays_the_first() -> None:
    book = with_outlets("N1")
    approve(book, Request("S1", "N1"), 2)
    approve(book, Request("S9", "N1", "E"), 2)
    found = deal(book, 2)
    assert found is not None
    assert (found.id, found.approvals) == ("S1", ["S1"])


def test_what_covered_an_open_deal_is_remembered_when_it_is_folded_away() -> None:
    book = with_outlets("N1").accept(payment("P1", on(1), 4_000))
    book.accept(dispatch("S1", on(2), 10_000, outlet_id="N1"), on=on(2))
    later = date(2027, 12, 1)
    book.accept(dispatch("S2", later), on=later)
    assert book.client.facts.folded_before > on(2).toordinal()
    found = first_deal.of(book.rules, book.client, later.toordinal())
    assert found is not None
    assert first_deal_entitlement.dispatched(book.client, found) == {"N1": 6_000}
