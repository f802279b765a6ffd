"""A policy takes effect for every client at its own instant; what is no policy changes nothing."""

import itertools

from schemas.policy import Policy, policy_digest
from streams.domain.outputs import RULES_VERSION
from tests.domain.decisions.driver import Company, kinds

GROUPS = [
    {"group": 0, "violations_max": 0, "overdue_days_max": 0},
    {"group": 1, "violations_max": 2, "overdue_days_max": 1},
    {"group": 2, "violations_max": 5, "overdue_days_max": 2},
    {"group": 3, "violations_max": None, "overdue_days_max": None},
]


def test_a_policy_activated_between_two_records() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.activate(2, "2026-03-05T10:00:00+03:00", risk_groups=GROUPS)  # 3 days overdue: group 1 becomes 3
    published = company.pay("P1", "10.00", "2026-03-05", arrives="2026-03-05T15:00:00+03:00")
    moves = [
        (item["effective_at"], item["policy"]["version"], item["from"], item["to"])
        for item in published
        if item.topic == "category-changes"
    ]
    assert moves == [("2026-03-03T12:00:00+03:00", 1, 0, 1), ("2026-03-05T10:00:00+03:00", 2, 1, 3)]
    change = next(item for item in published if item["policy"]["version"] == 2)
    assert change["cause"] == {
        "kind": "policy",
        "version": 2,
        "id": "policy-2",
        "topic": "policies",
        "partition": 0,
        "offset": 0,
    }
    assert change["correction"] is False
    assert published[-1]["policy"]["version"] == 2


def test_a_policy_that_changes_nothing_for_a_client_publishes_nothing() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.activate(2, "2026-03-05", volume={"a_above": "900.00", "b_from": "100.00"})
    assert company.wait("2026-03-06") == []


def test_due_dates_roll_from_the_instant_of_the_policy_that_says_so() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-07", "2026-02-19")  # a Saturday
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.activate(2, "2026-03-05", roll_due_dates=True)
    (status,) = company.wait("2026-03-06")
    assert status["open_obligations"][0]["due_date"] == "2026-03-09"
    company.wait("2026-03-10T12:00:00+03:00")
    assert company.status()["overdue_since"] == "2026-03-10"


def test_a_policy_that_does_not_validate_is_a_dead_letter_and_changes_nothing() -> None:
    company = Company()
    published = company.activate(2, "2026-03-05", window_days=0)
    assert kinds(published) == ["dead-letter:policy_invalid"]
    assert published[0].headers["stoplist-field"] == "policy.window_days"
    assert company.shared.current.rules.version == 1


def test_a_repeated_policy_and_an_older_one_change_nothing() -> None:
    company = Company()
    company.activate(3, "2026-03-05")
    assert company.shared.number == 1
    company.activate(3, "2026-03-06")
    company.activate(2, "2026-03-07", window_days=30)
    assert (company.shared.number, company.shared.current.rules.version) == (1, 3)


def test_another_body_under_the_version_in_force_is_a_dead_letter() -> None:
    company = Company()
    company.activate(3, "2026-03-05")
    assert kinds(company.activate(3, "2026-03-06", window_days=30)) == ["dead-letter:conflicting_revision"]


def test_the_currency_of_a_running_system_cannot_change() -> None:
    company = Company()
    company.activate(2, "2026-03-05")
    assert kinds(company.activate(3, "2026-03-06", currency="EUR")) == ["dead-letter:policy_invalid"]


def test_a_new_client_begins_under_the_policy_in_force() -> None:
    company = Company()
    company.activate(2, "2026-03-05")
    published = company.dispatch("O1", "100.00", "2026-03-20", "2026-03-06")
    assert [item["policy"]["version"] for item in published] == [2]


def test_a_deadline_at_the_very_instant_of_a_policy_comes_first_under_the_policy_before() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    groups = [
        {"group": 0, "violations_max": 0, "overdue_days_max": 0},
        {"group": 1, "violations_max": 5, "overdue_days_max": 5},
        {"group": 2, "violations_max": None, "overdue_days_max": None},
    ]
    company.activate(
        2,
        "2026-03-03T12:00:00+03:00",
        risk_groups=groups,
        conditions={"risk_group": {"group_min": 2}},
        window_days=30,
    )
    published = company.wait("2026-03-03T12:00:00+03:00")
    assert [(item["type"], item["cause"]["kind"], item["policy"]["version"]) for item in published] == [
        ("category.changed", "deadline", 1),
        ("shipment.blocked", "deadline", 1),
        ("client.status", "deadline", 1),
        ("client.status", "policy", 2),  # the 6th day is the next band now
    ]


def test_every_output_names_the_policy_by_version_and_digest_and_the_rules_by_their_version() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-04")
    company.activate(2, "2026-03-05", risk_groups=GROUPS)
    company.wait("2026-03-06")
    asks = {"requests": {"required": False}}  # the company of these stories does not ask
    digests = {
        1: policy_digest(Policy.from_document({"version": 1, **asks})),
        2: policy_digest(Policy.from_document({"version": 2, "risk_groups": GROUPS, **asks})),
    }
    assert {item["policy"]["version"] for item in company.published} == {1, 2}
    for item in company.published:
        assert item["policy"]["digest"] == digests[item["policy"]["version"]]
        assert item["rules_version"] == RULES_VERSION


def test_one_count_over_all_outputs_of_a_client_has_no_gaps() -> None:
    """A status repeats the number of the change before it."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.dispatch("X1", "300.00", "2026-03-02", "2026-02-20", client="c2")
    company.wait("2026-03-12")
    company.pay("P1", "100.00", "2026-03-12")
    for client in ("c1", "c2"):
        told = [item for item in company.published if item["client_id"] == client]
        assert told[0]["sequence"] == 1
        for before, item in itertools.pairwise(told):
            repeats = item["type"] == "client.status" and item["cause"] == before["cause"]
            assert item["sequence"] - before["sequence"] == (0 if repeats else 1)
