"""What people do every day: look at the desk, find a client, see why it is blocked, ask at the gate."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.stack import Stack, today

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]


def test_the_desk_tells_who_is_blocked_why_and_what_lifts_it(visit: Visit) -> None:
    page = visit("#/desk", role="viewer")
    volna = page.locator(".stop-list li", has_text="Volna, Tver")
    expect(volna).to_contain_text("first deal not paid")
    expect(volna).to_contain_text("Pay 180.00 USD")
    expect(volna).to_contain_text("is overdue (dn-1/1)")
    expect(page.locator("[data-tile=overdue] .figure")).to_contain_text("USD")
    expect(page.locator(".groups tbody tr")).to_have_count(4)
    # 25 days ago with a term of ten: fifteen days late, which is group 3 and the bucket of 8 to 30
    expect(page.locator(".groups tbody tr").nth(3).locator("td").first).not_to_have_text("0")
    expect(page.locator("[data-bucket=days]", has_text="8–30 days").locator("td").first).not_to_have_text("0")
    expect(page.locator(".volume tbody tr")).to_have_count(3)


def test_whom_to_call_has_its_due_date_on_a_phone_too(visit: Visit) -> None:
    due = today() - timedelta(days=15)  # shipped 25 days ago with a term of ten
    said = f"Due {due.day}\u00a0{due:%b}"
    page = visit("#/desk", viewport={"width": 390, "height": 844})
    expect(page.locator(".calls li", has_text="Volna, Tver")).to_contain_text(said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_whoever_has_several_roles_walks_through_the_day_of_each(visit: Visit) -> None:
    page = visit("#/client/volna", role="all", viewport={"width": 390, "height": 844}, locale="ru-RU")
    expect(page.get_by_label("Чей это день")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Язык").select_option("en")
    page.set_viewport_size({"width": 1280, "height": 900})
    role = page.get_by_label("Whose day it is")
    expect(page.get_by_role("button", name="Enter the payment")).to_be_visible()
    role.select_option("viewer")
    expect(page.locator(".overrides")).to_contain_text("may not grant overrides")
    expect(page.get_by_role("button", name="Enter the payment")).to_have_count(0)
    role.select_option("accountant")
    expect(page.get_by_role("button", name="Enter the payment")).to_be_visible()
    expect(page.locator(".overrides")).to_contain_text("may not grant overrides")
    role.select_option("warehouse")
    expect(page.get_by_role("heading", name="May it leave?")).to_be_visible()
    role.select_option("manager")
    expect(page.locator(".tiles")).to_be_visible()
    page.reload()
    expect(role).to_have_value("manager")


def test_a_client_is_found_by_a_word_of_its_name_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("#/desk")
    page.get_by_role("combobox", name="Find a client").focus()
    page.keyboard.type("omsk")
    expect(page.get_by_role("option", name="Bereg, Omsk")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bereg, Omsk", level=1)).to_be_visible()
    expect(page.locator(".state")).to_contain_text("May be shipped to")


def test_a_clients_page_tells_its_grounds_its_way_out_and_draws_its_past(visit: Visit) -> None:
    page = visit("#/client/volna")
    expect(page.locator(".state")).to_contain_text("Blocked: do not ship")
    expect(page.locator(".lifts .ways").first).to_contain_text("A payment of 180.00 USD for dn-1/1")
    expect(page.locator("section.obligations tbody tr")).to_contain_text("15")
    picture = page.locator(".timeline-picture")
    expect(picture).to_have_attribute("role", "img")
    expect(picture.locator(".bar-overdue")).to_have_count(1)
    expect(picture.locator(".block-band")).to_have_count(1)
    page.get_by_text("The same as a table").click()
    table = page.locator(".timeline table")
    expect(table.locator("tr", has_text="Obligation dn-1/1")).to_contain_text("180.00 USD outstanding")
    expect(table.locator("tr", has_text="Blocked")).to_contain_text("until now")


def test_the_page_speaks_russian_and_keeps_the_language(visit: Visit) -> None:
    page = visit("#/client/volna")
    page.get_by_label("Language").select_option("ru")
    expect(page.locator(".state")).to_contain_text("Отгружать нельзя")
    expect(page.locator(".lifts")).to_contain_text("Оплата 180,00 USD за dn-1/1")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_role("link", name="Склад")).to_be_visible()


def test_a_warehouse_asks_by_client_and_by_shipment(visit: Visit, stack: Stack) -> None:
    stack.ask("skrepka", "dn-3", "50.00")
    page = visit("#/warehouse", role="warehouse", viewport={"width": 820, "height": 1180})
    answer = page.locator(".answer")

    def ask(code: str) -> None:
        page.get_by_label("Scan or type").fill(code)
        page.keyboard.press("Enter")  # as a scanner does

    ask("volna")
    expect(answer).to_have_attribute("data-state", "stop")
    expect(answer).to_contain_text("Do not ship")
    expect(answer).to_contain_text("A payment of 180.00 USD for dn-1/1")
    ask("bereg")
    expect(answer).to_have_attribute("data-state", "ship")
    ask("dn-3")
    expect(answer).to_have_attribute("data-state", "ship")
    expect(answer).to_contain_text("Approved: 50.00 USD")
    page.get_by_label("Amount, USD").fill("50.00.00")
    ask("bereg")
    expect(answer).to_have_attribute("data-state", "unknown")
    expect(answer).to_contain_text("Write the amount as a number")
    page.get_by_label("Amount, USD").fill("50,00")
    ask("bereg")
    expect(answer).to_contain_text("the first deal needs a request")
    page.get_by_label("Amount, USD").fill("")
    ask("nobody")
    expect(answer).to_have_attribute("data-state", "unknown")
    expect(answer).to_contain_text("ask the credit manager")


def test_a_ready_link_logs_in_once_and_leaves_no_token_in_the_address(visit: Visit, stack: Stack) -> None:
    page = visit("#/desk")
    assert "login" not in page.url
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Token").fill("stoplist_wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("does not count")
    page.get_by_label("Token").fill(stack.tokens["viewer"])
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".tiles")).to_be_visible()


def test_a_link_that_has_logged_somebody_in_says_so(visit: Visit, stack: Stack) -> None:
    page = visit("#/desk")
    for language in ("en", "ru"):
        page.context.clear_cookies()
        page.evaluate("language => localStorage.setItem('stoplist.language', language)", language)
        page.goto("about:blank")
        page.goto(f"{stack.address}#login=used")
        said = {"en": "a link may log in once only", "ru": "по ссылке можно войти один раз"}
        expect(page.get_by_role("alert")).to_contain_text(said[language])


def test_a_page_prints_without_what_cannot_be_clicked_on_paper(visit: Visit) -> None:
    page = visit("#/client/volna")
    expect(page.locator(".timeline-picture")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("header.frame")).to_be_hidden()
    expect(page.get_by_role("button", name="Enter the payment")).to_be_hidden()
    expect(page.locator(".lifts")).to_be_visible()
    assert page.pdf()[:4] == b"%PDF"
