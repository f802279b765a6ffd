"""One stack and one browser for all tests of the page; each test has clients of its own."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.harness import components
from tests.page.stack import Stack

Visit = Callable[..., Page]
WAIT_MS = 30_000
"""How long anything may take to appear."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything at work, with a few clients: Volna pays late and is blocked, Bereg owes and is not late.

    With a Redis of its own: its projector goes on writing while other tests of the run have begun.
    """
    with components.redis() as server, Stack(server.url, tmp_path_factory.mktemp("page")) as started:
        started.register("volna", "Volna, Tver")
        started.ship("volna", "dn-1", "180.00", days_ago=25)
        started.register("bereg", "Bereg, Omsk")
        started.ship("bereg", "dn-2", "90.00", days_ago=1)
        started.register("skrepka", "Skrepka, Kazan")
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Of one module: while Playwright runs, a loop runs in this thread, and no other test can."""
    program = shutil.which("chromium")
    if program is None:
        components.lack("Chromium", "chromium")
        pytest.skip("needs chromium")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])  # it may run as root
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[Visit]:
    """`visit("#/desk", role="manager")`: a page of somebody who is logged in. What goes wrong in it fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(path: str = "#/desk", role: str = "director", **how: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{stack.address}#login={stack.tokens[role]}")
        page.wait_for_selector("header.frame")
        page.goto(f"{stack.address}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong
