"""What people say on the page counts: a payment, an override; and what a role may not say is not offered."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]


def _late_client(stack: Stack, client_id: str) -> None:
    stack.register(client_id, f"{client_id.title()}, Perm")
    stack.ship(client_id, f"{client_id}-1", "120.00", days_ago=14)


def test_a_clerk_enters_a_payment_and_the_light_turns_green(visit: Visit, stack: Stack) -> None:
    _late_client(stack, "payer")
    page = visit("#/client/payer", role="accountant")
    expect(page.locator(".state")).to_contain_text("Blocked")
    page.get_by_label("For", exact=True).select_option("payer-1/1")
    expect(page.get_by_label("Amount, USD")).to_have_value("120.00")
    page.get_by_role("button", name="Enter the payment").click()
    expect(page.get_by_role("status").filter(has_text="Entered")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("May be shipped to")
    expect(page.locator(".history-list li").filter(has_text="released")).to_contain_text("Shipping is allowed again")
    expect(page.locator(".timeline-picture .paid-mark")).to_have_count(1)


def test_a_clerk_corrects_what_was_entered_wrongly_and_withdraws_what_never_came(visit: Visit, stack: Stack) -> None:
    _late_client(stack, "erring")
    page = visit("#/client/erring", role="accountant")
    state, payment = page.locator(".state"), page.locator("section.payment")
    expect(state).to_contain_text("Blocked")
    payment.get_by_label("For", exact=True).select_option("erring-1/1")
    payment.get_by_label("Amount, USD").fill("12,00")  # a finger slipped: 120.00 came
    payment.get_by_role("button", name="Enter the payment").click()
    entered = payment.locator(".corrections li", has_text="12.00 USD, erring-1/1")
    entered.locator("summary").click()
    expect(entered.get_by_label("For", exact=True)).to_have_value("erring-1/1")
    entered.get_by_label("Amount, USD").fill("120.00")
    entered.get_by_role("button", name="Correct the payment").click()
    expect(state).to_contain_text("May be shipped to")  # once, not beside the first: nothing is unapplied
    expect(page.locator("dl.figures > div", has_text="Unapplied")).to_contain_text("0.00 USD")
    corrected = payment.locator(".corrections li", has_text="120.00 USD")
    expect(payment.locator(".corrections li")).to_have_count(1)
    corrected.locator("summary").click()
    corrected.get_by_role("button", name="Withdraw it").click()
    expect(corrected).to_contain_text("Press again")
    expect(state).to_contain_text("May be shipped to")
    corrected.get_by_role("button", name="Withdraw it now").click()
    expect(state).to_contain_text("Blocked")
    expect(payment.locator(".corrections li")).to_have_count(0)
    expect(payment.locator(".corrections").get_by_role("status")).to_contain_text("Withdrawn")
    stack.pay("erring", "120.00")  # the stop list is short again for the tests that come after


def test_what_another_system_sent_is_not_corrected_here(visit: Visit, stack: Stack) -> None:
    _late_client(stack, "imported")
    stack.pay("imported", "20.00")
    page = visit("#/client/imported", role="accountant")
    expect(page.locator(".timeline-picture path.payment")).to_have_count(1)
    expect(page.locator(".corrections li")).to_have_count(0)
    stack.pay("imported", "100.00")


def test_a_manager_grants_an_override_and_revokes_it(visit: Visit, stack: Stack) -> None:
    _late_client(stack, "promised")
    page = visit("#/client/promised", role="manager")
    expect(page.locator(".state")).to_contain_text("Blocked")
    page.get_by_text("Let a client through all the same").click()
    expect(page.get_by_role("checkbox", name="first deal not paid").first).to_be_checked()  # what is active is proposed
    page.get_by_label("Why").fill("paid by Friday, see letter")
    page.get_by_role("button", name="Grant the override").click()
    expect(page.locator(".state")).to_contain_text("a person has lifted the block")
    expect(page.locator(".overrides li").first).to_contain_text("by manager")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".state")).to_contain_text("Blocked: do not ship")


def test_who_overrides_what_is_said_once(visit: Visit, stack: Stack) -> None:
    """Two reasons, one of them overridden: while the other blocks, it says only that it blocks nothing."""
    stack.register("twice", "Twice, Perm")
    stack.ship("twice", "twice-1", "120.00", days_ago=25)  # unpaid first deal, and fifteen days late: risk group 3
    page = visit("#/client/twice", role="manager")
    expect(page.locator(".lifts .conditions > li")).to_have_count(2)
    page.get_by_text("Let a client through all the same").click()
    page.get_by_role("checkbox", name="risk group").uncheck()
    page.get_by_label("Why").fill("paid by Friday")
    page.get_by_role("button", name="Grant the override").click()
    expect(page.locator(".lifts li[data-covered]")).to_have_count(1)
    expect(page.locator(".overrides li").first).to_contain_text("by manager")
    assert "of manager" not in page.locator(".lifts").inner_text()
    assert page.locator(".lifts").inner_text().count("Overridden by a person") == 1
    stack.pay("twice", "120.00")


def test_an_override_without_a_reason_to_lift_says_what_is_missing(visit: Visit) -> None:
    page = visit("#/client/skrepka", role="manager")
    page.get_by_text("Let a client through all the same").click()
    page.get_by_role("button", name="Grant the override").click()
    expect(page.get_by_role("status").filter(has_text="Choose at least one reason")).to_be_visible()
    expect(page.get_by_role("checkbox", name="conduct")).to_be_disabled()  # a director's matter


def test_an_override_without_a_why_is_told_once_and_in_the_readers_language(visit: Visit) -> None:
    page = visit("#/client/volna", role="manager", locale="ru-RU")
    page.get_by_text("Разрешить, несмотря на запрет").click()
    page.get_by_role("button", name="Разрешить", exact=True).click()
    answer = page.locator(".overrides").get_by_role("status")
    expect(answer).to_have_text("Напишите, почему: это сохранится и будет видно.")


def test_a_payment_form_opened_by_its_address_has_todays_date_and_says_what_is_missing(visit: Visit) -> None:
    page = visit("#/client/skrepka", role="accountant")
    page.route("**/v1/summary", lambda route: route.abort())  # nothing but the client itself tells the day
    page.reload()
    expect(page.get_by_label("Value date")).not_to_have_value("")
    page.get_by_role("button", name="Enter the payment").click()
    expect(page.locator("section.payment > .panel-body > form").get_by_role("status")).to_have_text(
        "Write the amount as a number with at most two places, like 180.00."
    )


def test_a_viewer_is_offered_no_form(visit: Visit) -> None:
    page = visit("#/client/volna", role="viewer")
    expect(page.locator(".overrides")).to_contain_text("may not grant overrides")
    expect(page.get_by_role("button", name="Enter the payment")).to_have_count(0)


def test_the_server_refuses_what_the_page_would_not_offer(stack: Stack) -> None:
    said = {"client_id": "volna", "amount": "180.00", "currency": "USD"}
    as_viewer = {"Authorization": f"Bearer {stack.tokens['viewer']}", "Idempotency-Key": "refused"}
    with httpx.Client(base_url=stack.address, timeout=30) as client:
        assert client.post("v1/payments", json=said, headers=as_viewer).status_code == 403
        withdrawn = {"client_id": "volna", "id": "payment-1", "revision": 2, "voided": True}
        assert client.post("v1/payments", json=withdrawn, headers=as_viewer).status_code == 403
        called = (
            "v1/desk",
            "v1/desk/clients",
            "v1/desk/find?code=volna",
            "v1/desk/happened",
            "v1/desk/clients/volna/timeline",
        )
        for path in called:
            assert client.get(path).status_code == 401
            assert client.get(path, headers=as_viewer).status_code == 200
