"""Without both documents nobody ships: on the client once one has ended or anything was dispatched."""

from typing import Any

from tests.domain.decisions.driver import Company, kinds

AGREEMENT, CONTRACT = "cooperation_agreement", "supply_contract"


def reasons(company: Company) -> list[str]:
    return [item["reason"] for item in company.status()["conditions"]]


def block(company: Company) -> dict[str, Any]:
    return [item for item in company.published if item.topic == "shipment-blocks"][-1].body


def test_a_dispatch_without_documents_blocks_until_both_are_signed() -> None:
    company = Company(signs=False)
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-05")
    assert block(company)["opened"] == ["documents_missing"]
    (condition,) = block(company)["conditions"]
    assert condition["because"] == [{"rule": "documents_missing", "threshold": "2", "observed": "0", "facts": ["S-O1"]}]
    assert condition["lifted_by"] == [
        {"kind": "document", "documents": [AGREEMENT, CONTRACT]},
        {"kind": "person", "role": "director"},
    ]
    assert block(company)["explanation"] == {
        "en": "Do not ship. Not in force: cooperation agreement, supply contract. "
        "It ends when signed: cooperation agreement, supply contract.",
        "ru": "Отгрузки запрещены. Не действует: соглашение о сотрудничестве, договор поставки. "
        "Снимется, когда подписано: соглашение о сотрудничестве, договор поставки.",
    }
    company.sign(AGREEMENT, "2026-03-06")
    assert reasons(company) == ["documents_missing"]
    released = company.sign(CONTRACT, "2026-03-07")
    assert kinds(released) == ["category.changed", "shipment.released", "client.status"]
    assert released[1]["because"] == [
        {
            "rule": "documents_missing",
            "threshold": "2",
            "observed": "2",
            "facts": [f"{AGREEMENT}-2026-03-06", f"{CONTRACT}-2026-03-07"],
        }
    ]
    assert "both documents are in force" in released[1]["explanation"]["en"]


def test_a_client_that_never_shipped_is_not_blocked_before_its_documents() -> None:
    company = Company(signs=False)
    company.sign(AGREEMENT, "2026-03-05")
    assert company.status()["blocked"] is False


def test_a_dispatch_withdrawn_takes_the_ground_of_the_block_away() -> None:
    company = Company(signs=False)
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-05")
    published = company.send("shipment.dispatched", "D-O1", "2026-03-06", shipment_id="S-O1", voided=True, revision=2)
    assert kinds(published) == ["shipment.released", "client.status"]
    assert "nothing was dispatched" in published[0]["explanation"]["en"]


def test_a_document_that_ends_blocks_by_time_alone_on_its_end_date_and_the_status_foretold_it() -> None:
    company = Company()
    company.end(CONTRACT, "2026-04-01", arrives="2026-03-05")
    assert company.status()["next_change"] == {
        "at": "2026-04-01T00:00:00+03:00",
        "changes": [{"condition": "documents_missing", "change": "opens"}],
    }
    assert company.wait("2026-03-31T23:59:59+03:00") == []
    published = company.wait("2026-04-01T00:00:00+03:00")
    assert kinds(published) == ["shipment.blocked", "client.status"]  # nothing was ever dispatched: it has ended
    (condition,) = published[0]["conditions"]
    assert condition["because"] == [
        {"rule": "documents_missing", "threshold": "2", "observed": "1", "facts": [f"{CONTRACT}-ends-2026-04-01"]}
    ]
    assert condition["lifted_by"][0] == {"kind": "document", "documents": [CONTRACT]}
    assert company.status()["categories"]["lifecycle"] == "new"


def test_a_document_signed_ahead_ends_the_block_on_its_date() -> None:
    company = Company()
    company.end(CONTRACT, "2026-03-10", arrives="2026-03-10")
    company.sign(CONTRACT, "2026-03-16", arrives="2026-03-11", number="2")
    assert company.status()["blocked"] is True
    (condition,) = block(company)["conditions"]
    assert condition["since"] == "2026-03-10T09:00:00+03:00"
    published = company.wait("2026-03-16T00:00:00+03:00")
    assert kinds(published) == ["shipment.released", "client.status"]


def test_a_copy_is_shown_and_does_not_count() -> None:
    company = Company(signs=False)
    company.sign(AGREEMENT, "2026-03-01", arrives="2026-03-05")
    company.sign(CONTRACT, "2026-03-02", arrives="2026-03-05", form="copy", number="2")
    assert company.status()["documents"] == [
        {"document": AGREEMENT, "number": "1", "form": "original", "on": "2026-03-01", "in_force": True},
        {"document": CONTRACT, "number": "2", "form": "copy", "on": "2026-03-02", "in_force": False},
    ]
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-05")
    assert reasons(company) == ["documents_missing"]
    published = company.activate(2, "2026-03-06", documents={"copies_count": True})
    published = company.wait("2026-03-06")
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert company.status()["documents"][1]["in_force"] is True


def test_opening_balances_with_both_documents_block_nobody_and_without_them_do() -> None:
    company = Company()
    company.trade("2026-03-01")
    company.trade("2026-03-01", client="c2", documents=[{"document": AGREEMENT, "number": "1"}])
    company.trade("2026-03-01", client="c3", documents=[], lifecycle="new")
    assert company.status("c1")["blocked"] is False
    assert company.status("c2")["conditions"][0]["reason"] == "documents_missing"
    assert company.status("c3")["blocked"] is False, "nothing was dispatched"


def test_a_document_of_before_the_opening_is_refused_as_included() -> None:
    company = Company()
    company.trade("2026-03-01")
    published = company.sign(AGREEMENT, "2026-02-27", arrives="2026-03-05")
    assert kinds(published)[-1] == "dead-letter:before_opening"
