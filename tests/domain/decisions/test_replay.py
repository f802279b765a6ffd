"""The same records give the same bytes: on another machine, through a restart, in another order of facts."""

import os
import random
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, Record
from tests.domain.decisions.histories import JUDGED, MALLS, Step, histories, send, sign, tell
from tests.domain.decisions.signing import KEYS

SCRIPT = """
import hashlib
from tests.domain.decisions.test_replay import busy_company
company = busy_company()
digest = hashlib.sha256()
for item in company.published:
    digest.update(repr(item.output).encode())
for name, client in company.clients.items():
    digest.update(company.fold.encode(client))
digest.update(company.fold.shared_encode(company.shared))
print(digest.hexdigest(), len(company.published))
"""


def busy_company() -> Company:
    """Some clients with everything that can happen to them."""
    company = Company()
    for number in range(4):
        name = f"c{number}"
        for item in range(6):
            company.dispatch(
                f"O{item}",
                f"{20 + item}.00",
                f"2026-03-{2 + item * 3:02d}",
                "2026-02-19",
                client=name,
                arrives="2026-02-20",
            )
        company.sell(f"S{number}", "120.00", "2026-02-21")
    company.complete("2026-03-02", "2026-03-03")
    company.activate(2, "2026-03-15", overdue_tolerance="1.00")
    for number in range(4):
        company.pay("P1", "90.50", "2026-03-16", client=f"c{number}", obligations=["O3", "O1", "O9"])
        company.pay("P2", f"{number}0.00", "2026-03-17", client=f"c{number}")
    company.send_bytes("payments", b"{", "2026-03-18")
    company.wait("2027-06-01")
    return company


def test_the_hash_seed_changes_nothing() -> None:
    root = Path(__file__).parents[3]
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(digests) == 1


def test_compacted_topics_are_published_again_byte_for_byte() -> None:
    company = busy_company()
    company.restart()
    for name, client in company.clients.items():
        last = {item.topic: item.output for item in company.published if item.output.key == name.encode()}
        assert company.fold.republish(client) == [last["client-status"], last["shipment-blocks"]]
    fresh = Company()
    fresh.pay("P1", "1.00", "2026-03-05")
    assert [item.topic for item in fresh.fold.republish(fresh.clients["c1"])] == ["client-status"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_a_restart_after_every_record_changes_nothing(history: list[Step]) -> None:
    policy = Policy.from_document({"version": 1, "keys": KEYS})
    steady, restarted = Company(policy), Company(policy)
    tell(steady, history)
    sign(restarted)
    for number, step in enumerate(history):
        restarted.restart()
        send(restarted, f"{number}", step)
    for company in (steady, restarted):
        company.wait("2027-06-01")
    assert [item.output for item in restarted.published] == [item.output for item in steady.published]


STATUS_FACTS = (
    "blocked",
    "categories",
    "violations",
    "overdue_days_longest",
    "overdue_days_current",
    "overdue_since",
    "outstanding",
    "unapplied",
    "exposure",
    "open_obligations",
    "documents",
    "next_change",
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_facts_in_any_order_come_to_the_same_status(history: list[Step]) -> None:
    """What is accepted, arriving all on one day in any order, makes the same status."""
    policy = Policy.from_document({"version": 1, "large_malls": MALLS})
    recorded = Company(policy)
    tell(recorded, [step for step in history if step.kind not in ("limit", "complete", "decide", *JUDGED)])
    accepted = [record for record, why in recorded.records if why is None and record.key is not None]
    late = [record._replace(timestamp=recorded.at, offset=number) for number, record in enumerate(accepted)]
    statuses = []
    for seed in range(3):
        shuffled: list[Record] = list(late)
        random.Random(seed).shuffle(shuffled)
        company = Company(policy)
        for record in shuffled:
            company.take(record)
        if not company.clients:
            return
        company.wait_until(recorded.at + 200 * 86_400_000)
        status = company.current()
        statuses.append([status[name] for name in STATUS_FACTS])
    assert statuses[0] == statuses[1] == statuses[2]
