"""`stoplist explain`: the story of one client as an object and as a page, hand-made from the example's six records."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import TOPIC_OF_TYPE
from streams.cli.explain.told import SENTENCES, told
from streams.cli.main import run

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
LATE = str(ROOT / "docs/examples/late-payment.jsonl")


def explained(capfd: Capture, client: str, history: str, *arguments: str) -> dict[str, Any]:
    assert run(["explain", client, "--history", history, "--json", *arguments]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return dict(json.loads(out))


def page(capfd: Capture, client: str, history: str, *arguments: str) -> list[str]:
    assert run(["explain", client, "--history", history, *arguments]) == 0
    out, err = capfd.readouterr()
    assert (err, out[-1]) == ("", "\n")
    return out.splitlines()


def written(tmp_path: Path, *lines: dict[str, Any]) -> str:
    file = tmp_path / "history.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return str(file)


def line(topic: str, timestamp: str, kind: str, number: str, client: str = "c1", **body: Any) -> dict[str, Any]:
    value = {"type": kind, "id": number, "client_id": client, **body}
    return {"topic": topic, "timestamp": timestamp, "value": value}


def payment(timestamp: str, number: str, amount: str, on: str, client: str = "c1", **more: Any) -> dict[str, Any]:
    body = {"amount": amount, "currency": "USD", "value_date": on}
    return line("payments", timestamp, "payment.received", number, client, **body, **more)


def shipment(timestamp: str, number: str, amount: str, due: str, client: str = "c1", **more: Any) -> dict[str, Any]:
    instalment = {"obligation_id": f"{number}/1", "due_date": due, "amount": amount}
    body = {"shipment_id": number, "at": timestamp, "currency": "USD", "amount": amount, "instalments": [instalment]}
    return line("shipments", timestamp, "shipment.dispatched", number, client, **body, **more)


def documents(timestamp: str, on: str, client: str = "c1") -> list[dict[str, Any]]:
    """Both documents a client must have signed: without them a dispatch alone blocks it."""
    signed = []
    for kind in ("cooperation_agreement", "supply_contract"):
        one = line("clients", timestamp, "document.signed", kind, client, document=kind, on=on, form="original")
        one["value"] |= {"number": "1", "accepted_by": "head", "direction": "retail"}
        signed.append(one)
    return signed


# ------------------------------------------------------------------------- the object


def test_what_stands_at_an_instant_with_grounds_and_ways_out(capfd: Capture) -> None:
    told = explained(capfd, "romashka", LATE, "--at", "2026-03-01T09:00:00+03:00")
    assert (told["client_id"], told["name"], told["as_of"]) == ("romashka", "OOO Romashka", "2026-03-01T09:00:00+03:00")
    assert told["status"]["blocked"] is True
    assert told["status"]["overdue_days_current"] == 9  # 21 February through 1 March
    payment = {"kind": "payment", "amount": "180.00", "currency": "USD", "obligations": ["dn-1041/1"]}
    first, second = told["conditions"]
    assert (first["reason"], first["since"]) == ("first_payment_overdue", "2026-02-24T12:00:00+03:00")
    assert first["lifted_by"] == [payment, {"kind": "person", "role": "manager"}]
    assert (second["reason"], second["since"]) == ("risk_group", "2026-02-28T00:00:00+03:00")
    assert second["because"] == [
        {"rule": "risk_group", "threshold": "3", "observed": "3", "facts": ["dn-1041/1"]},
        {"rule": "risk_group.overdue_now", "threshold": "0.00", "observed": "180.00", "facts": ["dn-1041/1"]},
    ]
    assert "the longest overdue 9 days" in second["explanation"]["en"]  # as of now; 8 when it was published
    # no group is higher than 3, and while its first deal is open it is volume category C whatever it sells
    assert (told["status"]["categories"]["volume"], told["next_change"]) == ("C", None)
    assert told["turnover"] == [{"month": "2026-02", "amount": "180.00"}]


def test_how_it_came_about(capfd: Capture) -> None:
    told = explained(capfd, "romashka", LATE)
    assert [
        (entry["at"], entry["cause"]["kind"], entry["cause"].get("id"), [output["type"] for output in entry["outputs"]])
        for entry in told["timeline"]
    ] == [
        ("2026-02-02T09:00:00+03:00", "record", "romashka", ["category.changed", "client.status"]),
        ("2026-02-09T11:00:00+03:00", "record", "cooperation_agreement", ["client.status"]),
        ("2026-02-09T11:01:00+03:00", "record", "supply_contract", ["category.changed", "client.status"]),
        ("2026-02-10T14:30:00+03:00", "record", "rq-1041", ["shipment.approved", "client.status"]),
        ("2026-02-10T15:30:00+03:00", "record", "dn-1041", ["client.status"]),
        ("2026-02-10T16:00:00+03:00", "record", None, []),  # nothing published: C until the first deal closes
        ("2026-02-17T00:00:00+03:00", "deadline", None, ["client.status"]),  # day 7: nothing reported as sold on
        (
            "2026-02-24T12:00:00+03:00",
            "deadline",
            None,
            ["category.changed", "shipment.blocked", "client.status"],
        ),
        (
            "2026-02-28T00:00:00+03:00",
            "deadline",
            None,
            ["category.changed", "shipment.blocked", "client.status"],
        ),
        ("2026-03-02T09:30:00+03:00", "record", "rq-1077", ["shipment.refused"]),
        (
            "2026-03-04T10:12:00+03:00",
            "record",
            "pp-77",
            ["category.changed", "category.changed", "shipment.released", "client.status"],
        ),
        ("2026-03-04T10:30:00+03:00", "record", "rq-1077", ["shipment.approved", "client.status"]),
    ]
    moves = [(move["dimension"], move["from"], move["to"], move["effective_at"][:10]) for move in told["categories"]]
    assert moves == [
        ("activities", [], ["stationery"], "2026-02-02"),
        ("lifecycle", "potential", "new", "2026-02-09"),
        ("risk_group", 0, 2, "2026-02-24"),
        ("risk_group", 2, 3, "2026-02-28"),
        ("volume", "C", "B", "2026-03-04"),  # the first deal is paid: February's 180.00 counts
        ("lifecycle", "new", "active", "2026-03-04"),
    ]
    assert told["next_change"] == {  # March, the last closed month by then, is without turnover
        "at": "2026-04-01T00:00:00+03:00",
        "changes": [{"dimension": "volume", "from": "B", "to": "C"}],
    }
    past = [(one["reason"], one["opened_at"][:10], one["closed_at"][:10]) for one in told["conditions_past"]]
    assert past == [
        ("first_payment_overdue", "2026-02-24", "2026-03-04"),
        ("risk_group", "2026-02-28", "2026-03-04"),
    ]
    assert told["conditions"] == []
    assert told["obligations"] == [
        {
            "client_id": "romashka",
            "obligation_id": "dn-1041/1",
            "shipment_id": "dn-1041",
            "due_date": "2026-02-20",
            "amount": "180.00",
            "outstanding": "0.00",
            "overdue_days": 11,
            "episodes": [["2026-02-21", "2026-03-03"]],
        }
    ]
    assert [(fact["type"], fact["id"], fact["counts"]) for fact in told["facts"]] == [
        ("client.registered", "romashka", True),
        ("document.signed", "cooperation_agreement", True),
        ("document.signed", "supply_contract", True),
        ("shipment.requested", "rq-1041", True),
        ("shipment.dispatched", "dn-1041", True),
        ("sale.recorded", "s-1041", True),
        ("shipment.requested", "rq-1077", True),
        ("payment.received", "pp-77", True),
    ]


def test_the_least_payment_is_that_of_now_and_not_of_when_the_block_was_published(
    capfd: Capture, tmp_path: Path
) -> None:
    """Blocked at noon of 2 March for 100.00; 30.00 came since, which changed no condition and so no block."""
    history = written(
        tmp_path,
        *documents("2026-02-19T10:00:00+03:00", "2026-02-19"),
        shipment("2026-02-20T10:00:00+03:00", "S", "100.00", "2026-03-01"),
        payment("2026-03-03T09:00:00+03:00", "P", "30.00", "2026-03-03"),
    )
    (condition,) = explained(capfd, "c1", history)["conditions"]
    assert condition["since"] == "2026-03-02T12:00:00+03:00"
    assert condition["lifted_by"][0]["amount"] == "70.00"


def test_the_other_clients_of_a_history_are_in_no_story(capfd: Capture, tmp_path: Path) -> None:
    history = written(
        tmp_path,
        *documents("2026-02-19T10:00:00+03:00", "2026-02-19"),
        *documents("2026-02-19T11:00:00+03:00", "2026-02-19", client="c2"),
        shipment("2026-02-20T10:00:00+03:00", "S", "100.00", "2026-03-01"),
        shipment("2026-02-20T11:00:00+03:00", "T", "50.00", "2026-03-01", client="c2"),
        line("payments", "2026-03-02T08:00:00+03:00", "payments.completed", "D", through="2026-03-01"),
    )
    told = explained(capfd, "c2", history)
    assert {output["client_id"] for entry in told["timeline"] for output in entry["outputs"]} == {"c2"}
    happened = [(entry["cause"]["kind"], entry["at"][:10]) for entry in told["timeline"]]
    assert happened[:3] == [("record", "2026-02-19"), ("record", "2026-02-19"), ("record", "2026-02-20")]
    assert happened[3:] == [("deadline", "2026-02-27"), ("broadcast", "2026-03-02")]  # day 7: nothing reported as sold
    (condition,) = told["conditions"]
    assert condition["lifted_by"][0]["amount"] == "50.00"


def test_what_does_not_count_is_told_with_its_reason(capfd: Capture, tmp_path: Path) -> None:
    history = written(
        tmp_path,
        shipment("2026-02-20T10:00:00+03:00", "S", "100.00", "2026-03-01"),
        payment("2026-02-21T09:00:00+03:00", "P", "30.00", "2026-02-21", rate="x"),
        {"topic": "sales", "timestamp": "2026-02-21T10:00:00+03:00", "key": "c1", "value": "\x1b[31mno json"},
        shipment("2026-02-22T10:00:00+03:00", "S", "120.00", "2026-03-01", revision=2),
        shipment("2026-02-22T11:00:00+03:00", "S", "100.00", "2026-03-01"),
    )
    told = explained(capfd, "c1", history)
    assert [entry["rejected"] and entry["rejected"]["reason"] for entry in told["timeline"]] == [
        None,
        "invalid_field",
        "invalid_json",
        None,
        None,
    ]
    facts = [(fact["type"], fact["revision"], fact["counts"], fact["rejected"]) for fact in told["facts"]]
    assert facts == [
        ("shipment.dispatched", 2, True, None),
        ("payment.received", 1, False, "invalid_field"),
    ]
    shown = page(capfd, "c1", history)
    assert any("A record that is no event:  [31mno json" in line for line in shown)
    assert any("× does not count: invalid_field." in line for line in shown)
    assert shown[-1].strip() == "changes nothing"  # the older revision, once more


def test_a_return_whose_shipment_never_came_is_told_as_rejected_when_that_is_known(
    capfd: Capture, tmp_path: Path
) -> None:
    body = {"shipment_id": "never", "returned_on": "2026-02-20", "amount": "5.00", "currency": "USD"}
    history = written(
        tmp_path,
        line("shipments", "2026-02-20T10:00:00+03:00", "goods.returned", "R", **body),
        payment("2026-02-21T09:00:00+03:00", "P", "30.00", "2026-02-21"),
    )
    assert explained(capfd, "c1", history)["timeline"][0]["rejected"] is None
    told = explained(capfd, "c1", history, "--at", "2026-06-01T00:00:00+03:00")  # 90 days later and some
    assert told["timeline"][0]["rejected"]["reason"] == "partner_missing"


def test_sales_that_change_nothing_are_told_together(capfd: Capture, tmp_path: Path) -> None:
    sale = {"amount": "10.50", "currency": "USD", "direction": "retail"}
    sales = [
        line("sales", f"2026-02-0{day}T10:00:00+03:00", "sale.recorded", f"s{day}", sold_on=f"2026-02-0{day}", **sale)
        for day in range(2, 6)
    ]
    history = written(tmp_path, payment("2026-02-01T09:00:00+03:00", "P", "1.00", "2026-02-01"), *sales)
    assert page(capfd, "c1", history)[-1].split(None, 2) == [
        "2026-02-02",
        "10:00",
        "4 times sale.recorded through 2026-02-05, together 42.00 USD",
    ]


# --------------------------------------------------------------------------- the page


def test_the_page_is_plain_text_in_a_pipe(capfd: Capture) -> None:
    shown = page(capfd, "romashka", LATE, "--at", "2026-03-01T09:00:00+03:00")
    assert shown[0] == "OOO Romashka (romashka)  as of 2026-03-01 09:00  policy version 1"
    assert max(map(len, shown)) <= 100
    assert all(line == line.rstrip() and "\x1b" not in line for line in shown)
    assert "  first payment overdue  since 2026-02-24 12:00" in shown
    assert "    ends it: pay 180.00 USD for dn-1041/1; ask the manager" in shown
    assert "  2026-02-24  12:00  By time alone" in shown
    assert "              16:00  Sale s-1041 of 2026-02-10: 180.00 USD in stationery" in shown
    assert "                     debt 0.00 → 180.00 USD" in shown
    assert "  2026-04-01 00:00  volume B → C" in page(capfd, "romashka", LATE)


def test_the_page_speaks_russian(capfd: Capture) -> None:
    shown = page(capfd, "romashka", LATE, "--language", "ru")
    assert shown[0] == "OOO Romashka (romashka)  на 2026-03-04 10:30  политика, версия 1"
    assert "  Отгрузкам ничто не мешает." in shown
    assert any("Платёж pp-77: 180.00 USD, дата валютирования 2026-03-03, за dn-1041/1" in line for line in shown)
    assert any("■ РАЗРЕШЕНО  Отгрузки снова разрешены после платежа pp-77" in line for line in shown)


def test_every_event_of_the_contract_has_a_sentence_in_both_languages() -> None:
    kinds = [
        kind
        for kind in TOPIC_OF_TYPE
        if TOPIC_OF_TYPE[kind] in ("payments", "shipments", "sales", "clients", "judgements")
    ]
    assert [kind for kind in kinds if kind not in SENTENCES] == []
    for kind in SENTENCES:
        record = {"type": kind, "id": "N-1"}
        assert told(record, "en") != told(record, "ru"), kind


def test_an_event_without_a_sentence_is_told_by_its_fields() -> None:
    record = {"type": "moon.rose", "id": "m1", "client_id": "c1", "phase": "full", "height": 3, "list": [1]}
    assert told(record, "en") == "moon.rose m1: phase full, height 3"


def test_a_withdrawn_and_a_revised_fact_are_told_as_such() -> None:
    record = payment("2026-02-20T10:00:00Z", "P", "5.00", "2026-02-20", revision=3)["value"]
    assert told(record, "en") == "Payment P: 5.00 USD, value date 2026-02-20 (revision 3)"
    assert told({**record, "voided": True}, "en") == "Withdrawn: payment.received P"


# ---------------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "--history", LATE], f"nothing is known of client 'nobody' in {LATE}; look at the id"),
        (
            ["romashka", "--history", LATE, "--at", "2026-01-01T00:00:00Z"],
            f"nothing is known of client 'romashka' in {LATE} up to 2026-01-01T00:00:00Z; look at the id",
        ),
        (["romashka", "--history", LATE, "--at", "noon"], "--at is 'noon'; write milliseconds or RFC 3339"),
        (["romashka", "--history", "/nowhere.jsonl"], "/nowhere.jsonl: cannot be read"),
        (["romashka", "--bootstrap", "127.0.0.1:1"], "no Kafka broker answers at 127.0.0.1:1"),
        ([], "Missing argument 'CLIENT'"),
    ],
)
def test_wrong_use_is_one_sentence(capfd: Capture, arguments: list[str], said: str) -> None:
    assert run(["explain", *arguments]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
