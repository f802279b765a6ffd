"""Amounts are read and written as people of each language do: in figures, in sentences, and in what one types."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from streams.views.serving.printing import Language, amounts_in
from tests.page.conftest import Visit
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
_READ = "async typed => { const { amountOf } = await import('./forms.js'); return typed.map(amountOf); }"
_SAID = "async said => { const { amountsIn } = await import('./format.js'); return amountsIn(said); }"
TYPED = {
    "180": "180.00",
    "180,5": "180.50",
    "180.50": "180.50",
    "1 180,00": "1180.00",
    "1\u00a0180.00": "1180.00",
    "1,180.00": "1180.00",
    "1.180,00": "1180.00",
    "1,234,567.8": "1234567.80",
    "007": "7.00",
    "0,00": "0.00",
    "": None,
    ",50": None,
    "12,345,6": None,  # neither three places nor two
    "1,180,00": None,
    "1.180": None,  # a thousand to some, a slip to others
    "12.345": None,
    "-5": None,
    "1e3": None,
    "1234567890123": None,
}
SENTENCE = "Group 3 (18.9%) since 10.03.2026: 1757.10 USD is overdue (S-12.34/1). A payment of 757.10 USD lifts."
WRITTEN: dict[Language, str] = {
    "en": "Group 3 (18.9%) since 10.03.2026: 1,757.10 USD is overdue (S-12.34/1). A payment of 757.10 USD lifts.",
    "ru": "Group 3 (18.9%) since 10.03.2026: 1\u00a0757,10 USD is overdue (S-12.34/1). A payment of 757,10 USD lifts.",
}


def _asked(page: Page, what: str, about: Any) -> Any:
    return page.evaluate(what, about)


@pytest.mark.parametrize(("language", "thousand"), [("en", "1180.00"), ("ru", None)])
def test_what_is_typed_may_have_comma_or_point(visit: Visit, language: Language, thousand: str | None) -> None:
    page = visit("#/desk", locale={"en": "en-US", "ru": "ru-RU"}[language])
    typed = {**TYPED, "1,180": thousand}
    assert dict(zip(typed, _asked(page, _READ, list(typed)), strict=True)) == typed
    assert _asked(page, _SAID, SENTENCE) == WRITTEN[language]


@pytest.mark.parametrize("language", WRITTEN)
def test_the_printed_list_writes_them_alike(language: Language) -> None:
    assert amounts_in(SENTENCE, language) == WRITTEN[language]


def test_no_amount_of_a_russian_page_is_written_in_english(visit: Visit, stack: Stack) -> None:
    stack.register("large", "Large, Tver")
    stack.ship("large", "large-1", "1180.00", days_ago=25)
    page = visit("#/client/large", role="accountant", locale="ru-RU")
    amount = "1\u00a0180,00"
    expect(page.locator(".lifts .conditions")).to_contain_text(f"просрочено {amount} USD")
    expect(page.locator(".history-list li").first).to_contain_text(amount)
    page.get_by_label("За что").select_option("large-1/1")
    expect(page.get_by_label("Сумма, USD")).to_have_value("1180,00")
    assert "1180" not in page.locator("main").inner_text().replace("large-1", "")
    page.goto(f"{stack.address}#/desk")
    expect(page.locator(".stop-list li", has_text="Large, Tver")).to_contain_text(amount)
    assert "1180" not in page.locator("main").inner_text()
    page.goto(f"{stack.address}v1/blocked.html?language=ru")
    expect(page.locator("tr", has_text="Large, Tver").locator(".n").first).to_have_text(f"{amount} USD")
    stack.pay("large", "1180.00")  # the stop list is short again for the tests that come after
