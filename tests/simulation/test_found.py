"""What the simulation has found in the engine: each as the shortest history, or as the one step that was wrong."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.policy import Policy
from schemas.records import Output
from streams.engine import checks
from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped
from streams.engine.ownership import Taking
from streams.engine.repair import Repair
from streams.engine.settings import EngineSettings
from streams.engine.snapshot_records import HeldClient
from streams.engine.states import States
from tests.domain.decisions.driver import NEVER_ASKS, Company
from tests.engine.counting import CountingFold, CountShared, CountState
from tests.engine.world import value
from tests.simulation.counting_subject import COUNTING
from tests.simulation.making import plan_of
from tests.simulation.plan import Event, Plan
from tests.simulation.run import run
from tests.simulation.standing_in import START_MS, simulated
from tests.simulation.upgrading_subject import UPGRADING


@pytest.fixture
def simulation() -> Iterator[None]:
    with simulated():
        yield


@pytest.mark.parametrize("simulated_time", [False, True])
def test_a_deadline_fires_though_an_input_ends_with_a_transactions_marker(
    simulation: None, simulated_time: bool
) -> None:
    """A marker takes an offset and is no record: time waited for it for ever while nothing else came."""
    stamp = START_MS + 200 if simulated_time else None
    events = [
        Event(200, "send", ("in-a", b"k0", value(1, due=START_MS + 300), stamp, None)),
        Event(300, "marker", ("in-a", 0)),
        Event(400, "send", ("in-b", b"k1", value(2), None if stamp is None else stamp + 200, None)),
        Event(500, "marker", ("in-b", 0)),
    ]
    outcome = run(COUNTING, Plan(1, 1, 1, simulated_time, {"simulated_idle_ms": 50}, (0,), tuple(events)))
    assert outcome.fault is None


class _Idle:
    """A partition at work on nothing."""

    def __init__(self) -> None:
        self.stopped, self.abandoned = asyncio.Event(), 0

    def stop(self) -> None:
        self.stopped.set()

    def abandon(self) -> None:
        self.abandoned += 1


def test_a_stop_in_the_middle_of_a_rebalance_ends_in_order() -> None:
    """Both revoke the same partition; the second found it gone and raised KeyError, so the worker never ended."""

    async def revoke_twice() -> tuple[int, dict[int, Any]]:
        engine, idle = Engine(EngineSettings(), CountingFold()), _Idle()

        async def work() -> None:
            await idle.stopped.wait()
            await asyncio.sleep(0)

        engine.partitions[0] = idle  # type: ignore[assignment]
        engine._tasks[0] = asyncio.ensure_future(work())
        await asyncio.gather(engine.revoke({0}), engine.revoke({0}))
        return idle.abandoned, dict(engine.partitions)

    assert asyncio.run(revoke_twice()) == (1, {})


def test_a_process_that_was_stopped_while_it_fenced_does_not_blame_its_clock() -> None:
    """Asked 70 s ago, stamped 69 s ago, heard now: the clock is right."""
    now = time.time_ns() // 1_000_000
    checks.clock(EngineSettings(), now - 70_000, now - 69_000)
    for asked_at, stamped in ((now - 70_000, now - 101_000), (now - 70_000, now + 31_000)):
        with pytest.raises(Refusal, match="clock is"):
            checks.clock(EngineSettings(), asked_at, stamped)


def test_an_owner_whose_record_was_cut_away_meanwhile_says_that_another_took_the_partition() -> None:
    """Paused behind its fence, it woke to a journal that begins after it, and took it for lost: exit code 2."""

    class Later:
        """The journal as the next owner has cut it."""

        async def bounds(self, tps: list[TopicPartition]) -> Any:
            return dict.fromkeys(tps, 7), dict.fromkeys(tps, 9)

    taking = Taking(EngineSettings(), CountingFold(), None, 0, 1, {"payments": 5})  # type: ignore[arg-type]
    with pytest.raises(Stopped, match="another owner has taken"):
        asyncio.run(taking._read_journal(Later(), 6))  # type: ignore[arg-type]


@pytest.mark.parametrize(("last", "repaired"), [(1, True), (2, False)])
def test_the_last_status_of_a_held_client_is_repaired_as_well(last: int, repaired: bool) -> None:
    """An older one that lands late stayed the last until the rules were mended."""
    fold = CountingFold()
    states: States[CountState, CountShared] = States(fold, 5)
    state, out = fold.create(fold.shared_new(), b"k"), list[Output]()
    fold._publish(state, 1, out)
    fold._publish(state, 2, out)
    states.hold(b"k", HeldClient(fold.encode(state), [], fold.rules_version, "rules"))
    repair = Repair(EngineSettings(compacted_output_topics=("status",)), 0)
    repair.last["status"][b"k"] = last
    assert repair.compare(states, 10) == ([out[-1]] if repaired else [])


def test_an_audit_holds_a_client_on_which_the_rules_raise_as_its_owner_does(simulation: None) -> None:
    """While the chunk was in no checkpoint, what reads a partition without taking it ended with the rules' error."""
    events = [Event(200, "send", ("in-a", b"k0", value(1, **{"raise": True}), None, None))]
    plan = Plan(1, 1, 1, False, {"snapshot_interval_ms": 60_000}, (0,), tuple(events), clean_end=False)
    assert run(COUNTING, plan).fault is None


def test_what_accounting_posted_judges_the_days_before_a_new_due_date() -> None:
    """Due on Friday the 9th, rescheduled on the 11th: the 10th was overdue, and posted through the 9th it is judged at
    once; until the rules were mended it waited for Monday noon, or for the client's next record."""
    company = Company()
    company.trade("2025-12-20")
    company.dispatch("O1", "3.00", "2026-01-09", "2026-01-01")
    later = {"obligation_id": "O1", "on": "2026-01-11", "due_date": "2026-01-20", "author": "boss", "reason": "agreed"}
    company.send("obligation.rescheduled", "C1", "2026-01-11", **later)
    assert not company.moves("risk_group")
    company.complete("2026-01-09", "2026-01-11T10:00:00+03:00")
    company.wait("2026-01-11T10:00:00+03:00")
    moves = [(move["from"], move["to"], move["effective_at"]) for move in company.moves("risk_group")]
    assert moves == [(0, 1, "2026-01-11T10:00:00+03:00")]


def test_what_accounting_posted_judges_the_days_before_a_dispute() -> None:
    """Due on Friday the 9th, paid on the 10th, disputed from the 11th: the 10th was overdue, and posted through the 9th
    it is judged at once; until the rules were mended it waited for Monday noon."""
    company = Company()
    company.trade("2025-12-20")
    company.dispatch("O1", "3.00", "2026-01-09", "2026-01-01")
    company.pay("P1", "3.00", "2026-01-10")
    said = {"obligation_id": "O1", "on": "2026-01-11", "author": "boss", "reason": "damaged"}
    company.send("obligation.disputed", "C1", "2026-01-11", **said)
    assert not company.moves("risk_group")
    company.complete("2026-01-09", "2026-01-11T10:00:00+03:00")
    company.wait("2026-01-11T10:00:00+03:00")
    moves = [(move["from"], move["to"], move["effective_at"]) for move in company.moves("risk_group")]
    assert moves == [(0, 1, "2026-01-11T10:00:00+03:00")]


def test_a_shorter_run_moves_the_group_while_the_longest_is_not_judged_yet() -> None:
    """O1 was paid in time, and overdue again from the 5th, when its payment was reversed: its fourth day is the 8th. O2
    is overdue since the 3rd and judged on the 12th. As O3 is disputed every run is looked at, and until the rules were
    mended only the longest said when the group moves next."""
    holidays = [f"2026-01-{day:02d}" for day in range(1, 12)]
    company = Company(Policy.from_document({"version": 1, **NEVER_ASKS, "non_working_days": holidays}))
    company.trade("2025-12-20")
    company.dispatch("O1", "1.00", "2025-12-31", "2025-12-22")
    company.dispatch("O2", "3.00", "2026-01-02", "2025-12-22")
    company.dispatch("O3", "3.00", "2026-02-02", "2025-12-22")
    company.pay("P1", "1.00", "2025-12-31", obligations=["O1"])
    company.complete("2026-01-01", "2026-01-02")
    said = {"obligation_id": "O3", "on": "2026-01-03", "author": "boss", "reason": "damaged"}
    company.send("obligation.disputed", "C1", "2026-01-03", **said)
    company.send("payment.reversed", "R1", "2026-01-05", payment_id="P1", value_date="2026-01-05")
    company.wait("2026-01-11T23:00:00+03:00")
    moves = [(move["from"], move["to"], move["effective_at"]) for move in company.moves("risk_group")]
    assert moves == [(0, 1, "2026-01-05T09:00:00+03:00"), (1, 2, "2026-01-08T00:00:00+03:00")]


def test_a_client_on_which_the_rules_raise_is_folded_apart_after_other_rules_as_well(simulation: None) -> None:
    """What an owner that accepts other rules publishes anew left the client decoded: it raised again, for ever."""
    at = START_MS
    events = [
        Event(321, "send", ("in-b", b"k0", value(1, due=at + 316), at + 316, None)),
        Event(2122, "upgrade", (0, True, "kill")),
        Event(2151, "send", ("in-a", b"k2", value(11, due=at + 62_151), at + 151, None)),
        Event(2152, "send", ("in-a", b"k2", value(12), at + 2147, None)),
        Event(3717, "send", ("in-a", b"k0", value(32), at + 3712, None)),
        Event(3727, "send", ("in-a", b"k0", value(33, **{"raise": True}), at + 1727, None)),
        Event(3727, "send", ("in-b", b"k0", value(34), at + 3727, None)),
    ]
    settings = {"deadline_clients_max": 1, "snapshot_interval_ms": 900, "request_timeout_ms": 2000}
    settings |= {"stop_timeout_ms": 300, "simulated_idle_ms": 50, "bad_records_max": 0}
    outcomes = [run(UPGRADING, Plan(seed, 1, 1, True, settings, (0,), tuple(events))) for seed in range(1, 6)]
    assert [outcome.fault for outcome in outcomes if outcome.fault is not None] == []
    assert any(outcome.counts.get("accepted") for outcome in outcomes), "by chance a person accepts the other rules"


def test_a_worker_believed_dead_learns_when_it_wakes_that_it_is_no_member(simulation: None) -> None:
    """It slept while it took a partition: until the group told it, it kept that beside the next owner, who had nothing
    to write and so did not meet it either."""
    assert run(UPGRADING, plan_of(UPGRADING, 500_155)).fault is None


@pytest.mark.parametrize("seed", [414, 180])
def test_time_passes_only_up_to_the_instant_of_which_every_input_was_read(simulation: None, seed: int) -> None:
    """414: a record that came later moved the partition's own instant on, and deadlines up to that went before an
    older record of another topic. 180: a client that fires up to an instant before a broadcast is due at the broadcast.
    """
    assert run(COUNTING, plan_of(COUNTING, seed)).fault is None
