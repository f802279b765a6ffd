"""Told in order and never corrected, a client's first deal makes only the moves that the page shows."""

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import first_deal
from streams.domain.first_deal import MOVES, NONE
from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import KEYS, judge

START: Final = date(2026, 1, 12)
STEP_MS: Final = 12 * 3_600_000
told = st.tuples(st.sampled_from(["ship", "pay", "return", "decide"]), st.integers(0, 5), st.integers(0, 3))


def state(company: Company) -> str:
    client = company.clients.get("c1")
    if client is None:
        return NONE
    rules = company.shared.current.rules
    found = first_deal.of(rules, client, rules.day_of(company.at), company.at)
    return NONE if found is None else found.state


def reachable(before: str) -> set[str]:
    """States that one record may lead to: a shipment that is paid already opens the deal and closes it at once."""
    once = {move.after for move in MOVES if move.before == before}
    return {before} | once | {move.after for move in MOVES if move.before in once and move.before == first_deal.OPEN}


def tell(company: Company, number: int, what: tuple[str, int, int], day: str) -> None:
    kind, which, size = what
    amount = ("50.00", "100.00", "150.00", "300.00")[size]
    if kind == "ship":
        deal: dict[str, Any] = {"deal_id": f"D{which % 2}"} if which else {}
        due = str(date.fromisoformat(day) + timedelta(days=60))
        company.dispatch(f"O{number}", amount, due, day, **deal)
    elif kind == "pay":
        company.pay(f"P{number}", amount, day)
    elif kind == "return":
        shipped = sorted(company.clients["c1"].facts.dispatches) if "c1" in company.clients else []
        if shipped:
            company.give_back(f"G{number}", shipped[which % len(shipped)], amount, day)
    else:
        judge(company, "first_deal.decided", f"F{number}", day, decision=("close", "restart", "stop")[which % 3])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(told, min_size=2, max_size=12))
def test_only_the_moves_of_the_page_are_made(history: list[tuple[str, int, int]]) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS}))
    before = NONE
    for number, what in enumerate(history):
        tell(company, number, what, str(START + timedelta(days=number)))
        after = state(company)
        assert after in reachable(before), f"from {before} to {after} by {what}"
        company.wait_until(company.at + STEP_MS)
        assert state(company) == after, "time alone moved it"
        before = after


def test_every_state_of_the_page_but_started_is_seen_here() -> None:
    """A property that never leaves `open` would prove nothing."""
    seen: set[str] = set()
    for history in (
        [("ship", 0, 1), ("pay", 0, 1)],
        [("ship", 0, 1), ("return", 0, 1), ("decide", 2, 0), ("decide", 1, 0)],
    ):
        company = Company(Policy.from_document({"version": 1, "keys": KEYS}))
        for number, what in enumerate(history):
            seen.add(state(company))
            tell(company, number, what, str(START + timedelta(days=number)))
        seen.add(state(company))
    assert seen == set(first_deal.STATES) - {first_deal.STARTED}
