"""What is remembered of a closed first deal is what its facts say, whatever is revised or withdrawn later."""

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import first_deal
from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import KEYS, judge

START: Final = date(2026, 1, 12)
said = st.tuples(st.sampled_from(["ship", "pay", "return", "decide", "decide", "withdraw"]), st.integers(0, 2))


def tell(company: Company, revision: int, what: str, which: int, day: str) -> None:
    due = str(date.fromisoformat(day) + timedelta(days=60))
    if what == "ship":
        company.dispatch(f"O{which}", "100.00", due, day, revision=revision)
    elif what == "pay":
        company.pay(f"P{which}", "100.00", day, revision=revision)
    elif what == "return":
        company.give_back(f"G{which}", f"S-O{which}", "100.00", day, revision=revision)
    elif what == "decide":
        decision = ("close", "restart", "stop")[which]
        judge(company, "first_deal.decided", f"F{revision % 2}", day, decision=decision, revision=revision)
    elif which:
        withdrawn: dict[str, Any] = {"decision": "close", "revision": revision, "voided": True}
        judge(company, "first_deal.decided", f"F{which % 2}", day, **withdrawn)
    else:
        company.send("goods.returned", "G0", day, revision=revision, voided=True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(said, min_size=3, max_size=10))
def test_the_first_deal_is_always_the_one_of_the_facts(history: list[tuple[str, int]]) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS}))
    company.dispatch("O0", "100.00", "2026-03-12", str(START))
    company.give_back("G0", "S-O0", "100.00", str(START + timedelta(days=1)))
    for number, (what, which) in enumerate(history, 2):
        tell(company, number, what, which, str(START + timedelta(days=number)))
        client, rules = company.clients["c1"], company.shared.current.rules
        for instant in (company.at, company.at + 86_400_000):
            day = rules.day_of(instant)
            known = first_deal.of(rules, client, day, instant)
            found = first_deal.derived(rules, client, day, instant)
            assert (known and (known.id, known.state, known.closed_on)) == (
                found and (found.id, found.state, found.closed_on)
            )
