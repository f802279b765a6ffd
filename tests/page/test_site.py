"""The documents' site in a browser, opened from its folder: it searches, fits a phone, and asks nobody for anything."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.site import build


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the checkout."""
    folder = tmp_path_factory.mktemp("built") / "site"
    run = build(folder)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page as narrow as a phone's. What goes wrong in it, or is asked of a host, fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if urlsplit(request.url).netloc else None)
    yield page
    context.close()
    assert not wrong


def test_the_search_finds_a_page_from_the_folder(phone: Page, site: Path) -> None:
    phone.goto((site / "search.html").as_uri() + "?q=murmur2")
    expect(phone.locator("#search-results a", has_text="The contract")).to_be_visible()


def test_every_page_fits_a_phone(phone: Page, site: Path) -> None:
    wide = []
    for path in sorted(site.rglob("*.html")):
        phone.goto(path.as_uri(), wait_until="load")
        if phone.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path.name)
    assert wide == []


def test_a_schema_opens(phone: Page, site: Path) -> None:
    phone.goto((site / "docs/contract.html").as_uri())
    phone.get_by_role("link", name="payment.received").click()
    expect(phone.locator("body")).to_contain_text("Money of a client came in.")
