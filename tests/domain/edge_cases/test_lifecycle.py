"""Potential until both documents are signed, new until the first deal closes, then active and lost in turns."""

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, Published, kinds

AGREEMENT, CONTRACT = "cooperation_agreement", "supply_contract"


def told(company: Company) -> list[tuple[str, str, str, bool]]:
    return [(item["effective_at"][:10], item["from"], item["to"], item["correction"]) for item in moves(company)]


def moves(company: Company) -> list[Published]:
    return company.moves("lifecycle")


def stage(company: Company) -> str:
    return str(company.status()["categories"]["lifecycle"])


def test_from_potential_to_lost_and_back() -> None:
    company = Company(signs=False)
    company.send("client.registered", "K", "2026-03-01", name="Lavka", registered_on="2026-03-01")
    assert stage(company) == "potential"
    company.sign(AGREEMENT, "2026-03-02")
    assert stage(company) == "potential"
    company.sign(CONTRACT, "2026-03-03")
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    assert stage(company) == "new"
    company.pay("P1", "100.00", "2026-03-10")
    company.sell("A1", "10.00", "2026-03-12")
    company.wait("2026-06-30")
    company.dispatch("O2", "100.00", "2026-07-14", "2026-07-04")
    assert told(company) == [
        ("2026-03-03", "potential", "new", False),
        ("2026-03-10", "new", "active", False),
        ("2026-06-11", "active", "lost", False),  # the 91st day after the sale of 12 March
        ("2026-07-04", "lost", "active", False),
    ]
    grounds = [item["because"][0] for item in moves(company)]
    assert [(item["rule"], item["threshold"], item["observed"], item["facts"]) for item in grounds] == [
        ("lifecycle.documents", "2", "2", [f"{AGREEMENT}-2026-03-02", f"{CONTRACT}-2026-03-03"]),
        ("lifecycle.first_deal", "closed", "closed", ["S-O1"]),
        ("lifecycle.inactive_days", "90", "91", ["A1"]),
        ("lifecycle.inactive_days", "90", "0", ["S-O2"]),
    ]
    assert [item["decided_by"] for item in moves(company)] == [
        ["documents"],
        ["first_deal"],
        ["inactive_days"],
        ["inactive_days"],
    ]
    assert moves(company)[2]["explanation"] == {
        "en": "The client is now lost, before active: no dispatch and no sale for more than 90 days.",
        "ru": "Клиент теперь потерянный, был активный: более 90 дней нет ни отгрузок, ни продаж.",
    }


def test_the_90th_day_is_still_active_and_the_status_foretells_the_91st() -> None:
    company = Company()
    company.trade("2026-03-01")
    company.dispatch("O1", "100.00", "2026-12-01", "2026-03-05")
    assert company.status()["next_change"] == {
        "at": "2026-06-04T00:00:00+03:00",
        "changes": [{"dimension": "lifecycle", "from": "active", "to": "lost"}],
    }
    assert company.wait("2026-06-03T23:59:59+03:00") == []
    assert kinds(company.wait("2026-06-04T00:00:00+03:00")) == ["category.changed", "client.status"]


def test_a_payment_makes_no_lost_client_active() -> None:
    company = Company()
    company.trade("2026-03-01")
    company.wait("2026-07-01")
    company.pay("P1", "10.00", "2026-07-02")
    assert stage(company) == "lost"
    assert kinds(company.sell("A1", "1.00", "2026-07-03")) == ["category.changed", "client.status"]
    assert stage(company) == "active"


def test_a_document_that_only_ends_moves_nothing_back() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-10")
    company.end(CONTRACT, "2026-03-11")
    assert stage(company) == "active"
    assert company.status()["conditions"][0]["reason"] == "documents_missing"


def test_a_signing_withdrawn_moves_back_as_a_correction() -> None:
    company = Company(signs=False)
    company.sign(AGREEMENT, "2026-03-02")
    company.sign(CONTRACT, "2026-03-03")
    company.send("document.signed", f"{CONTRACT}-2026-03-03", "2026-03-05", voided=True, revision=2)
    assert told(company)[-1] == ("2026-03-05", "new", "potential", True)
    assert moves(company)[-1]["because"] == [
        {"rule": "lifecycle.documents", "threshold": "2", "observed": "1", "facts": [f"{AGREEMENT}-2026-03-02"]}
    ]


def test_the_last_dispatch_withdrawn_loses_the_client_as_a_correction() -> None:
    company = Company()
    company.trade("2026-01-10")
    company.dispatch("O1", "100.00", "2026-12-01", "2026-04-05")
    company.wait("2026-05-01")
    company.send("shipment.dispatched", "D-O1", "2026-05-02", shipment_id="S-O1", voided=True, revision=2)
    assert told(company)[-1] == ("2026-05-02", "active", "lost", True)  # from 10 January


def test_the_last_sale_withdrawn_brings_the_day_of_loss_forward() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.sell("A1", "1.00", "2026-03-05")
    company.sell("A2", "1.00", "2026-03-20")
    assert company.status()["next_change"]["at"] == "2026-06-19T00:00:00+03:00"
    company.send("sale.recorded", "A2", "2026-03-21", voided=True, revision=2)
    assert company.status()["next_change"]["at"] == "2026-06-04T00:00:00+03:00"


def test_a_client_dispatched_to_without_documents_is_active_as_soon_as_they_are_signed() -> None:
    company = Company(signs=False)
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-10")
    assert stage(company) == "potential"
    company.sign(AGREEMENT, "2026-03-11")
    company.sign(CONTRACT, "2026-03-11", arrives="2026-03-11T10:00:00+03:00")
    assert told(company) == [("2026-03-11", "potential", "active", False)]


def test_opening_balances_bring_the_lifecycle() -> None:
    company = Company()
    for number, brought in enumerate(("potential", "new", "active", "lost")):
        company.trade("2026-03-01", client=f"c{number}", lifecycle=brought, documents=[])
        assert company.status(f"c{number}")["categories"]["lifecycle"] == brought
    company.sell("A1", "1.00", "2026-03-02", client="c3")
    assert company.status("c3")["categories"]["lifecycle"] == "active"


def test_a_client_that_is_closed_is_lost_from_that_day_until_it_buys_again() -> None:
    company = Company()
    company.trade("2026-03-01")
    published = company.send("client.closed", "E1", "2026-03-05", on="2026-03-10")
    assert published[-1]["next_change"] == {
        "at": "2026-03-10T00:00:00+03:00",
        "changes": [{"dimension": "lifecycle", "from": "active", "to": "lost"}],
    }
    company.wait("2026-03-10")
    assert told(company)[-1] == ("2026-03-10", "active", "lost", False)
    assert moves(company)[-1]["decided_by"] == ["client_closed"]
    company.sell("A1", "1.00", "2026-03-11")
    assert stage(company) == "active"


def test_volume_is_c_by_itself_until_the_first_deal_closes_then_computed() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.sell("A1", "600.00", "2026-03-05")
    assert company.status()["categories"]["volume"] == "C"
    published = company.pay("P1", "100.00", "2026-03-10")
    assert [(item["dimension"], item["from"], item["to"]) for item in published[:2]] == [
        ("volume", "C", "A"),
        ("lifecycle", "new", "active"),
    ]
    published = company.send("payment.received", "P1", "2026-03-11", voided=True, revision=2)
    assert [(item["dimension"], item["to"], item["decided_by"]) for item in published[:2]] == [
        ("volume", "C", ["first_deal"]),
        ("lifecycle", "new", ["first_deal"]),
    ]
    assert [item["correction"] for item in published[:2]] == [True, True]


def test_a_client_folded_away_is_still_seen_and_still_past_its_first_deal() -> None:
    """Its only dispatch and sale are older than window and correction time: lost, not new."""
    company = Company()
    company.dispatch("O1", "100.00", "2024-01-14", "2024-01-04")
    company.sell("A1", "1.00", "2024-01-05")
    company.pay("P1", "100.00", "2024-01-10")
    company.wait("2026-03-01")
    company.pay("P2", "1.00", "2026-03-02")
    facts = company.clients["c1"].facts
    assert not facts.dispatches and not facts.sales
    assert stage(company) == "lost"
    company.end(CONTRACT, "2026-03-03", number="other")
    company.end(AGREEMENT, "2026-03-03")
    assert company.status()["conditions"][0]["reason"] == "documents_missing"


def test_whatever_comes_on_the_90th_day_the_client_is_active_until_its_end() -> None:
    company = Company()
    company.trade("2026-03-01")
    company.sell("A1", "1.00", "2026-03-05")
    company.pay("P1", "1.00", "2026-06-03")
    assert stage(company) == "active"
    company.pay("P2", "1.00", "2026-06-04")
    assert stage(company) == "lost"


def test_what_was_before_the_opening_balances_makes_nobody_active() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-02-20")
    company.sell("A1", "1.00", "2026-02-21")
    company.trade("2026-03-01", lifecycle="lost")
    assert stage(company) == "lost"


def test_a_sale_withdrawn_brings_the_loss_before_what_was_foretold() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.dispatch("O1", "100.00", "2026-06-15", "2026-03-05")
    company.sell("A1", "1.00", "2026-03-20")
    assert company.status()["next_change"]["at"] == "2026-06-16T12:00:00+03:00"  # O1 is judged; lost on the 19th
    company.send("sale.recorded", "A1", "2026-03-21", voided=True, revision=2)
    assert company.status()["next_change"]["at"] == "2026-06-04T00:00:00+03:00"  # from 5 March
    company.wait("2026-06-04")
    assert stage(company) == "lost"


def test_what_is_folded_away_still_counts_when_a_later_fact_is_withdrawn() -> None:
    """The window is 365 days and corrections take 90; this policy calls nobody lost for nearly four years."""
    for kind in ("dispatch", "sale"):
        company = Company(Policy.from_document({"version": 1, "lifecycle": {"lost_after_days": 1400}}))
        company.dispatch("O1", "100.00", "2022-01-14", "2022-01-04")
        company.pay("P1", "100.00", "2022-01-10")
        if kind == "dispatch":
            company.dispatch("O2", "100.00", "2024-01-14", "2024-01-04")
            company.pay("P2", "100.00", "2024-01-10")
        else:
            company.sell("A1", "1.00", "2024-01-05")
        company.wait("2026-03-01")
        company.pay("P3", "1.00", "2026-03-02")
        facts = company.clients["c1"].facts
        assert not facts.dispatches and not facts.sales
        company.dispatch("O3", "100.00", "2026-04-14", "2026-03-04")
        company.sell("A3", "1.00", "2026-03-04")
        company.send("shipment.dispatched", "D-O3", "2026-03-05", shipment_id="S-O3", voided=True, revision=2)
        company.send("sale.recorded", "A3", "2026-03-05", voided=True, revision=2)
        assert stage(company) == "active", kind
