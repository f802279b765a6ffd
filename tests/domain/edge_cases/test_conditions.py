"""Stop conditions open and close by themselves, each with its grounds and what would lift it."""

from tests.domain.decisions.driver import Company, kinds
from tests.domain.decisions.signing import KEY, set_limit


def test_the_first_deal_overdue_blocks_at_the_posting_cutoff_and_payment_releases() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    assert company.status()["next_change"] == {
        "at": "2026-03-03T12:00:00+03:00",
        "changes": [
            {"dimension": "risk_group", "from": 0, "to": 1},
            {"condition": "first_payment_overdue", "change": "opens"},
        ],
    }
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    published = company.wait("2026-03-03T12:00:00+03:00")
    assert kinds(published) == ["category.changed", "shipment.blocked", "client.status"]
    assert [item["sequence"] for item in published] == [5, 6, 6]
    blocked = published[1].body
    assert (blocked["opened"], blocked["closed"]) == (["first_payment_overdue"], [])
    (condition,) = blocked["conditions"]
    assert condition["reason"] == "first_payment_overdue"
    assert condition["since"] == "2026-03-03T12:00:00+03:00"
    assert condition["because"] == [
        {"rule": "first_payment_overdue", "threshold": "0.00", "observed": "100.00", "facts": ["O1"]}
    ]
    assert condition["lifted_by"] == [
        {"kind": "payment", "amount": "100.00", "currency": "USD", "obligations": ["O1"]},
        {"kind": "person", "role": "manager"},
    ]
    published = company.pay("P1", "100.00", "2026-03-03T14:00:00+03:00")
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert (published[1]["closed"], published[1]["overridden"]) == (["first_payment_overdue"], False)


def test_only_the_first_deal_counts_for_it() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-02-25", "2026-02-10")
    company.pay("P1", "100.00", "2026-02-20")
    company.dispatch("O2", "100.00", "2026-03-02", "2026-02-21")
    published = company.wait("2026-03-03T12:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]


def test_group_3_and_something_overdue_blocks_and_the_full_set_is_published_at_each_change() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-09T23:00:00+03:00")
    published = company.wait("2026-03-10T00:00:00+03:00")  # the 8th overdue day begins
    assert kinds(published) == ["category.changed", "shipment.blocked", "client.status"]
    blocked = published[1].body
    assert blocked["opened"] == ["risk_group"]
    assert [item["reason"] for item in blocked["conditions"]] == ["first_payment_overdue", "risk_group"]
    assert [item["since"] for item in blocked["conditions"]] == [
        "2026-03-03T12:00:00+03:00",
        "2026-03-10T00:00:00+03:00",
    ]
    assert blocked["conditions"][1]["because"] == [
        {"rule": "risk_group", "threshold": "3", "observed": "3", "facts": ["O1"]},
        {"rule": "risk_group.overdue_now", "threshold": "0.00", "observed": "100.00", "facts": ["O1"]},
    ]


def test_one_cent_is_overdue_at_no_tolerance_and_the_least_payment_is_one_cent() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "99.99", "2026-03-01")
    published = company.wait("2026-03-10")
    blocked = [item for item in published if item.topic == "shipment-blocks"][-1]
    for condition in blocked["conditions"]:
        assert condition["lifted_by"][0] == {
            "kind": "payment",
            "amount": "0.01",
            "currency": "USD",
            "obligations": ["O1"],
        }
    assert "shipment.blocked" not in kinds(company.pay("P2", "0.01", "2026-03-10T10:00:00+03:00"))
    assert company.status()["blocked"] is False


def test_a_tolerance_of_the_policy_forgives_small_rests() -> None:
    company = Company()
    company.activate(2, "2026-02-01", overdue_tolerance="1.00")
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "99.00", "2026-03-01")
    assert company.wait("2026-03-31") == []


def test_the_least_payment_may_leave_what_the_policy_tolerates() -> None:
    company = Company()
    company.activate(2, "2026-02-01", overdue_tolerance="1.00")
    company.dispatch("O1", "60.00", "2026-03-02", "2026-02-19")
    company.dispatch("O2", "40.00", "2026-03-02", "2026-02-19T10:00:00+03:00")
    published = company.wait("2026-03-10")
    blocked = [item for item in published if item.topic == "shipment-blocks"][-1]
    payments = [(item["reason"], item["lifted_by"][0]["amount"]) for item in blocked["conditions"]]
    # O1 in full, 39.00 of O2; of the first deal O1 alone counts
    assert payments == [("first_payment_overdue", "59.00"), ("risk_group", "99.00")]
    company.pay("P1", "99.00", "2026-03-10T10:00:00+03:00")
    assert (company.status()["blocked"], company.status()["outstanding"]) == (False, "1.00")


def test_exposure_above_the_limit_blocks_and_the_excess_lifts_it() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    set_limit(company, "L1", "150.00", "2026-02-10", valid_from="2026-02-10", valid_until="2026-03-31")
    company.dispatch("O1", "100.00", "2026-04-20", "2026-02-19")
    assert company.status()["blocked"] is False
    assert (company.status()["limit"], company.status()["exposure"]) == ("150.00", "100.00")
    company.dispatch("O3", "50.00", "2026-04-20", "2026-02-19T10:00:00+03:00")
    assert (company.status()["exposure"], company.status()["blocked"]) == (
        "150.00",
        False,
    )  # the limit itself is allowed
    published = company.dispatch("O2", "0.01", "2026-04-20", "2026-02-20")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    (condition,) = published[0]["conditions"]
    assert condition["because"] == [
        {"rule": "credit_limit", "threshold": "150.00", "observed": "150.01", "facts": ["L1"]}
    ]
    assert condition["lifted_by"] == [
        {"kind": "payment", "amount": "0.01", "currency": "USD", "obligations": []},
        {"kind": "date", "at": "2026-04-01T00:00:00+03:00"},
        {"kind": "person", "role": "manager"},
    ]
    assert published[1]["next_change"] == {
        "at": "2026-04-01T00:00:00+03:00",
        "changes": [{"condition": "credit_limit", "change": "closes"}],
    }
    company.wait("2026-02-27")  # nobody said what was sold: a warning
    published = company.wait("2026-04-01T00:00:00+03:00")
    assert kinds(published) == ["shipment.released", "client.status"]
    assert published[1]["limit"] is None


def test_a_limit_that_begins_later_blocks_by_time_alone() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-04-20", "2026-02-19")
    set_limit(company, "L1", "50.00", "2026-02-20", valid_from="2026-03-01")
    assert company.status()["next_change"]["at"] == "2026-03-01T00:00:00+03:00"
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    published = company.wait("2026-03-01T00:00:00+03:00")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    set_limit(company, "L2", None, "2026-03-02", valid_from="2026-03-02")
    assert company.status()["blocked"] is False


def test_a_condition_switched_off_by_policy_releases_and_switched_on_blocks() -> None:
    company = Company()
    company.dispatch("O0", "1.00", "2026-01-20", "2026-01-10")
    company.pay("P0", "1.00", "2026-01-11")
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-20")
    assert company.status()["blocked"] is True
    off = {
        "risk_group": {"enabled": False, "group_min": 3, "requires_overdue": True},
        "credit_limit": {"enabled": True},
    }
    company.activate(2, "2026-03-21", conditions=off)
    published = company.wait("2026-03-21")
    assert kinds(published) == ["shipment.released", "client.status"]
    assert published[0]["cause"]["kind"] == "policy"
    company.activate(3, "2026-03-22")
    assert kinds(company.wait("2026-03-22")) == ["shipment.blocked", "client.status"]


def test_a_group_that_blocks_without_anything_overdue_says_when_it_ends() -> None:
    company = Company()
    strict = {
        "risk_group": {"enabled": True, "group_min": 1, "requires_overdue": False},
        "credit_limit": {"enabled": True},
    }
    company.activate(2, "2026-02-01", conditions=strict)
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "100.00", "2026-03-03", arrives="2026-03-03T13:00:00+03:00")
    block = [item for item in company.published if item.topic == "shipment-blocks"][-1]
    assert block["closed"] == ["first_payment_overdue"]
    (condition,) = block["conditions"]
    assert condition["lifted_by"] == [
        {"kind": "date", "at": "2027-03-03T00:00:00+03:00"},  # 3 March 2026 is the last day of the window on 2 March
        {"kind": "person", "role": "manager"},
    ]
    lost, status = company.wait("2027-03-02T23:59:59+03:00")
    assert (lost["to"], status["blocked"]) == ("lost", True)  # on 21 May
    assert kinds(company.wait("2027-03-03T00:00:00+03:00")) == [
        "category.changed",
        "shipment.released",
        "client.status",
    ]


def test_shipments_of_one_deal_id_are_the_first_deal_together() -> None:
    company = Company()
    company.dispatch("O1", "60.00", "2026-03-02", "2026-02-19", deal_id="deal")
    company.pay("P1", "60.00", "2026-02-19T09:30:00+03:00")
    company.dispatch("O2", "40.00", "2026-03-02", "2026-02-19T10:00:00+03:00", deal_id="deal")
    published = company.wait("2026-03-03T12:00:00+03:00")
    blocked = next(item for item in published if item.topic == "shipment-blocks")
    assert blocked["because"] == [
        {"rule": "first_payment_overdue", "threshold": "0.00", "observed": "40.00", "facts": ["O2"]}
    ]


def test_conditions_that_close_together_are_named_in_the_order_of_the_rules_whichever_opened_first() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    set_limit(company, "L1", "50.00", "2026-02-10", valid_from="2026-02-10")
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-12")
    assert [item["reason"] for item in company.status()["conditions"]] == [
        "credit_limit",
        "first_payment_overdue",
        "risk_group",
    ]
    published = company.pay("P1", "100.00", "2026-03-12")
    assert published[1]["closed"] == ["first_payment_overdue", "risk_group", "credit_limit"]
