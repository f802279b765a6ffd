"""What lifts a refusal is exact: the least payment lets the request through, a cent less does not; so does its date."""

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, instant
from tests.domain.decisions.histories import START, Step, money, send, sign
from tests.domain.decisions.signing import KEYS, limit_beside

MOSCOW: Final = timezone(timedelta(hours=3))
PAID: Final = ("credit_limit", "first_deal_unpaid", "first_deal_limit")
"""Reasons of a request that a payment may lift."""
KINDS: Final = [
    *["ask"] * 5, *["goods"] * 3, *["pay"] * 3, "name", "reverse", "give_back", "dispatch", "cancel", "limit",
    "open_outlet", "write_off", "give_all", "decide", "ship", "ship",
]  # fmt: skip
TRIED: Final = (
    "credit_limit by payment",
    "credit_limit by no payment",
    "credit_limit by a date",
    "first_deal_unpaid by payment",
    "first_deal_unpaid by no payment",
    "first_deal_unpaid by a date",
    "first_deal_limit by payment",
)
"""Ways out that the histories must have brought; the rare ones of `first_deal_limit` are stories of `test_requests`."""
MUCH: Final = 100_000_000
"""Cents: more than any of these clients owes."""
TERMS: Final = ((), ("2026-01-12", "2026-03-25"))

steps = st.builds(
    Step,
    kind=st.sampled_from(KINDS),
    day=st.integers(0, 12),
    hour=st.integers(0, 23),
    cents=st.integers(1, 25_000),
    which=st.integers(0, 3),
    late=st.integers(0, 3),
)
histories = st.lists(steps, min_size=1, max_size=12).map(lambda items: sorted(items, key=lambda item: item[1:3]))


class Question(NamedTuple):
    """The request at the end of a history."""

    cents: int
    rrp_percent: int
    outlet: int
    of_deal: bool
    days: int


questions = st.builds(
    Question,
    cents=st.integers(0, 30_000),
    rrp_percent=st.sampled_from([100, 130, 250]),
    outlet=st.integers(0, 3),
    of_deal=st.booleans(),
    days=st.integers(0, 4),
)


def _tell(company: Company, history: list[Step]) -> None:
    sign(company)
    for number, step in enumerate(history):
        arrives = f"{START + timedelta(days=step.day)}T{step.hour:02d}:30:00+03:00"
        if step.kind == "write_off":
            on = str(START + timedelta(days=step.day))
            company.send(
                "obligation.written_off", f"W{number}", arrives,
                obligation_id=f"O{step.which}", on=on, author="boss", reason="lost",
            )  # fmt: skip
        elif step.kind == "ship":  # what was asked for leaves
            line = {"sku": "pen", "quantity": "10", "price": "1.00", "rrp": money(step.cents // 10)}
            company.send(
                "shipment.dispatched", f"D{number}", arrives, shipment_id=f"S-O{step.which}", at=arrives,
                currency="USD", amount=money(step.cents), deal_id="D", revision=number + 1,
                payment_term_days=step.late * 3, lines=[line], outlet_id=f"X{step.late}",
            )  # fmt: skip
        else:
            send(company, f"{number}", step)


def _ask(company: Company, question: Question, revision: int) -> dict[str, dict[str, Any]]:
    """The reasons of the answer to the question now, by name."""
    now = datetime.fromtimestamp(company.at / 1000, MOSCOW).isoformat()
    price = money(question.cents * question.rrp_percent // 100)
    line = {"sku": "pen", "quantity": "1", "price": price, "rrp": price, "product_category": "A", "fast_moving": True}
    more: dict[str, str] = {"outlet_id": f"X{question.outlet}"} if question.outlet else {}
    more |= {"deal_id": "D"} if question.of_deal else {}
    published = company.send(
        "shipment.requested", "the question", now, shipment_id="Q", at=now, currency="USD", revision=revision,
        amount=money(question.cents), payment_term_days=10, lines=[line],
        **more,
    )  # fmt: skip
    (answer,) = [item for item in published if item.topic == "shipment-decisions" and item["shipment_id"] == "Q"]
    return {reason["reason"]: reason for reason in answer["reasons"]}


def _after(company: Company, question: Question, cents: int, ids: list[str], until: int) -> dict[str, Any]:
    """The reasons left after a payment now, or when nothing arrives until then."""
    trial = company.twin()
    if cents:
        now = datetime.fromtimestamp(company.at / 1000, MOSCOW)
        trial.pay("zz", money(cents), str(now.date()), arrives=now.isoformat(), obligations=ids)
    trial.wait_until(max(until, trial.at))
    return _ask(trial, question, 2)


def _check(history: list[Step], question: Question, opened: bool, terms: tuple[str, ...], seen: Counter[str]) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS}))
    if opened:
        company.trade("2026-01-11")
    limit_beside(company, terms)
    _tell(company, history)
    company.wait_until(company.at + question.days * 86_400_000)
    for name, reason in _ask(company, question, 1).items():
        if name not in PAID:
            continue
        payment = next((lift for lift in reason["lifted_by"] if lift["kind"] == "payment"), None)
        ends = next((lift["at"] for lift in reason["lifted_by"] if lift["kind"] == "date"), None)
        if payment is None:
            seen[f"{name} by no payment"] += 1
            assert name in _after(company, question, MUCH, [], 0)
        else:
            seen[f"{name} by payment"] += 1
            cents = round(float(payment["amount"]) * 100)
            assert name not in _after(company, question, cents, payment["obligations"], 0)
            assert name in _after(company, question, cents - 1, payment["obligations"], 0)
        if ends is None:
            assert name in _after(company, question, 0, [], company.at + 100 * 86_400_000)
        else:
            seen[f"{name} by a date"] += 1
            assert name not in _after(company, question, 0, [], instant(ends))
            assert name in _after(company, question, 0, [], instant(ends) - 1)


def test_what_lifts_a_refusal_is_exact() -> None:
    """And each way out was among those tried, so that none is left untested."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories, questions, st.booleans(), st.sampled_from(TERMS))
    def check(history: list[Step], question: Question, opened: bool, terms: tuple[str, ...]) -> None:
        _check(history, question, opened, terms, seen)

    check()
    assert [way for way in TRIED if not seen[way]] == []
