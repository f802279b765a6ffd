"""Everybody can use it: axe finds nothing serious in any view, light or dark, wide or narrow."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # says nothing of its types
from playwright.sync_api import Page, expect

from tests.page.conftest import Visit

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
VIEWS = {
    "#/desk": ".tiles .figure",
    "#/list?list=all": ".rows-space a",
    "#/client/volna": ".timeline-picture",
    "#/warehouse?code=volna": ".answer[data-state=stop]",
}


def _serious(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("colours", "width"), [("light", 1440), ("dark", 390)])
def test_no_view_has_a_barrier(visit: Visit, colours: str, width: int) -> None:
    page = visit("#/desk", color_scheme=colours, viewport={"width": width, "height": 900})
    for path, shown in VIEWS.items():
        page.evaluate("hash => { location.hash = hash; }", path)
        page.wait_for_selector(shown)
        assert _serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
    page.get_by_role("button", name="Log out").click()
    page.wait_for_selector(".login form")
    assert _serious(page) == []


def test_a_view_says_its_name_and_takes_the_focus(visit: Visit) -> None:
    page = visit("#/desk")
    page.get_by_role("link", name="Warehouse").click()
    expect(page).to_have_title("May it leave? · Stoplist")
    expect(page.get_by_label("Scan or type")).to_be_focused()
    page.get_by_role("link", name="Lists").click()
    expect(page.locator("main")).to_be_focused()
