"""What happens is on the page at once; what happened while it was away is there when it is back."""

from statistics import median
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
ROUNDS = 5
SECONDS_MAX = 1.0


def test_a_block_and_a_release_are_on_the_desk_within_a_second(visit: Visit, stack: Stack) -> None:
    """From Kafka's acknowledgement of the record to the row on the screen; the median: a busy machine is no fault."""
    stack.register("lively", "Lively, Tula")
    page = visit("#/desk")
    row = page.locator(".stop-list li", has_text="Lively, Tula")
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    taken = []
    for number in range(ROUNDS):
        stack.ship("lively", f"lively-{number}", "50.00", days_ago=30 - number)
        began = monotonic()
        row.wait_for(state="visible")
        taken.append(monotonic() - began)
        stack.pay("lively", "50.00")
        row.wait_for(state="detached")
    assert median(taken) <= SECONDS_MAX, taken
    told = page.locator(".happenings li")
    expect(told.first).to_contain_text("Lively, Tula may be shipped to again")
    before = told.all_inner_texts()
    page.reload()  # what happened stays there
    expect(told).to_have_text(before)


def test_the_page_says_that_it_is_cut_off_and_takes_up_what_it_missed(visit: Visit, stack: Stack) -> None:
    stack.register("missed", "Missed, Perm")
    desk, gate = visit("#/desk"), visit("#/warehouse?code=missed")
    expect(gate.locator(".answer")).to_have_attribute("data-state", "ship")
    expect(desk.locator(".live")).to_have_attribute("data-state", "live")
    stack.server.stop()
    try:
        expect(desk.locator(".live")).to_have_attribute("data-state", "lost")
        expect(desk.locator(".warning", has_text="what you see is old")).to_be_visible()
        expect(gate.locator(".answer")).to_have_attribute("data-state", "unknown")  # nothing leaves on an old word
        age = desk.locator(".live .age")
        expect(age).not_to_have_text(age.inner_text())  # it grows while nothing comes
        stack.ship("missed", "missed-1", "70.00", days_ago=20)
    finally:
        stack.start_server()
    expect(desk.locator(".live")).to_have_attribute("data-state", "live")
    expect(desk.locator(".stop-list li", has_text="Missed, Perm")).to_be_visible()
    expect(gate.locator(".answer")).to_have_attribute("data-state", "stop")


def test_the_gate_trusts_no_server_that_is_silent(visit: Visit, stack: Stack) -> None:
    """The connection stands and nobody answers: a paused process, a lost network."""
    gate = visit("#/warehouse?code=skrepka")
    expect(gate.locator(".answer")).to_have_attribute("data-state", "ship")
    stack.server.pause()
    try:
        expect(gate.locator(".answer")).to_have_attribute("data-state", "unknown")
        expect(gate.locator(".answer")).to_contain_text("Ask the credit manager")
    finally:
        stack.server.resume()
    expect(gate.locator(".answer")).to_have_attribute("data-state", "ship")
