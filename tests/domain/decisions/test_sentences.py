"""Words in both languages."""

import pytest

from streams.domain import sentences
from streams.domain.sentences import Text
from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import KEY, set_limit


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (0, "0 days", "0 дней"),
        (1, "1 day", "1 день"),
        (2, "2 days", "2 дня"),
        (4, "4 days", "4 дня"),
        (5, "5 days", "5 дней"),
        (11, "11 days", "11 дней"),
        (12, "12 days", "12 дней"),
        (14, "14 days", "14 дней"),
        (21, "21 days", "21 день"),
        (22, "22 days", "22 дня"),
        (25, "25 days", "25 дней"),
        (101, "101 days", "101 день"),
        (111, "111 days", "111 дней"),
        (365, "365 days", "365 дней"),
    ],
)
def test_days_have_the_right_plural(count: int, english: str, russian: str) -> None:
    assert sentences.days(count) == Text(english, russian)


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [(1, "1 violation", "1 нарушение"), (3, "3 violations", "3 нарушения"), (12, "12 violations", "12 нарушений")],
)
def test_violations_have_the_right_plural(count: int, english: str, russian: str) -> None:
    assert sentences.violations(count) == Text(english, russian)


def test_dates_months_and_lists() -> None:
    assert sentences.calendar_date(739676) == Text("1 March 2026", "01.03.2026")
    assert sentences.month_name(2026 * 12 + 2) == Text("March 2026", "март 2026")
    assert sentences.listed(["A", "B", "C"]).en == "A, B, C"
    assert sentences.listed(["A", "B", "C", "D", "E"]) == Text("A, B, C and 2 more", "A, B, C и ещё 2")


def test_a_clerk_reads_why_a_client_is_blocked_and_what_to_do() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    published = company.wait("2026-03-10")
    changes = [item["explanation"] for item in published if item.topic == "category-changes"]
    assert changes[0] == {
        "en": "Risk group rises from 0 to 1: 1 violation in the last 365 days, the longest overdue 1 day.",
        "ru": "Группа риска повышена с 0 до 1: за последние 365 дней 1 нарушение, самая долгая просрочка 1 день.",
    }
    blocks = [item["explanation"] for item in published if item.topic == "shipment-blocks"]
    assert blocks[-1] == {
        "en": "Do not ship. The first deal is not paid in time: 100.00 USD is overdue (O1). "
        "Risk group 3 (1 violation, the longest overdue 8 days), and 100.00 USD is overdue (O1). "
        "A payment of 100.00 USD for O1 lifts it.",
        "ru": "Отгрузки запрещены. Первая сделка не оплачена в срок: просрочено 100.00 USD (O1). "
        "Группа риска 3 (1 нарушение, самая долгая просрочка 8 дней), и просрочено 100.00 USD (O1). "
        "Снимается оплатой 100.00 USD за O1.",
    }
    assert company.status()["explanation"] == {
        "en": "Do not ship: risk group 3, volume C, debt 100.00 USD, overdue since 3 March 2026.",
        "ru": "Отгрузки запрещены: группа риска 3, объём C, долг 100.00 USD, просрочка с 03.03.2026.",
    }
    published = company.pay("P1", "100.00", "2026-03-10T10:00:00+03:00")
    assert published[0]["explanation"] == {
        "en": "The client is now active, before new: the first deal is closed.",
        "ru": "Клиент теперь активный, был новый: первая сделка закрыта.",
    }
    assert published[1]["explanation"] == {
        "en": "Shipping is allowed again after payment P1: "
        "nothing of the first deal is overdue; nothing is overdue any more.",
        "ru": "Отгрузки снова разрешены после платежа P1: по первой сделке просрочки нет; просрочка погашена.",
    }
    assert published[-1]["explanation"] == {
        "en": "Shipping allowed: risk group 3, volume C, debt 0.00 USD, nothing overdue.",
        "ru": "Отгрузки разрешены: группа риска 3, объём C, долг 0.00 USD, просрочки нет.",
    }


def test_a_fall_of_the_group_and_moves_of_the_volume_are_told() -> None:
    company = Company()
    company.trade("2026-03-01")
    published = company.sell("S1", "600.00", "2026-03-05")
    assert published[0]["explanation"] == {
        "en": "Volume category rises from C to A: the turnover of March 2026 is 600.00 USD.",
        "ru": "Категория по объёму повышена с C до A: оборот за март 2026 — 600.00 USD.",
    }
    published = company.wait("2026-05-01")
    assert published[0]["explanation"]["en"].startswith("Volume category falls from A to C: the turnover of ")
    company.dispatch("O1", "100.00", "2026-05-04", "2026-05-02")
    company.pay("P1", "100.00", "2026-05-05", arrives="2026-05-06")
    company.wait("2027-05-05")
    assert company.moves("risk_group")[-1]["explanation"] == {
        "en": "Risk group falls from 1 to 0: no violations in the last 365 days.",
        "ru": "Группа риска понижена с 1 до 0: за последние 365 дней нарушений нет.",
    }


def test_a_release_says_what_ended() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-06-02", "2026-02-19")
    set_limit(company, "L1", "50.00", "2026-02-20", valid_from="2026-02-20", valid_until="2026-02-28")
    assert "above the credit limit of 50.00 USD" in company.published[-2]["explanation"]["en"]
    assert "выше кредитного лимита 50.00 USD" in company.published[-2]["explanation"]["ru"]
    assert "Снимется само собой 01.03.2026." in company.published[-2]["explanation"]["ru"]
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    (release, _) = company.wait("2026-03-01")
    assert release["explanation"]["en"] == "Shipping is allowed again: no credit limit is in force."
    set_limit(company, "L2", "50.00", "2026-03-02", valid_from="2026-03-02")
    (release, _) = set_limit(company, "L3", "100.00", "2026-03-03", valid_from="2026-03-03")
    assert release["explanation"] == {
        "en": "Shipping is allowed again after credit limit L3: the debt is within the credit limit.",
        "ru": "Отгрузки снова разрешены после установки лимита L3: долг в пределах кредитного лимита.",
    }
    set_limit(company, "L4", "50.00", "2026-03-04", valid_from="2026-03-04")
    off = {"risk_group": {"enabled": False}, "credit_limit": {"enabled": False}}
    company.activate(3, "2026-03-05", conditions=off)
    (release, _) = company.wait("2026-03-05")
    assert release["explanation"]["ru"] == "Отгрузки снова разрешены: правило отключено политикой."


def test_a_release_by_a_lower_group_or_a_rule_switched_off_says_so() -> None:
    company = Company()
    company.dispatch("O0", "1.00", "2026-01-20", "2026-01-10")
    company.pay("P0", "1.00", "2026-01-11")
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-20")
    published = company.pay("P1", "100.00", "2026-03-02", arrives="2026-03-20T11:00:00+03:00")
    release = next(item for item in published if item.topic == "shipment-blocks")
    assert release["explanation"]["en"] == "Shipping is allowed again after payment P1: the risk group is now 0."
    company.reverse("R1", "P1", "2026-03-02", arrives="2026-03-21")
    assert company.status()["blocked"] is True
    company.activate(2, "2026-03-22", conditions={"risk_group": {"enabled": False}})
    (release, _) = company.wait("2026-03-22")
    assert release["explanation"]["en"] == "Shipping is allowed again: the policy no longer has this rule."


def test_a_block_of_several_conditions_ends_with_the_one_payment_that_releases() -> None:
    """100.00 for O1 would end the first alone; 150.00 for both end both."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.dispatch("O2", "50.00", "2026-03-02", "2026-02-20")
    company.wait("2026-03-12")
    said = [item for item in company.published if item.topic == "shipment-blocks"][-1]["explanation"]
    assert said["en"].count("A payment of") == 1
    assert said["en"].endswith("A payment of 150.00 USD for O1, O2 lifts it.")
    assert said["ru"].count("Снимается оплатой") == 1
    assert said["ru"].endswith("Снимается оплатой 150.00 USD за O1, O2.")
    company.pay("P0", "149.99", "2026-03-12", obligations=["O1", "O2"])
    assert company.status()["blocked"] is True
    company.pay("P1", "0.01", "2026-03-12", obligations=["O1", "O2"])
    assert company.status()["blocked"] is False
