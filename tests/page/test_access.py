"""Everybody can use it: axe finds nothing serious in any view, light or dark, wide or narrow, in either language."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # says nothing of its types
from playwright.sync_api import Page, expect

from tests.page.conftest import Visit
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
VIEWS = {
    "#/desk": ".tiles .figure",
    "#/list?list=blocked": ".rows-space a",
    "#/list?list=next": ".rows",
    "#/list?list=calls": ".rows-space a",
    "#/list?list=largest_overdue": ".rows-space a",
    "#/list?list=all": ".rows-space a",
    "#/client/volna": ".timeline-picture",
    "#/warehouse": ".answer",
    "#/warehouse?code=volna": ".answer[data-state=stop]",
    "#/warehouse?code=nobody": ".answer[data-state=unknown]",
}
_CUT = """() => [...document.querySelectorAll('.row > span')]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1)
  .map((cell) => `${cell.dataset.column}: ${cell.textContent}`)"""
_CHOICES_CUT = """() => [...document.querySelectorAll('select')].filter((select) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = getComputedStyle(select).font;
  const arrow = 20;
  return pen.measureText(select.selectedOptions[0].textContent).width + arrow > select.clientWidth;
}).map((select) => select.selectedOptions[0].textContent)"""


def _serious(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("colours", "width", "language"),
    [("light", 1440, "en"), ("dark", 390, "en"), ("dark", 1440, "ru"), ("light", 390, "ru")],
)
def test_no_view_has_a_barrier(visit: Visit, stack: Stack, colours: str, width: int, language: str) -> None:
    page = visit("#/desk", color_scheme=colours, viewport={"width": width, "height": 900}, locale=language)
    for path, shown in VIEWS.items():
        page.evaluate("hash => { location.hash = hash; }", path)
        page.wait_for_selector(shown)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert _serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
    page.goto(f"{stack.address}v1/blocked.html?language={language}")
    assert _serious(page) == []
    page.goto(stack.address)
    page.locator("header.frame .settings button").click()
    page.wait_for_selector(".login form")
    assert _serious(page) == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [390, 820, 1366])
def test_nothing_is_cut_in_a_list_or_in_the_head(visit: Visit, width: int, language: str) -> None:
    page = visit("#/desk", role="all", viewport={"width": width, "height": 900}, locale=language)
    for path, shown in VIEWS.items():
        if path.startswith("#/list"):
            page.evaluate("hash => { location.hash = hash; }", path)
            page.wait_for_selector(shown)
            assert page.evaluate(_CUT) == [], path
            assert page.evaluate(_CHOICES_CUT) == []
            assert page.evaluate("scrollY") == 0, "the menu is out of sight"


def test_a_view_says_its_name_and_takes_the_focus(visit: Visit) -> None:
    page = visit("#/desk")
    page.get_by_role("link", name="Warehouse").click()
    expect(page).to_have_title("May it leave? · Stoplist")
    expect(page.get_by_label("Scan or type")).to_be_focused()
    page.get_by_role("link", name="Lists").click()
    expect(page.locator("main")).to_be_focused()
