"""Requests told again, revised, withdrawn or out of order, and dispatches withdrawn or dated ahead."""

import json

from tests.domain.decisions.asking import FAST_A, ask, asking_company, cancel, leave
from tests.domain.decisions.driver import Company, Published, kinds
from tests.domain.decisions.signing import grant, judge


def decision(published: list[Published]) -> str:
    """The one answer among what was published."""
    (found,) = [item for item in published if item.topic == "shipment-decisions"]
    return str(found["type"]).removeprefix("shipment.")


def alerts(published: list[Published]) -> list[str]:
    return [kind.removeprefix("shipment.") for kind in kinds(published) if kind.startswith("shipment.shipped")]


# Withdrawn requests


def test_a_withdrawal_told_twice_is_not_answered() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    ask(company, "S1", "150.00", "2026-02-02T10:00:00+03:00", revision=2, voided=True)
    assert ask(company, "S1", "150.00", "2026-02-02T10:00:00+03:00", revision=2, voided=True) == []


def test_a_withdrawal_that_comes_first_wins() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02", revision=2, voided=True)
    assert ask(company, "S1", "150.00", "2026-02-02T10:00:00+03:00") == []
    assert company.status()["reserved"] == "0.00"
    assert decision(ask(company, "S1", "150.00", "2026-02-02T11:00:00+03:00", revision=3)) == "approved"


def test_goods_of_a_withdrawn_request_leave_without_an_approval() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02", revision=2, voided=True)
    (said, _) = leave(company, "S1", "150.00", "2026-02-03")
    assert (said["type"], said["approval"]) == ("shipment.shipped_without_approval", "cancelled")


# Cancelled, asked anew


def test_a_cancellation_told_twice_does_not_end_what_was_asked_anew() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    cancel(company, "S1", "2026-02-02T10:00:00+03:00")
    ask(company, "S1", "150.00", "2026-02-02T11:00:00+03:00", revision=2)
    body = {"shipment_id": "S1", "at": "2026-02-02T10:00:00+03:00"}
    assert company.send("shipment.cancelled", "X-S1", "2026-02-02T12:00:00+03:00", **body) == []
    assert company.status()["reserved"] == "150.00"
    company.send("shipment.cancelled", "X-S1-again", "2026-02-02T13:00:00+03:00", **body)
    assert company.status()["reserved"] == "0.00"


def test_a_repeat_does_not_say_that_a_withdrawn_approval_still_holds() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
    (again,) = ask(company, "S1", "100.00", "2026-02-03", arrives="2026-02-04T10:00:00+03:00")
    assert (again["type"], again["repeated"], again["amount_reserved"]) == ("shipment.approved", True, "0.00")
    assert again["explanation"] == {
        "en": "Do not ship S1: it had been approved, and its approval was withdrawn. Ask under a higher revision.",
        "ru": "Отгрузка S1 запрещена: она была разрешена, но разрешение отозвано. Запросите с новой ревизией.",
    }


# A dispatch that is withdrawn


def test_a_withdrawn_dispatch_leaves_its_approval_open_again() -> None:
    """Booked by mistake: the goods have not left, so the balance is still promised to them."""
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-03")
    assert (company.status()["outstanding"], company.status()["reserved"]) == ("0.00", "150.00")
    assert decision(ask(company, "S2", "150.00", "2026-02-03T10:00:00+03:00")) == "refused"
    assert alerts(leave(company, "S1", "150.00", "2026-02-03T12:00:00+03:00", revision=3)) == []
    assert company.status()["exposure"] == "150.00"


def test_it_expires_as_it_would_have() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-03")
    assert kinds(company.wait("2026-02-05T09:00:00+03:00")) == ["shipment.approval_expired", "client.status"]


def test_withdrawn_after_its_time_it_expires_at_once() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00")
    published = leave(
        company, "S1", "150.00", "2026-02-02T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-06"
    )
    assert kinds(published) == ["shipment.approval_expired", "client.status"]
    assert company.status()["reserved"] == "0.00"


def test_withdrawn_while_blocked_the_approval_is_withdrawn_too() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00")
    judge(company, "conduct.recorded", "C1", "2026-02-03", kind="ethics", evidence="letter 7")
    published = leave(
        company, "S1", "150.00", "2026-02-02T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-04"
    )
    assert kinds(published) == ["shipment.approval_withdrawn", "client.status"]


def test_a_withdrawn_dispatch_of_the_first_deal_leaves_its_approval_open_again() -> None:
    company = new_client()
    ask(company, "S1", "100.00", "2026-02-03", deal_id="D")
    more = {"deal_id": "D", "lines": [FAST_A]}
    leave(company, "S1", "100.00", "2026-02-03T12:00:00+03:00", **more)
    leave(company, "S1", "100.00", "2026-02-03T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-04", **more)
    assert company.status()["first_deal"]["state"] == "started"
    company.wait("2026-02-06")
    assert company.status()["first_deal"] is None


def test_asked_for_after_it_left_it_starts_the_first_deal_when_that_dispatch_is_withdrawn() -> None:
    company = new_client()
    more = {"deal_id": "D", "lines": [FAST_A]}
    leave(company, "S1", "100.00", "2026-02-03", **more)
    ask(company, "S1", "100.00", "2026-02-03T10:00:00+03:00", deal_id="D")
    leave(company, "S1", "100.00", "2026-02-03", revision=2, voided=True, arrives="2026-02-04", **more)
    assert (company.status()["first_deal"]["state"], company.status()["reserved"]) == ("started", "100.00")
    published = ask(company, "S2", "10.00", "2026-02-04T10:00:00+03:00", deal_id="D")
    assert decision(published) == "refused"  # the outlet has one already


# A dispatch dated ahead


def test_goods_dated_tomorrow_keep_their_reservation_until_they_are_owed() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    leave(company, "S1", "150.00", "2026-02-03T08:00:00+03:00", arrives="2026-02-02T18:00:00+03:00")
    assert (company.status()["outstanding"], company.status()["exposure"]) == ("0.00", "150.00")
    assert decision(ask(company, "S2", "150.00", "2026-02-02T19:00:00+03:00")) == "refused"
    company.wait("2026-02-03")
    assert (company.status()["outstanding"], company.status()["exposure"]) == ("150.00", "150.00")
    assert company.status()["blocked"] is False


# Approved after it left


def test_approved_after_the_goods_left_is_not_approved_when_they_left() -> None:
    """Asked at 9, left at 10, both known at noon: the truck went on nobody's word."""
    company = asking_company("200.00")
    at_noon = "2026-02-02T12:00:00+03:00"
    ask(company, "S1", "150.00", "2026-02-02T09:00:00+03:00", arrives=at_noon)
    assert alerts(leave(company, "S1", "150.00", "2026-02-02T10:00:00+03:00", arrives=at_noon)) == [
        "shipped_without_approval"
    ]


def test_left_under_the_approval_of_a_lower_revision() -> None:
    for amount, expected in (("100.00", []), ("100.01", ["shipped_without_approval"])):
        company = asking_company("500.00")
        ask(company, "S1", "100.00", "2026-02-02")
        ask(company, "S1", "120.00", "2026-02-03", revision=2)
        known = "2026-02-03T12:00:00+03:00"
        assert alerts(leave(company, "S1", amount, "2026-02-02T12:00:00+03:00", arrives=known)) == expected


def test_asked_for_tomorrow_and_left_today_under_the_approval() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-03T08:00:00+03:00", arrives="2026-02-02")
    assert alerts(leave(company, "S1", "150.00", "2026-02-02T18:00:00+03:00")) == []


def test_left_longer_ago_than_anybody_remembers_what_was_approved() -> None:
    """Answers and blocks are kept for 90 days: of the 91st day nothing can be said, so nothing is."""
    company = asking_company()
    ask(company, "S1", "10.00", "2026-02-02")
    company.wait("2026-06-01")
    ask(company, "S2", "10.00", "2026-06-01")  # what is older is forgotten
    assert alerts(leave(company, "S1", "10.00", "2026-02-02T12:00:00+03:00", arrives="2026-06-02")) == []


# What overrides have used


def test_an_amount_used_by_goods_that_left_is_not_given_back_when_a_later_revision_is_refused() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", amount_max="100.00", currency="USD")
    ask(company, "S1", "60.00", "2026-02-04")
    leave(company, "S1", "60.00", "2026-02-04T10:00:00+03:00")
    assert decision(ask(company, "S1", "200.00", "2026-02-04T11:00:00+03:00", revision=2)) == "refused"
    cancel(company, "S1", "2026-02-04T12:00:00+03:00")
    assert decision(ask(company, "S2", "40.01", "2026-02-04T13:00:00+03:00")) == "refused"


def test_an_amount_used_in_time_stays_used_though_the_record_comes_late() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", amount_max="100.00", currency="USD")
    ask(company, "S1", "60.00", "2026-02-04")
    company.wait("2026-02-07T09:00:00+03:00")  # expired: given back
    assert alerts(leave(company, "S1", "60.00", "2026-02-05", arrives="2026-02-07T10:00:00+03:00")) == []
    assert decision(ask(company, "S2", "40.01", "2026-02-07T11:00:00+03:00")) == "refused"


# The first deal


def new_client(*outlets: str) -> Company:
    """A company with a client of whom only the documents, and these outlets, are known."""
    company = asking_company()
    company.clients.clear()
    company.signed.clear()
    for name in outlets:
        company.send("outlet.opened", name, "2026-02-02", outlet_id=name, on="2026-02-02", territory="msk")
    return company


def test_an_approval_asked_anew_was_open_before_too() -> None:
    """The first shipment is paid on the 3rd while another is approved: the deal is open that night, for good."""
    company = new_client("N1", "N2", "N3")
    for name in ("1", "2"):
        ask(company, f"S{name}", "50.00", "2026-02-03", outlet_id=f"N{name}", deal_id="D")
    leave(company, "S1", "50.00", "2026-02-03T12:00:00+03:00", outlet_id="N1", deal_id="D", lines=[FAST_A])
    company.pay("P1", "50.00", "2026-02-03T13:00:00+03:00")
    ask(company, "S3", "50.00", "2026-02-04T08:00:00+03:00", outlet_id="N3", deal_id="D")
    leave(company, "S3", "50.00", "2026-02-04T09:00:00+03:00", outlet_id="N3", deal_id="D", lines=[FAST_A])
    ask(company, "S2", "60.00", "2026-02-04T10:00:00+03:00", outlet_id="N2", deal_id="D", revision=2)
    assert company.status()["first_deal"]["state"] == "open"
    assert company.status()["categories"]["lifecycle"] == "new"


# Limits


def test_a_client_that_asks_a_lot_is_still_answered() -> None:
    """What ended is forgotten, the longest ago first; only as many open approvals as facts are too many."""
    company = asking_company(limits={"facts_max": 10})
    for number in range(12):
        assert decision(ask(company, f"S{number}", "1.00", f"2026-02-02T{number + 8:02d}:00:00+03:00")) == "approved"
        if number > 8:
            cancel(company, f"S{number}", f"2026-02-02T{number + 8:02d}:30:00+03:00")
    ask(company, "S20", "1.00", "2026-02-02T21:00:00+03:00")
    assert kinds(ask(company, "S21", "1.00", "2026-02-02T22:00:00+03:00")) == [
        "client.status", "dead-letter:limit_exceeded"
    ]  # fmt: skip
    assert json.dumps(company.status()["reservations_count"]) == "10"


def test_many_refusals_do_not_fill_the_state_and_the_decision_is_still_repeated() -> None:
    """A worker holds a client above 1 MiB: grounds and sentences of the last answers are kept, of all the decision."""
    company = asking_company("500.00")
    company.dispatch("O1", "600.00", "2026-02-02", "2026-02-01T12:00:00+03:00")
    company.wait("2026-02-12")
    for number in range(400):
        ask(company, f"S{number}", "600.00", "2026-02-12")
    assert len(company.fold.encode(company.clients["c1"])) < 400_000
    (again,) = ask(company, "S0", "600.00", "2026-02-12", arrives="2026-02-14")
    assert (again["type"], again["repeated"]) == ("shipment.refused", True)
    assert [reason["reason"] for reason in again["reasons"]] == ["risk_group", "credit_limit"]
    assert again["explanation"]["en"] == (
        "Do not ship S0: it was refused on 12 February 2026, 09:00; the grounds are not kept any more. "
        "Ask under a higher revision."
    )
    (latest,) = ask(company, "S399", "600.00", "2026-02-12", arrives="2026-02-14")
    assert [reason["reason"] for reason in latest["reasons"]] == ["risk_group", "credit_limit"]
    assert "not kept" not in latest["explanation"]["en"]
    (between,) = ask(company, "S200", "600.00", "2026-02-12", arrives="2026-02-14")  # all but the last are forgotten
    assert "not kept" in between["explanation"]["en"]


def test_a_request_given_up_after_the_goods_left_holds_nothing_when_the_dispatch_is_withdrawn() -> None:
    for give_up in ("cancel", "withdraw"):
        company = asking_company("200.00")
        ask(company, "S1", "150.00", "2026-02-02")
        leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00")
        if give_up == "cancel":
            cancel(company, "S1", "2026-02-02T13:00:00+03:00")
        else:
            ask(company, "S1", "150.00", "2026-02-02T13:00:00+03:00", revision=2, voided=True)
        leave(company, "S1", "150.00", "2026-02-02T12:00:00+03:00", revision=2, voided=True, arrives="2026-02-03")
        assert company.status()["reserved"] == "0.00"
        assert decision(ask(company, "S2", "150.00", "2026-02-03T10:00:00+03:00")) == "approved"
