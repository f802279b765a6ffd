"""A long list on paper: every client of it, each row whole, with the heads on every sheet."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import components
from tests.harness.waiting import wait_until
from tests.page.conftest import Visit
from tests.page.paper import text_of_pages
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
CLIENTS = 250
_ROWS_ON_A_SHEET_MAX = 40


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Of these tests alone: so many on the stop list would hide those whom others look for there."""
    with components.redis() as server, Stack(server.url, tmp_path_factory.mktemp("print")) as started:
        yield started


@pytest.fixture(scope="module")
def blocked(stack: Stack) -> list[str]:
    """Clients who paid nothing, more than are asked for at once; the names of all who are blocked."""
    for number in range(CLIENTS):
        stack.register(f"P-{number:03d}", f"Papertrail{number:03d}", wait=False)
        stack.ship(f"P-{number:03d}", f"P-{number:03d}-1", "80.00", days_ago=25)

    def all_there() -> bool:
        found: dict[str, Any] = stack.get("v1/desk/clients?list=blocked&search=papertrail&limit=1")
        return bool(found["total"] == CLIENTS)

    wait_until(all_there, "all are blocked", 120)
    return [f"Papertrail{number:03d}" for number in range(CLIENTS)]


def test_the_whole_stop_list_is_printed_with_heads_on_each_sheet(visit: Visit, blocked: list[str]) -> None:
    page = visit("#/list?list=blocked")
    page.wait_for_selector(".rows-space .row a")
    page.wait_for_selector(".live[data-state=live]")
    on_screen = page.locator(".rows-space .row").count()
    assert on_screen < CLIENTS / 2
    sheets = text_of_pages(page.pdf(format="A4", landscape=True, margin={"top": "10mm", "bottom": "10mm"}))
    assert sheets[0].startswith("Stop list"), sheets[0][:300]  # nothing of the frame
    assert len(sheets) >= CLIENTS / _ROWS_ON_A_SHEET_MAX
    together = "".join(sheets)
    assert [name for name in blocked if name not in together] == []
    assert all(together.count(name) == 1 for name in blocked)
    for sheet in sheets:
        assert sheet.count("Blocked since") == 1, sheet[:300]
    assert page.locator(".printed").inner_text() == ""  # on the screen it is as before
    assert page.locator(".rows-space .row").count() == on_screen
