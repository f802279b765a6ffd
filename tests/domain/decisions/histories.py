"""Random but possible histories of one client, as steps a company can be told."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.domain.decisions.driver import DOCUMENTS, Company
from tests.domain.decisions.signing import grant, judge, set_limit

START = date(2026, 1, 12)
JUDGED = ["grant", "grant", "revoke", "breach", "clear"]
DEAL = ["goods", "goods", "report", "report", "decide", "give_all"]


MALLS = [{"mall": "M0", "territory": "T0"}, {"mall": "M1", "territory": "T1"}, {"mall": "M2", "territory": "T0"}]
OF_MONEY = ("dispatch", "dispatch", "pay", "pay", "name", "reverse", "give_back", "sell", "limit", "complete")
ABOUT_CLIENT = ("sign", "end", "open_outlet", "close_outlet", "register", "close_client")
REQUESTS = ["ask", "ask", "cancel"]
AROUND_REQUESTS = ("repeat", "unask", "ship", "ship", "unship", "write_off", "lift")
"""What only histories of requests bring: repeats, withdrawals, what was asked for leaving, overrides of requests."""
KINDS = [*OF_MONEY, *ABOUT_CLIENT, *JUDGED, *DEAL, *REQUESTS]


class Step(NamedTuple):
    """One record: what, when it arrives (days and hours after the start), and its numbers."""

    kind: str
    day: int
    hour: int
    cents: int
    which: int
    late: int


steps = st.builds(
    Step,
    kind=st.sampled_from(KINDS),
    day=st.integers(0, 60),
    hour=st.integers(0, 23),
    cents=st.integers(1, 30_000),
    which=st.integers(0, 5),
    late=st.integers(0, 3),
)
histories = st.lists(steps, min_size=2, max_size=14).map(lambda items: sorted(items, key=lambda item: item[1:3]))


request_steps = st.builds(
    Step,
    kind=st.sampled_from(["ask"] * 6 + ["goods", "goods", "cancel", "limit", *AROUND_REQUESTS, *KINDS]),
    day=st.integers(0, 14),
    hour=st.integers(0, 23),
    cents=st.integers(1, 15_000),
    which=st.integers(0, 5),
    late=st.integers(0, 3),
)
request_histories = st.lists(request_steps, min_size=2, max_size=16).map(
    lambda items: sorted(items, key=lambda item: item[1:3])
)


def tell(company: Company, history: list[Step]) -> None:
    """Send the history; what names something that is not there waits or is kept, as the rules say."""
    sign(company)
    for number, step in enumerate(history):
        send(company, f"{number}", step)


def sign(company: Company) -> None:
    """Both documents, before anything else."""
    for document in DOCUMENTS:
        company.sign(document, "2020-01-01", arrives=str(START - timedelta(days=1)))


def money(cents: int) -> str:
    """A decimal string."""
    return f"{cents // 100}.{cents % 100:02d}"


def _line(sku: str, units: int, cents: int) -> dict[str, Any]:
    """A line of so many units at a tenth of so many cents."""
    price = money(cents // 10)
    quantity = str(units)
    return {
        "sku": sku,
        "quantity": quantity,
        "price": price,
        "rrp": price,
        "product_category": "A",
        "fast_moving": True,
    }


def send(company: Company, number: str, step: Step) -> None:
    """One step as a record; `number` makes its id and revision."""
    arrives_on = START + timedelta(days=step.day)
    arrives = f"{arrives_on}T{step.hour:02d}:30:00+03:00"
    dated = str(arrives_on - timedelta(days=step.late))
    amount = money(step.cents)
    if step.kind == "dispatch":
        due = str(arrives_on + timedelta(days=step.which * 3 - 2))
        company.dispatch(f"O{step.which}", amount, due, dated, arrives=arrives, revision=int(number) + 1)
    elif step.kind == "goods":
        due = str(arrives_on + timedelta(days=step.which * 3 - 2))
        lines = [_line("pen", 10, step.cents), _line("book", 1, 2 * step.cents)]
        goods: dict[str, Any] = {"outlet_id": f"N{step.which % 2}", **({"deal_id": "D"} if step.late else {})}
        company.dispatch(
            f"O{step.which}", amount, due, dated, arrives=arrives, revision=int(number) + 1, lines=lines, **goods
        )
    elif step.kind in AROUND_REQUESTS:
        _around_requests(company, number, step, arrives, arrives_on)
    elif step.kind in REQUESTS:
        _ask(company, number, step, arrives)
    elif step.kind == "report":
        sold = [{"sku": "pen", "quantity": str(step.cents % 3)}, {"sku": "book", "quantity": str(step.late % 2)}]
        at = f"{dated}T08:00:00+03:00"
        company.send("sell_through.reported", f"T{number}", arrives, shipment_id=f"S-O{step.which}", at=at, lines=sold)
    elif step.kind == "give_all":
        company.give_back(f"G{number}", f"S-O{step.which}", "300.00", dated, arrives=arrives, accepted_by="boss")
    elif step.kind == "decide":
        decision = ("close", "restart", "stop")[step.which % 3]
        more: Any = {"revision": int(number) + 1, "voided": step.cents % 4 == 0}
        judge(company, "first_deal.decided", f"F{step.late}", dated, arrives=arrives, decision=decision, **more)
    elif step.kind == "pay":
        company.pay(f"P{step.which}", amount, dated, arrives=arrives, revision=int(number) + 1)
    elif step.kind == "name":
        names: Any = [f"O{step.which}", f"O{(step.which + 1) % 6}"]
        company.pay(f"P{step.which}", amount, dated, arrives=arrives, revision=int(number) + 1, obligations=names)
    elif step.kind == "reverse":
        company.reverse(f"R{number}", f"P{step.which}", dated, arrives=arrives)
    elif step.kind == "give_back":
        company.give_back(f"G{number}", f"S-O{step.which}", amount, dated, arrives=arrives)
    elif step.kind == "sell":
        company.sell(f"S{number}", amount, dated, arrives=arrives)
    elif step.kind == "limit":
        until = {} if step.late else {"valid_until": str(arrives_on + timedelta(days=20))}
        set_limit(
            company, f"L{number}", amount, arrives, valid_from=str(arrives_on + timedelta(days=step.which)), **until
        )
    elif step.kind in JUDGED:
        _judge(company, number, step, arrives)
    elif step.kind in ABOUT_CLIENT:
        _about_client(company, number, step, arrives, arrives_on)
    else:
        company.complete(dated, arrives, f"done-{number}")


def _ask(company: Company, number: str, step: Step, arrives: str) -> None:
    """A request for one of the shipments, or its end."""
    body: dict[str, Any] = {"shipment_id": f"S-O{step.which}", "at": arrives}
    if step.kind == "cancel":
        company.send("shipment.cancelled", f"A{number}", arrives, **body)
        return
    outlet = {"outlet_id": f"X{step.late}"} if step.late else {}
    more: dict[str, Any] = {"lines": [_line("pen", 10, step.cents)], "payment_term_days": 10, "deal_id": "D"}
    amount: dict[str, Any] = {"amount": money(step.cents), "currency": "USD", "revision": int(number) + 1}
    company.send("shipment.requested", f"Q{number}", arrives, **body, **amount, **more, **outlet)


def _around_requests(company: Company, number: str, step: Step, arrives: str, arrives_on: date) -> None:
    """A request told again, or withdrawn; a dispatch of it, up to a day ahead, or withdrawn; an override."""
    shipment, revision = f"S-O{step.which}", int(number) + 1
    outlet = {"outlet_id": f"X{step.late}"} if step.late else {}
    goods: dict[str, Any] = {"shipment_id": shipment, "currency": "USD", "amount": money(step.cents), "deal_id": "D"}
    if step.kind == "repeat":
        for record, why in reversed(company.records):
            if record.topic == "shipments" and why is None and f'"{shipment}"'.encode() in (record.value or b""):
                company.send_bytes("shipments", record.value, arrives)
                return
    elif step.kind == "unask":
        company.send("shipment.requested", f"Q{number}", arrives, **goods, revision=revision, voided=True)
    elif step.kind == "unship":
        company.send("shipment.dispatched", f"D{number}", arrives, **goods, revision=revision, voided=True)
    elif step.kind == "write_off":
        body = {"obligation_id": f"O{step.which}", "on": str(arrives_on), "author": "boss", "reason": "lost"}
        company.send("obligation.written_off", f"W{number}", arrives, **body)
    elif step.kind == "lift":
        until = (datetime.fromisoformat(arrives) + timedelta(minutes=1 + step.cents)).isoformat()
        what: Any = [{"amount_max": "150.00", "currency": "USD"}, {"shipment_id": shipment}, {}][step.which % 3]
        named = ["credit_limit", "first_deal_unpaid", "first_deal_limit", "documents_missing", "conduct", "risk_group"]
        grant(company, f"Y{step.which}", arrives, until, *named, key="k3", arrives=arrives, revision=revision, **what)
    else:
        at = (datetime.fromisoformat(arrives) + timedelta(hours=(step.cents % 40) - 20)).isoformat()
        lines = [_line("pen", 10, step.cents)]
        company.send(
            "shipment.dispatched", f"D{number}", arrives, **goods, **outlet, at=at, revision=revision, lines=lines,
            payment_term_days=step.late * 3,
        )  # fmt: skip


_LIFTED: Any = [["first_payment_overdue", "risk_group"], ["credit_limit"], ["risk_group", "conduct"], ["conduct"]]


def _judge(company: Company, number: str, step: Step, arrives: str) -> None:
    """A judgement, dated up to three days before it arrives or, `late` 0, some hours ahead."""
    moment = datetime.fromisoformat(arrives)
    dated = moment - timedelta(days=step.late) if step.late else moment + timedelta(hours=step.which * 4)
    at, revision = dated.isoformat(), int(number) + 1
    if step.kind == "grant":
        until = (dated + timedelta(minutes=1 + step.cents % 20_000)).isoformat()
        grant(
            company, f"V{step.which}", at, until, *_LIFTED[step.cents % 4],
            key="k2", arrives=arrives, revision=revision,
        )  # fmt: skip
    elif step.kind == "revoke":
        judge(company, "override.revoked", f"R{number}", at, override_id=f"V{step.which}", arrives=arrives)
    elif step.kind == "breach":
        breach = {"kind": "ethics", "evidence": "a letter"}
        judge(
            company,
            "conduct.recorded",
            f"B{step.which % 3}",
            at,
            key="k2",
            arrives=arrives,
            revision=revision,
            **breach,
        )
    else:
        judge(company, "conduct.cleared", f"C{number}", at, key="k2", conduct_id=f"B{step.which % 3}", arrives=arrives)


def _about_client(company: Company, number: str, step: Step, arrives: str, arrives_on: date) -> None:
    """What is said of the client itself, up to two weeks ago or from two weeks ahead on; some is withdrawn at once."""
    on = str(arrives_on + timedelta(days=(step.cents % 29) - 14))
    document = ("cooperation_agreement", "supply_contract")[step.which % 2]
    outlet: dict[str, Any] = {"outlet_id": f"X{step.which % 4}", "on": on}
    if step.kind == "sign":
        company.sign(document, on, arrives=arrives, number=f"{step.late % 2 + 1}", revision=int(number) + 1)
    elif step.kind == "end":
        company.end(document, on, arrives=arrives, revision=int(number) + 1, voided=step.late == 3)
    elif step.kind == "open_outlet":
        mall = {"mall": f"M{step.late}"} if step.late else {}
        company.send("outlet.opened", f"X{number}", arrives, **outlet, territory="T", **mall)
    elif step.kind == "close_outlet":
        company.send("outlet.closed", f"C{number}", arrives, **outlet)
    elif step.kind == "close_client":
        company.send("client.closed", f"E{step.which}", arrives, on=on, revision=int(number) + 1, voided=step.late == 3)
    else:
        activities = ["photo", "watches", "unlisted"][: step.late]
        who: dict[str, Any] = {
            "name": "Lavka",
            "wholesaler": step.which == 0,
            "activities": activities,
            "registered_on": on,
        }
        company.send("client.registered", "K", arrives, **who, revision=int(number) + 1)
