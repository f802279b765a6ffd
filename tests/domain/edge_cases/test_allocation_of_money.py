"""Money by effective date, as the status shows it."""

from tests.domain.decisions.driver import Company


def test_a_payment_before_its_dispatch_pays_it_from_the_first_day() -> None:
    company = Company()
    company.pay("P1", "100.00", "2026-03-05")
    assert company.status()["unapplied"] == "100.00"
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-07")
    status = company.status()
    assert (status["outstanding"], status["unapplied"], status["exposure"]) == ("0.00", "0.00", "0.00")
    assert (status["open_obligations"], status["open_obligations_count"]) == ([], 0)


def test_what_is_left_of_a_payment_pays_the_next_shipment() -> None:
    company = Company()
    company.dispatch("O1", "200.00", "2026-03-20", "2026-03-05")
    company.pay("P1", "250.00", "2026-03-06")
    assert (company.status()["outstanding"], company.status()["unapplied"]) == ("0.00", "50.00")
    company.dispatch("O2", "30.00", "2026-03-25", "2026-03-07")
    status = company.status()
    assert (status["outstanding"], status["unapplied"]) == ("0.00", "20.00")


def test_a_reversed_payment_reopens_what_it_paid_from_the_day_of_the_reversal() -> None:
    """O1 100 due 1 March, O2 100 due 10 March; P1 100 on 1 March, P2 100 on 9 March; P1 reversed on 12 March."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-01", "2026-02-19")
    company.dispatch("O2", "100.00", "2026-03-10", "2026-02-19T10:00:00+03:00")
    company.pay("P1", "100.00", "2026-03-01")
    company.pay("P2", "100.00", "2026-03-09")
    published = company.reverse("R1", "P1", "2026-03-12")
    status = published[-1].body
    assert [(item["obligation_id"], item["outstanding"]) for item in status["open_obligations"]] == [("O1", "100.00")]
    assert (status["violations"], status["overdue_days_current"], status["overdue_since"]) == (1, 1, "2026-03-12")
    assert status["correction"] is False


def test_a_reversal_after_a_release_blocks_by_its_own_record() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-12")
    company.pay("P1", "100.00", "2026-03-12T10:00:00+03:00")
    assert company.status()["blocked"] is False
    published = company.reverse("R1", "P1", "2026-03-13T11:00:00+03:00")
    blocked = next(item for item in published if item.topic == "shipment-blocks")
    assert blocked["type"] == "shipment.blocked"
    assert blocked["cause"]["id"] == "R1"
    assert blocked["effective_at"] == "2026-03-13T11:00:00+03:00"
    assert blocked["opened"] == ["risk_group"]  # the deal closed with the 12th and stays closed


def test_a_shipment_in_instalments_is_as_many_obligations() -> None:
    company = Company()
    parts = [
        {"obligation_id": "A", "due_date": "2026-03-10", "amount": "60.00"},
        {"obligation_id": "B", "due_date": "2026-03-20", "amount": "40.00"},
    ]
    company.dispatch("X", "100.00", "", "2026-03-01", instalments=parts)
    company.pay("P1", "70.00", "2026-03-02")
    (item,) = company.status()["open_obligations"]
    assert item == {
        "obligation_id": "B",
        "shipment_id": "S-X",
        "due_date": "2026-03-20",
        "amount": "40.00",
        "outstanding": "30.00",
        "judged": False,
    }


def test_money_for_an_obligation_not_there_yet_is_kept_for_it() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-01")
    company.pay("P1", "80.00", "2026-03-02", obligations=["O2"])
    assert (company.status()["outstanding"], company.status()["unapplied"]) == ("100.00", "80.00")
    company.dispatch("O2", "80.00", "2026-03-25", "2026-03-03")
    status = company.status()
    assert (status["outstanding"], status["unapplied"]) == ("100.00", "0.00")
    assert [item["obligation_id"] for item in status["open_obligations"]] == ["O1"]


def test_money_kept_in_vain_pays_any_after_90_days() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-08-20", "2026-03-01")
    company.pay("P1", "80.00", "2026-03-02", obligations=["O2"])
    company.wait("2026-03-08")  # nobody said what was sold: a warning
    assert company.wait("2026-05-30T23:59:59+03:00") == []
    published = company.wait("2026-06-01T23:59:59+03:00")
    assert [item["outstanding"] for item in published] == ["20.00"]
    assert published[0]["cause"]["kind"] == "deadline"


def test_a_foreign_payment_counts_by_its_rate() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-01")
    company.send(
        "payment.received", "P1", "2026-03-02", amount="50.00", currency="EUR", rate="1.1", value_date="2026-03-02"
    )
    assert company.status()["outstanding"] == "45.00"


def test_a_first_deal_paid_and_reopened_within_one_day_is_not_closed() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-12")
    company.pay("P1", "100.00", "2026-03-12T10:00:00+03:00")
    published = company.reverse("R1", "P1", "2026-03-12T11:00:00+03:00")
    blocked = next(item for item in published if item.topic == "shipment-blocks")
    assert blocked["opened"] == ["first_payment_overdue", "risk_group"]


def test_a_status_lists_open_obligations_up_to_the_policys_limit() -> None:
    company = Company()
    company.activate(2, "2026-02-01", limits={"obligations_listed_max": 2})
    for number in range(3):
        company.dispatch(f"O{number}", "10.00", f"2026-04-{20 - number}", "2026-03-01")
    status = company.status()
    assert [item["obligation_id"] for item in status["open_obligations"]] == ["O2", "O1"]
    assert status["open_obligations_count"] == 3
