"""A look ahead carries over what time alone leaves as it is; whoever looks anew at each instant finds the same, but for
the day since when the profile is known to hold."""

from itertools import islice
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.policy import Policy
from streams.domain import allocation
from streams.domain.next_change import coming, look, timeline
from tests.domain.decisions.driver import Company
from tests.domain.decisions.histories import Step, histories, tell
from tests.domain.decisions.signing import KEYS, judge


def _agrees(company: Company) -> list[str]:
    """Look ahead from now, by the timeline and anew at each instant; gives the states of the first deal met."""
    client = company.clients["c1"]
    standing = company.shared.standing(client.seen)
    day = standing.rules.day_of(company.at)
    anew = allocation.copy(client)
    view = look(standing, client, company.at, day)
    first = coming(standing, client, view)
    states = []
    for later in islice(timeline(standing, client, first, view), 12):
        allocation.advance(standing.rules, anew, later.day)
        assert later.profile.since <= later.day < later.profile.until
        expected = look(standing, anew, later.instant, later.day)
        assert later == replace(expected, profile=replace(expected.profile, since=later.profile.since))
        states.append("none" if later.deal is None else later.deal.state)
    return states


def test_money_let_go_on_its_day_closes_a_deal_that_was_open_until_then() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-06-30", "2026-03-02")
    company.pay("P1", "100.00", "2026-03-03", obligations=["O9"])  # kept for an obligation that never comes
    states = _agrees(company)
    assert states[0] == "open"
    assert "closed" in states


def test_a_decision_dated_some_hours_ahead_closes_a_returned_deal_at_its_instant() -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS}))
    company.dispatch("O1", "100.00", "2026-03-30", "2026-03-02")
    company.give_back("G1", "S-O1", "100.00", "2026-03-04")
    ahead = "2026-03-05T18:00:00+03:00"
    judge(company, "first_deal.decided", "F1", ahead, arrives="2026-03-05", decision="close")
    assert company.clients["c1"].facts.judgements is not None
    assert _agrees(company)[0] == "closed"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.sampled_from(({}, {"overdue_tolerance": "50.00"})))
def test_each_coming_view_is_that_of_a_look_anew(history: list[Step], numbers: dict[str, Any]) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, **numbers}))
    tell(company, history)
    company.wait_until(company.at)
    if "c1" in company.clients:
        _agrees(company)
