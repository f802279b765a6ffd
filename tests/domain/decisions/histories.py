"""Random but possible histories of one client, as steps a company can be told."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import set_limit

START = date(2026, 1, 12)


MALLS = [{"mall": "M0", "territory": "T0"}, {"mall": "M1", "territory": "T1"}, {"mall": "M2", "territory": "T0"}]
OF_MONEY = ("dispatch", "dispatch", "pay", "pay", "name", "reverse", "give_back", "sell", "limit", "complete")
ABOUT_CLIENT = ("sign", "end", "open_outlet", "close_outlet", "register", "close_client")


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
    kind=st.sampled_from([*OF_MONEY, *ABOUT_CLIENT]),
    day=st.integers(0, 60),
    hour=st.integers(0, 23),
    cents=st.integers(1, 30_000),
    which=st.integers(0, 5),
    late=st.integers(0, 3),
)
histories = st.lists(steps, min_size=2, max_size=14).map(lambda items: sorted(items, key=lambda item: item[1:3]))


def tell(company: Company, history: list[Step]) -> None:
    """Send the history; what names something that is not there waits or is kept, as the rules say."""
    for number, step in enumerate(history):
        send(company, f"{number}", step)


def money(cents: int) -> str:
    """A decimal string."""
    return f"{cents // 100}.{cents % 100:02d}"


def send(company: Company, number: str, step: Step) -> None:
    """One step as a record; `number` makes its id and revision."""
    arrives_on = START + timedelta(days=step.day)
    arrives = f"{arrives_on}T{step.hour:02d}:30:00+03:00"
    dated = str(arrives_on - timedelta(days=step.late))
    amount = money(step.cents)
    if step.kind == "dispatch":
        due = str(arrives_on + timedelta(days=step.which * 3 - 2))
        company.dispatch(f"O{step.which}", amount, due, dated, arrives=arrives, revision=int(number) + 1)
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
    elif step.kind in ABOUT_CLIENT:
        _about_client(company, number, step, arrives, arrives_on)
    else:
        company.complete(dated, arrives, f"done-{number}")


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
