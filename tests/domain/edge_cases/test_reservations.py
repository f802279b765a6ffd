"""An approval holds its amount until the goods leave, or it is cancelled, expires, or the client is blocked."""

from tests.domain.decisions.asking import ask, asking_company, cancel, leave
from tests.domain.decisions.driver import kinds
from tests.domain.decisions.signing import grant, judge, set_limit


def test_the_status_lists_what_is_reserved_and_foretells_nothing_of_it() -> None:
    company = asking_company("500.00")
    ask(company, "S2", "20.00", "2026-02-03")
    ask(company, "S1", "100.00", "2026-02-03T12:00:00+03:00")
    status = company.status()
    assert (status["outstanding"], status["exposure"], status["reserved"]) == ("0.00", "120.00", "120.00")
    assert status["reservations"] == [
        {"shipment_id": "S2", "amount": "20.00", "reserved_until": "2026-02-06T09:00:00+03:00"},
        {"shipment_id": "S1", "amount": "100.00", "reserved_until": "2026-02-06T12:00:00+03:00"},
    ]
    assert status["reservations_count"] == 2


def test_a_dispatch_consumes_its_reservation_whole() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    published = leave(company, "S1", "70.00", "2026-02-03T12:00:00+03:00")
    assert kinds(published) == ["client.status"]
    assert (company.status()["outstanding"], company.status()["reserved"]) == ("70.00", "0.00")
    assert company.wait("2026-02-07") == []  # nothing is left to expire


def test_it_expires_after_72_hours_by_time_alone() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03T10:15:00+03:00")
    assert company.wait("2026-02-06T10:14:59.999+03:00") == []
    expired, status = company.wait("2026-02-06T10:15:00+03:00")
    assert expired["type"] == "shipment.approval_expired"
    assert (expired["shipment_id"], expired["amount_released"], expired["reasons"]) == ("S1", "100.00", [])
    assert expired["cause"] == {"kind": "deadline", "at": "2026-02-06T10:15:00+03:00"}
    assert status["reserved"] == "0.00"
    assert expired["explanation"]["en"] == (
        "The approval of shipment S1 expired unused; 100.00 USD are free again. Ask again before it leaves."
    )


def test_the_policy_says_how_long() -> None:
    company = asking_company(requests={"reservation_hours": 2, "required": True})
    ask(company, "S1", "100.00", "2026-02-03T10:00:00+03:00")
    assert kinds(company.wait("2026-02-03T12:00:00+03:00")) == ["shipment.approval_expired", "client.status"]


def test_all_open_approvals_are_withdrawn_when_the_client_becomes_blocked() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    ask(company, "S2", "50.00", "2026-02-03")
    published = judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
    assert kinds(published) == [
        "shipment.blocked", "shipment.approval_withdrawn", "shipment.approval_withdrawn", "client.status"
    ]  # fmt: skip
    withdrawn = published[1].body
    assert (withdrawn["shipment_id"], withdrawn["amount_released"]) == ("S1", "100.00")
    assert [reason["reason"] for reason in withdrawn["reasons"]] == ["conduct"]
    assert withdrawn["reasons"][0]["lifted_by"] == [{"kind": "person", "role": "director"}]
    assert withdrawn["explanation"]["en"].startswith("Do not ship S1 after all: its approval is withdrawn.")
    assert published[2]["shipment_id"] == "S2"
    assert (company.status()["reserved"], company.status()["blocked"]) == ("0.00", True)


def test_by_time_alone_too() -> None:
    company = asking_company()
    company.dispatch("O1", "100.00", "2026-02-01", "2026-02-01T12:00:00+03:00")
    ask(company, "S1", "10.00", "2026-02-08")
    published = company.wait("2026-02-09T00:00:00+03:00")  # the 8th overdue day begins: group 3
    assert kinds(published) == [
        "category.changed", "shipment.blocked", "shipment.approval_withdrawn", "client.status"
    ]  # fmt: skip


def test_an_approval_under_an_override_stays() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(
        company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", "conduct", key="k2", shipment_id="S1"
    )
    ask(company, "S1", "10.00", "2026-02-04")
    published = judge(company, "conduct.recorded", "C1", "2026-02-05", kind="ethics", evidence="letter 7")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert company.status()["reserved"] == "10.00"


def test_it_ends_with_the_override_it_relies_on() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", shipment_id="S1")
    ask(company, "S1", "10.00", "2026-02-04")
    published = judge(company, "override.revoked", "VX", "2026-02-05", override_id="V1")
    assert kinds(published) == ["shipment.approval_withdrawn", "client.status"]  # the block was not lifted by it
    assert company.status()["reserved"] == "0.00"


def test_a_lower_limit_that_only_the_reservations_exceed_blocks_withdraws_and_releases() -> None:
    """Exposure 180 of reservations 100 and a debt of 80, under a limit that falls to 150: withdrawn, 80 are within."""
    company = asking_company("200.00")
    company.dispatch("O1", "80.00", "2026-03-20", "2026-02-02")
    ask(company, "S1", "100.00", "2026-02-03")
    published = set_limit(company, "L2", "150.00", "2026-02-04", valid_from="2026-02-04")
    assert kinds(published) == [
        "shipment.blocked", "shipment.approval_withdrawn", "shipment.released", "client.status"
    ]  # fmt: skip
    assert (company.status()["blocked"], company.status()["exposure"]) == (False, "80.00")


def test_after_a_gap_the_outputs_are_those_of_a_company_that_looks_daily() -> None:
    def story(daily: bool) -> list[tuple[str, int, str]]:
        company = asking_company("500.00")
        ask(company, "S1", "100.00", "2026-02-03")
        ask(company, "S2", "50.00", "2026-02-03T15:00:00+03:00")
        for day in range(4, 9) if daily else ():
            company.wait(f"2026-02-0{day}T12:00:00+03:00")
        cancel(company, "S2", "2026-02-09")
        ask(company, "S3", "10.00", "2026-02-10")
        return [(item["type"], item["sequence"], item["effective_at"]) for item in company.published]

    assert story(daily=True) == story(daily=False)


def test_everything_of_it_survives_a_restart() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    ask(company, "S9", "600.00", "2026-02-03")
    company.restart()
    (again,) = ask(company, "S9", "600.00", "2026-02-03", arrives="2026-02-04")
    assert (again["type"], again["repeated"]) == ("shipment.refused", True)
    assert kinds(company.wait("2026-02-06")) == ["shipment.approval_expired", "client.status"]
