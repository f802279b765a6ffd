"""Each number of the policy, changed in the middle of traffic, takes effect at the policy's instant and not before."""

from typing import Any

import pytest

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, Published, kinds

AT = "2026-03-20T10:00:00+03:00"


def trading() -> Company:
    """A client past its first deal."""
    company = Company()
    company.trade("2026-02-01")
    return company


def activate(company: Company, **changes: Any) -> list[Published]:
    """Another policy comes into force; returns what it alone published."""
    company.wait("2026-03-20T09:59:59+03:00")
    company.activate(2, AT, **changes)
    published = company.wait(AT)
    assert {item["effective_at"] for item in published} <= {AT}
    assert {item["cause"]["kind"] for item in published} <= {"policy"}
    return published


def move(published: list[Published]) -> tuple[str, Any, Any]:
    (change,) = [item for item in published if item.topic == "category-changes"]
    assert change["correction"] is False
    return change["dimension"], change["from"], change["to"]


def test_fewer_days_without_trade_make_a_client_lost() -> None:
    company = trading()
    company.sell("V1", "1.00", "2026-02-20")  # 28 days before
    assert activate(company, lifecycle={"lost_after_days": 28}) == company.published[-1:]  # lost tomorrow: a status
    company = trading()
    company.sell("V1", "1.00", "2026-02-20")
    assert move(activate(company, lifecycle={"lost_after_days": 27})) == ("lifecycle", "active", "lost")


def test_another_border_of_turnover_moves_the_volume_category() -> None:
    company = trading()
    company.sell("V1", "500.00", "2026-03-02")
    assert move(activate(company, volume={"a_above": "499.99", "b_from": "100.00"})) == ("volume", "B", "A")


def test_more_outlets_needed_for_a_chain_make_it_single() -> None:
    company = trading()
    for name in ("N1", "N2", "N3"):
        company.send("outlet.opened", name, "2026-03-02", outlet_id=name, on="2026-03-02", territory="msk")
    assert move(activate(company, sales_type={"chain_above_outlets": 3})) == ("sales_type", "chain", "single")


def test_a_tolerance_for_small_debts_forgives_them_with_their_days() -> None:
    """0.50 due on 2 March is 18 days late; tolerated, it never was overdue."""
    company = trading()
    company.dispatch("O1", "0.50", "2026-03-02", "2026-02-20")
    company.wait("2026-03-20T09:00:00+03:00")
    assert (company.status()["blocked"], company.current()["overdue_days_current"]) == (True, 18)
    published = activate(company, overdue_tolerance="0.50")
    assert move(published) == ("risk_group", 3, 0)
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert (company.status()["violations"], company.status()["outstanding"]) == (0, "0.50")


def test_a_shorter_window_forgets_what_lies_before_it() -> None:
    """One day late on 3 March: on the 20th a window of 18 days begins on the 3rd, one of 17 on the 4th."""
    for days, expected in ((18, 1), (17, 0)):
        company = trading()
        company.dispatch("O1", "10.00", "2026-03-02", "2026-02-20")
        company.pay("P1", "10.00", "2026-03-03")
        company.wait("2026-03-04")
        assert company.status()["categories"]["risk_group"] == 1
        activate(company, window_days=days)
        assert company.status()["categories"]["risk_group"] == expected


def test_a_later_posting_cutoff_puts_a_judgement_off() -> None:
    """Due Thursday 19 March, judged on the 20th at 12:00; from 10:00 on at 15:00."""
    company = trading()
    company.dispatch("O1", "10.00", "2026-03-19", "2026-03-10")
    activate(company, posting_cutoff="15:00")
    assert company.wait("2026-03-20T14:59:59+03:00") == []
    assert company.wait("2026-03-20T15:00:00+03:00")[0]["dimension"] == "risk_group"


def test_a_day_off_announced_late_puts_a_judgement_off() -> None:
    """Friday the 20th becomes a holiday: the next working day after the 19th is Monday the 23rd; then it is 4 days."""
    company = trading()
    company.dispatch("O1", "10.00", "2026-03-19", "2026-03-10")
    activate(company, non_working_days=["2026-03-20"])
    assert company.wait("2026-03-23T11:59:59+03:00") == []
    published = company.wait("2026-03-23T12:00:00+03:00")
    assert (published[0]["from"], published[0]["to"]) == (0, 2)
    assert company.status()["overdue_days_current"] == 4


def test_a_shorter_wait_for_a_partner_lets_kept_money_pay_any() -> None:
    """Kept since 2 March for an obligation that is not there: 90 days, or 18."""
    company = trading()
    company.dispatch("O1", "10.00", "2026-06-02", "2026-03-01")
    company.pay("P1", "10.00", "2026-03-02", obligations=["none"])
    assert company.status()["outstanding"] == "10.00"
    activate(company, correction_days=17)
    assert company.status()["outstanding"] == "0.00"


def test_a_fact_may_be_dated_further_ahead() -> None:
    company = trading()
    assert kinds(company.pay("P1", "1.00", "2026-03-20", arrives="2026-03-18T09:00:00+03:00"))[-1] == (
        "dead-letter:future_dated"
    )
    activate(company, future_tolerance_hours=72)
    assert company.pay("P2", "1.00", "2026-03-23", arrives="2026-03-20T11:00:00+03:00") == []
    company.wait("2026-03-23T00:00:00+03:00")
    assert company.status()["unapplied"] == "1.00"


def test_a_lower_group_that_blocks_blocks_at_once() -> None:
    company = trading()
    company.dispatch("O1", "10.00", "2026-03-17", "2026-03-10")
    company.wait("2026-03-19")
    assert (company.status()["categories"]["risk_group"], company.status()["blocked"]) == (1, False)
    conditions = company.policy.to_document()["conditions"]
    conditions["risk_group"]["group_min"] = 1
    published = activate(company, conditions=conditions)
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert published[0]["opened"] == ["risk_group"]


def test_fewer_ids_are_named_in_a_ground() -> None:
    company = trading()
    for number in range(3):
        company.dispatch(f"O{number}", "10.00", "2026-03-23", "2026-03-10")
    activate(company, limits={"facts_named_max": 2})
    published = company.wait("2026-03-24T12:00:00+03:00")
    assert published[0]["because"][0]["facts"] == ["O0", "O1"]
    assert published[0]["because"][0]["observed"] == "3"


def test_of_two_policies_that_wait_for_a_client_the_last_is_in_force_after_a_restart() -> None:
    company = trading()
    company.sell("V1", "450.00", "2026-03-02")
    for version, above in ((2, "400.00"), (3, "300.00"), (4, "500.00")):
        company.activate(version, f"2026-03-0{version + 1}", volume={"a_above": above, "b_from": "100.00"})
    company.restart()
    assert company.shared.current.rules.version == 4
    published = company.wait("2026-03-06")
    moves = [(item["policy"]["version"], item["to"]) for item in published if item.topic == "category-changes"]
    assert moves == [(2, "A"), (4, "B")]


@pytest.mark.parametrize(("before", "after"), [("0.00", "5.00"), ("5.00", "0.00")])
def test_another_tolerance_holds_for_a_debt_whose_dispatch_was_folded_away(before: str, after: str) -> None:
    """3.00 of 100.00 were left when the dispatch was folded away; with 5.00 of tolerance they are not overdue. Found by
    `make fuzz`: the payment of the rest raised, and the client was held."""
    numbers: dict[str, Any] = {"window_days": 30, "correction_days": 12}
    company = Company(Policy.from_document({"version": 1, **numbers, "overdue_tolerance": before}))
    company.trade("2026-01-01")
    company.dispatch("O1", "100.00", "2026-01-12", "2026-01-05")
    company.pay("P1", "97.00", "2026-01-06")
    company.pay("P2", "1.00", "2027-01-20")
    assert company.clients["c1"].facts.folded_before
    assert company.current()["overdue_days_current"] == (373 if before == "0.00" else 0)
    company.activate(2, "2027-01-21", **{**numbers, "overdue_tolerance": after})
    company.wait("2027-01-25")
    assert (company.current()["overdue_days_current"] > 0) is (after == "0.00")
    company.pay("P3", "2.00", "2027-01-26")
    assert (company.status()["outstanding"], company.status()["unapplied"]) == ("0.00", "0.00")
    assert company.current()["overdue_days_current"] == 0
