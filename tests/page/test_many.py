"""Ten thousand clients: the list is one table with all of them, of which the browser holds only what is in sight."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.waiting import wait_until
from tests.page.conftest import Visit
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
CLIENTS = 10_000
ROWS_MAX = 60
_LONGEST_FRAME = """async () => {
  const scroll = document.querySelector(".rows-scroll");
  const step = scroll.scrollHeight / 120;
  let longest = 0, before = await new Promise(requestAnimationFrame);
  for (let at = 0; at < 120; at += 1) {
    scroll.scrollTop += step;
    const now = await new Promise(requestAnimationFrame);
    longest = Math.max(longest, now - before);
    before = now;
  }
  return longest;
}"""


@pytest.fixture(scope="module")
def crowd(stack: Stack) -> int:
    """Ten thousand clients more; how many there are."""
    for number in range(CLIENTS):
        stack.register(f"M-{number:05d}", f"Client {number:05d}", wait=False, documents=False)
    stack.flush()

    def there() -> bool:
        found: dict[str, Any] = stack.get("v1/desk/clients?search=m-&limit=1")
        return bool(found["total"] == CLIENTS)

    wait_until(there, "all clients are in the read model")
    return int(stack.get("v1/desk")["clients"])


def _rows(page: Page) -> int:
    return page.locator(".rows-space .row").count()


def test_the_whole_list_can_be_scrolled_and_holds_few_rows(visit: Visit, crowd: int) -> None:
    page = visit("#/list?list=all")
    table = page.get_by_role("table", name="Clients")
    expect(table).to_have_attribute("aria-rowcount", str(crowd + 1))
    table.focus()
    page.keyboard.press("End")  # the ids of the few others follow "M-"
    last = page.locator(f'.rows-space [aria-rowindex="{crowd + 1}"]')
    expect(last).to_contain_text("volna")
    page.evaluate("document.querySelector('.rows-scroll').scrollTop = 4000 * 64")
    expect(page.locator('.rows-space [aria-rowindex="4002"]')).to_contain_text("Client 04000")
    assert 10 < _rows(page) < ROWS_MAX
    page.evaluate(_LONGEST_FRAME)
    expect(last).to_contain_text("volna")  # where the scrolling ended, the rows are filled in
    assert _rows(page) < ROWS_MAX


def test_arrow_keys_and_enter_open_a_client(visit: Visit, crowd: int) -> None:
    page = visit("#/list?list=all")
    expect(page.locator('.rows-space [aria-rowindex="2"] a')).to_be_visible()
    page.get_by_role("table", name="Clients").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    focused = page.locator('.rows-space [aria-rowindex="5"] a')
    expect(focused).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Client 00003")


def test_filters_and_search_narrow_the_list(visit: Visit, crowd: int) -> None:
    page = visit("#/list?list=all")
    page.get_by_label("Risk group").select_option("3")
    expect(page.locator(".rows-space .row", has_text="Volna, Tver")).to_be_visible()
    expect(page.locator(".rows-space .row", has_text="Client 0")).to_have_count(0)
    page.goto(page.url.split("#")[0] + "#/list?list=all&search=client+0999")
    expect(page.get_by_role("table", name="Clients")).to_have_attribute("aria-rowcount", "11")  # ten and the heading
