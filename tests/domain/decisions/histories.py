"""Random but possible histories of one client, as steps a company can be told."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import grant, judge, set_limit

START = date(2026, 1, 12)
JUDGED = ["grant", "grant", "revoke", "breach", "clear"]


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
    kind=st.sampled_from(
        ["dispatch", "dispatch", "pay", "pay", "name", "reverse", "give_back", "sell", "limit", "complete", *JUDGED]
    ),
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
    elif step.kind in JUDGED:
        _judge(company, number, step, arrives)
    else:
        company.complete(dated, arrives, f"done-{number}")


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
