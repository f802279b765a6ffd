"""The policy: the newsletter's numbers by default, no number ignored, equal numbers equal digest."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import holidays
import pytest
from pydantic import ValidationError

from schemas.activation import policy_of
from schemas.events import PolicyActivated
from schemas.policy import Policy, policy_digest
from schemas.policy_file import PolicyFileError, default_policy, default_policy_text, parse_policy, read_policy
from schemas.records import Rejected


def test_numbers_of_the_newsletter() -> None:
    policy = default_policy()
    bands = [(row.group, row.violations_max, row.overdue_days_max) for row in policy.risk_groups]
    assert bands == [(0, 0, 0), (1, 2, 3), (2, 5, 7), (3, None, None)]
    assert (policy.volume.a_above, policy.volume.b_from) == ("500.00", "100.00")
    assert (policy.currency, policy.time_zone) == ("USD", "Europe/Moscow")


def test_our_own_numbers() -> None:
    policy = default_policy()
    assert (policy.window_days, policy.correction_days, policy.future_tolerance_hours) == (365, 90, 24)
    assert (policy.posting_cutoff, policy.overdue_tolerance, policy.roll_due_dates) == ("12:00", "0.00", False)
    condition = policy.conditions.risk_group
    assert (condition.enabled, condition.group_min, condition.requires_overdue) == (True, 3, True)
    assert policy.conditions.credit_limit.enabled
    assert policy.keys == ()


def test_numbers_of_the_first_deal_are_the_newsletters() -> None:
    deal = default_policy().first_deal
    assert (deal.rrp_max_per_outlet, deal.chain_outlets_min, deal.payment_term_days_max) == ("200.00", 3, 10)
    assert (deal.not_selling.share_below_percent, deal.not_selling.after_days) == (10, 7)
    assert (deal.assortment.main_category, deal.assortment.main_share_above_percent) == ("A", 50)
    assert (deal.assortment.share_by, deal.assortment.fast_moving_only) == ("value", True)
    assert not default_policy().documents.copies_count


def test_numbers_of_the_other_categories() -> None:
    policy = default_policy()
    assert policy.sales_type.chain_above_outlets == 2
    assert policy.activities == ("stationery", "watches", "souvenirs_and_gifts", "photo", "other")
    assert policy.large_malls == ()
    importance = policy.importance
    assert (importance.key_below_percent, importance.medium_below_percent, importance.months) == (20, 70, 12)
    assert policy.lifecycle.lost_after_days == 90
    assert (policy.requests.reservation_hours, policy.overrides.days_max) == (72, 14)


def test_every_reason_of_our_own_can_be_switched_off() -> None:
    ours = ["risk_group", "credit_limit", "first_deal_returned", "outlet_unknown", "outlet_closed"]
    assert list(default_policy().conditions.model_dump()) == ours
    for reason in ours:
        policy = parse_policy(f"version: 1\nconditions:\n  {reason}:\n    enabled: false\n", "mine.yaml")
        assert not getattr(policy.conditions, reason).enabled


def test_fields_left_out_take_the_values_of_the_file() -> None:
    shipped = default_policy()
    least = Policy(version=1)
    days = {"non_working_days": shipped.non_working_days, "working_days": shipped.working_days}
    assert least.model_copy(update=days) == shipped


def test_days_off_are_those_of_the_country() -> None:
    policy = default_policy()
    russia = holidays.country_holidays("RU", years=[2026, 2027, 2028])
    expected = {day for day in russia if day.weekday() < 5}
    # A holiday on a weekend moves to the next working day (Labour Code, 112); the library does not know 2028 yet.
    assert set(policy.non_working_days) == expected | {date(2028, 11, 6)}
    assert list(policy.non_working_days) == sorted(policy.non_working_days)
    assert policy.working_days == (date(2027, 2, 20),)


def test_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        default_policy().window_days = 30  # type: ignore[misc]


def test_document_and_back() -> None:
    policy = default_policy()
    assert Policy.from_document(json.loads(json.dumps(policy.to_document()))) == policy


def test_digest_is_of_the_numbers_and_not_of_the_text() -> None:
    policy = parse_policy("version: 1\n", "a.yaml")
    same = parse_policy('# a comment\nwindow_days: 365\nversion: 1\ncurrency: "USD"\n', "b.yaml")
    other = parse_policy("version: 1\nwindow_days: 364\n", "c.yaml")
    assert policy_digest(policy) == policy_digest(same)
    assert policy_digest(policy) != policy_digest(other)
    assert len(bytes.fromhex(policy_digest(policy))) == 32


@pytest.mark.parametrize(
    ("written", "instead", "line_of", "field", "word"),
    [
        ("version: 1", "", "# raise", "version", "missing"),
        ("version: 1", "version: 0", "version: 0", "version", "at least 1"),
        ("version: 1", "version: one", "version: one", "version", "whole number"),
        ("version: 1", "version: 1\nversion: 2", "version: 2", "version", "twice"),
        ("window_days: 365", "window_day: 365", "window_day: 365", "window_day", "did you mean window_days?"),
        ("window_days: 365", "weather: fine", "weather: fine", "weather", "spelling"),
        ("group_min: 3", "group_mim: 3", "group_mim: 3", "conditions.risk_group.group_mim", "did you mean group_min?"),
        ("window_days: 365", "window_days: true", "window_days: true", "window_days", "whole number"),
        ("window_days: 365", "window_days: 0", "window_days: 0", "window_days", "at least 1"),
        ("window_days: 365", "window_days: 36500", "window_days: 36500", "window_days", "at most 3660"),
        ('"500.00"', "500.00", "a_above: 500.00", "volume.a_above", "quotes"),
        ('"500.00"', '"500.001"', 'a_above: "500.001"', "volume.a_above", "two places"),
        ('"500.00"', "500.005", "a_above: 500.005", "volume.a_above", "two places"),
        ('"500.00"', '"99.00"', "b_from:", "volume.b_from", "below"),
        ('"12:00"', '"25:00"', "posting_cutoff", "posting_cutoff", 'like "12:00"'),
        ("Europe/Moscow", "Mars/Olympus", "time_zone", "time_zone", "Europe/Moscow"),
        ("currency: USD", "currency: dollars", "currency: dollars", "currency", "three capital letters, like USD"),
        ("minor_digits: 2", "minor_digits: 3", "minor_digits: 3", "minor_digits", "2"),
        ("[saturday, sunday]", "[saturday, sonntag]", "[saturday, sonntag]", "weekly_rest_days.1", "sunday"),
        ("- 2026-01-02", "- 2026-02-30", "- 2026-02-30", "non_working_days.1", "no date"),
        ("- 2026-01-02", "- 2 January", "- 2 January", "non_working_days.1", "date"),
        ("- 2026-01-02", "- 2026-01-01", "- 2026-01-01", "non_working_days.1", "twice"),
        ("  - 2027-02-20", "  - 2027-02-23", "working_days:", "working_days", "share"),
        ("{group: 1, violations_max: 2", "{group: 1, violations_max: 6", "{group: 2", "risk_groups.2", "above"),
        ("{group: 1", "{group: 7", "{group: 7", "risk_groups.1", "numbered"),
        ("violations_max: null", "violations_max: 9", "{group: 3", "risk_groups.3", "null"),
        ("overdue_days_max: 3", "overdue_days_max: null", "{group: 1", "risk_groups.1", "both"),
        ("group_min: 3", "group_min: 4", "group_min: 4", "conditions.risk_group.group_min", "highest"),
        (
            "keys: []",
            "keys: [{key_id: a, public_key: YQ==, holder: b, roles: [manager]}]",
            "keys:",
            "keys.0.public_key",
            "32",
        ),
        (
            "keys: []",
            "keys: [{key_id: a, public_key: '?', holder: b, roles: [manager]}]",
            "keys:",
            "keys.0.public_key",
            "64",
        ),
        ("keys: []", "keys: [{key_id: a, holder: b, roles: [manager]}]", "keys:", "keys.0.public_key", "missing"),
        ("keys: []", "keys: &none []\nx: *none", "keys:", "x", "alias"),
        ('"200.00"', "200.00", "rrp_max_per_outlet: 200.00", "first_deal.rrp_max_per_outlet", "quotes"),
        ("chain_outlets_min: 3", "chain_outlets_min: 1", "chain_", "first_deal.chain_outlets_min", "at least 2"),
        ("term_days_max: 10", "term_days_max: ten", "term_", "first_deal.payment_term_days_max", "whole number"),
        ("main_category: A", "main_category: D", "main_", "first_deal.assortment.main_category", "'A', 'B' or 'C'"),
        ("share_by: value", "share_by: weight", "share_by:", "first_deal.assortment.share_by", "'value' or 'lines'"),
        (
            "main_share_above_percent: 50",
            "main_share_above_percent: 100",
            "main_share",
            "first_deal.assortment.main_share_above_percent",
            "at most 99",
        ),
        ("fast_moving_only: true", "fast_moving_only: 1", "fast", "first_deal.assortment.fast_moving_only", "true or"),
        (
            "share_below_percent: 10",
            "share_below_percent: 0",
            "share_below",
            "first_deal.not_selling.share_below_percent",
            "at least 1",
        ),
        ("after_days: 7", "after_days: 0", "after_days: 0", "first_deal.not_selling.after_days", "at least 1"),
        ("copies_count: false", "copies_count: maybe", "copies", "documents.copies_count", "true or false"),
        ("reservation_hours: 72", "reservation_hours: 0", "reserv", "requests.reservation_hours", "at least 1"),
        ("days_max: 14", "days_max: 400", "days_max: 400", "overrides.days_max", "at most 366"),
        ("lost_after_days: 90", "lost_after_days: 0", "lost", "lifecycle.lost_after_days", "at least 1"),
        ("above_outlets: 2", "above_outlets: 0", "chain_above", "sales_type.chain_above_outlets", "at least 1"),
        ("[stationery, watches", "[watches, watches", "activities:", "activities.1", "twice"),
        ("[stationery, watches", "['', watches", "activities:", "activities.0", "empty"),
        (
            "large_malls: []",
            "large_malls: [{mall: m, territory: a}, {mall: m, territory: b}]",
            "large_malls:",
            "large_malls.1",
            "twice",
        ),
        ("large_malls: []", "large_malls: [{mall: m}]", "large_malls:", "large_malls.0.territory", "missing"),
        (
            "medium_below_percent: 70",
            "medium_below_percent: 10",
            "medium",
            "importance.medium_below_percent",
            "below key_below_percent",
        ),
        ("months: 12", "months: 0", "months: 0", "importance.months", "at least 1"),
        ("  outlet_closed:", "  outlet_shut:", "  outlet_shut:", "conditions.outlet_shut", "outlet_closed?"),
        ("  first_deal_returned:", "  conduct:", "  conduct:", "conditions.conduct", "spelling"),
        (
            "keys: []",
            f"keys: [{{key_id: a, public_key: {'A' * 43}=, holder: b, roles: [manager],"
            " valid_from: 2026-02-02, valid_until: 2026-02-01}]",
            "keys:",
            "keys.0.valid_until",
            "before valid_from",
        ),
        ("facts_max: 20000", "facts_max: 1", "facts_max: 1", "limits.facts_max", "at least 10"),
        ("version: 1", "version: [1", "version: [1", "", "YAML"),
    ],
)
def test_error_names_line_field_and_remedy(written: str, instead: str, line_of: str, field: str, word: str) -> None:
    text = default_policy_text()
    assert written in text
    text = text.replace(written, instead, 1)
    with pytest.raises(PolicyFileError) as caught:
        parse_policy(text, "mine.yaml")
    problem = caught.value.problems[0]
    assert problem.field == field
    assert word in problem.remedy
    assert str(caught.value).startswith(f"mine.yaml:{problem.line}: ")
    assert "\n" not in str(caught.value)
    if line_of != "# raise" and field:
        assert line_of in text.splitlines()[problem.line - 1]


def test_time_of_day_needs_no_quotes() -> None:
    assert parse_policy("version: 1\nposting_cutoff: 09:30\n", "mine.yaml").posting_cutoff == "09:30"
    assert parse_policy("version: 1\nposting_cutoff: 12:00\n", "mine.yaml").posting_cutoff == "12:00"


@pytest.mark.parametrize(
    "text", ["", "- 1", "just words", "[" * 5_000, "a: {" * 5_000, "\x00", "version: !!python/object:x {}"]
)
def test_what_is_no_policy(text: str) -> None:
    with pytest.raises(PolicyFileError):
        parse_policy(text, "mine.yaml")


def test_number_beyond_json() -> None:
    with pytest.raises(PolicyFileError, match="window_days"):
        parse_policy(f"version: 1\nwindow_days: {10**30}\n", "mine.yaml")


def test_all_problems_are_counted() -> None:
    with pytest.raises(PolicyFileError, match=r"\(and 1 more\)"):
        parse_policy("version: 0\nwindow_days: 0\n", "mine.yaml")


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"version: 1\ncurrency: \xff\n")
    with pytest.raises(PolicyFileError, match="UTF-8"):
        read_policy(path)
    path.write_text("#" * (1 << 20) + "\nversion: 1\n")
    with pytest.raises(PolicyFileError, match="1 MiB"):
        read_policy(path)
    path.write_text("version: 3\n")
    assert read_policy(path).version == 3


def activated(document: dict[str, Any], version: int = 1) -> Policy | Rejected:
    return policy_of(PolicyActivated(id="p", version=version, policy=document))


def test_activated_policy() -> None:
    policy = default_policy()
    assert activated(policy.to_document()) == policy


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "policy.version"),
        ({"version": 2}, "version"),
        ({"version": "1"}, "policy.version"),
        ({"version": 1, "window": 3}, "policy.window"),
        ({"version": 1, "volume": {"a_above": 500}}, "policy.volume.a_above"),
        ({"version": 1, "non_working_days": [20260101]}, "policy.non_working_days.0"),
        ({"version": 1, "window_days": 10**30}, "policy"),
    ],
)
def test_activated_policy_that_is_none(document: dict[str, Any], field: str) -> None:
    answer = activated(document)
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.field) == ("policy_invalid", field)


def test_an_activated_policy_that_is_none_is_told_how_to_write_it() -> None:
    answer = activated({"version": 1, "conditions": {"risk_group": {"group_min": 7}}})
    assert isinstance(answer, Rejected)
    assert answer.field == "policy.conditions.risk_group.group_min"
    assert answer.remedy == (
        "policy.conditions.risk_group.group_min: is above the highest group of risk_groups; lower it; check the file "
        "with stoplist policy check."
    )


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 3\n")
    assert read_policy(path).version == 3


def test_policy_fits_into_one_record() -> None:
    key = {"key_id": "k" * 60, "public_key": "A" * 43 + "=", "holder": "Щ" * 200, "roles": ["manager", "director"]}
    keys = [{**key, "key_id": f"{index:060}"} for index in range(200)]
    answer = activated({"version": 1, "keys": keys})
    assert isinstance(answer, Rejected)
    assert "large" in answer.remedy


def test_policy_of_a_file_fits_into_one_record() -> None:
    days = "".join(f"  - {date.fromordinal(730_000 + index)}\n" for index in range(2_000))
    keys = "".join(
        f"  - {{key_id: k{n}, public_key: {'A' * 43}=, holder: {'x' * 200}, roles: [manager]}}\n" for n in range(200)
    )
    with pytest.raises(PolicyFileError, match="too large for one record"):
        parse_policy(f"version: 1\nnon_working_days:\n{days}keys:\n{keys}", "mine.yaml")
