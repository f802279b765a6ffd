"""The highest revision holds; repeats change nothing; an equal revision with another body is a conflict."""

from tests.domain.decisions.driver import Company, kinds


def test_revision_2_before_revision_1() -> None:
    company = Company()
    company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01", revision=2)
    assert company.dispatch("O1", "100.00", "2026-03-20", "2026-03-01") == []
    assert company.status()["outstanding"] == "80.00"


def test_a_repeat_publishes_nothing() -> None:
    company = Company()
    company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01")
    assert company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01", arrives="2026-03-02") == []


def test_the_same_revision_with_another_body_is_a_dead_letter_and_flags_the_client() -> None:
    company = Company()
    company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01")
    published = company.dispatch("O1", "90.00", "2026-03-20", "2026-03-01", arrives="2026-03-02")
    assert kinds(published) == ["client.status", "dead-letter:conflicting_revision"]
    status = published[0].body
    assert status["flags"] == ["conflict", "incomplete", "unregistered"]
    assert status["outstanding"] == "80.00"


def test_a_dispatch_withdrawn_after_it_was_paid_gives_its_money_back() -> None:
    company = Company()
    company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01")
    company.pay("P1", "80.00", "2026-03-05")
    company.send("shipment.dispatched", "D-O1", "2026-03-06", shipment_id="S-O1", revision=2, voided=True)
    status = company.status()
    assert (status["outstanding"], status["unapplied"]) == ("0.00", "80.00")


def test_a_payment_withdrawn_reopens_what_it_paid() -> None:
    company = Company()
    company.dispatch("O1", "80.00", "2026-03-20", "2026-03-01")
    company.pay("P1", "80.00", "2026-03-05")
    company.send("payment.received", "P1", "2026-03-06", revision=2, voided=True)
    assert company.status()["outstanding"] == "80.00"


def test_a_registration_withdrawn_leaves_the_client_unregistered() -> None:
    company = Company()
    company.send("client.registered", "K1", "2026-03-05", name="Lavka", wholesaler=False, registered_on="2026-03-01")
    company.send("client.registered", "K1", "2026-03-06", revision=2, voided=True)
    assert company.status()["flags"] == ["unregistered"]


def test_a_client_is_unregistered_until_its_registration_comes() -> None:
    company = Company()
    company.pay("P1", "1.00", "2026-03-05")
    assert company.status()["flags"] == ["unregistered"]
    company.send("client.registered", "K1", "2026-03-05", name="Lavka", wholesaler=False, registered_on="2026-03-05")
    assert company.status()["flags"] == []
