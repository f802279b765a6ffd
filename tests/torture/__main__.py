"""`python -m tests.torture`: faults by a seed, under load, for so many minutes; then the verdict."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from schemas.catalogue import IMPORTANCE, INPUTS, JOURNAL, POLICIES, SCOPES_JOURNAL, TURNOVER
from tests.harness.server import Server
from tests.harness.waiting import wait_until
from tests.torture import read_model
from tests.torture.faults import Faults
from tests.torture.judging import Verdict, judge
from tests.torture.plan import plan
from tests.torture.progress import JournalProgress
from tests.torture.stage import PARTITIONS, Stage, has_projector

_EVENTS_PER_CLIENT = 100


def main() -> int:
    """The exit code: 0 when everything is proven and enough faults were carried out."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="stoplist-torture-"))
    seconds = given.minutes * 60
    faults = plan(given.seed, seconds, given.every)
    print(f"seed {given.seed}: {len(faults)} faults in {seconds:g} s, {given.rate} events/s; logs in {folder}")
    (folder / "plan.jsonl").write_text("".join(json.dumps(fault._asdict()) + "\n" for fault in faults))
    times = _Times()
    with Stage(folder) as stage:
        times.note("started")
        account, carried_out = _torture(stage, given, faults, folder, seconds, times)
        verdict = judge(stage, account, given.patience)
        times.note("judged")
        _judge_redis(stage, verdict, given.patience)
        enough = sum(carried_out.done.values()) >= 0.9 * len(faults)
        verdict.check(enough, f"only {sum(carried_out.done.values())} of {len(faults)} faults: {carried_out.failed}")
    told = {
        "seed": given.seed,
        "minutes": given.minutes,
        "faults": dict(sorted(carried_out.done.items())),
        "faults_total": sum(carried_out.done.values()),
        "faults_failed": carried_out.failed,
        "load": {name: account[name] for name in ("events", "records", "sent_again", "seconds", "counts")},
        "seconds": times.passed,
        **verdict.measured,
        "wrong": verdict.wrong,
    }
    (folder / "verdict.json").write_text(json.dumps(told, indent=1))
    print(json.dumps(told, indent=1))
    print("PROVEN" if not verdict.wrong else "BROKEN")
    return 1 if verdict.wrong else 0


class _Times:
    """Seconds since the beginning at which something was done."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.passed: dict[str, float] = {}

    def note(self, what: str) -> None:
        self.passed[what] = round(time.monotonic() - self._began, 1)
        print(f"{self.passed[what]:7.1f} s  {what}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15, help="of load and faults (15)")
    parser.add_argument("--seed", type=int, default=1, help="of the plan and of the load (1)")
    parser.add_argument("--rate", type=int, default=5_000, help="events a second (5000)")
    parser.add_argument("--again", type=float, default=0.0, help="share of these that were sent before (0)")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two faults, on average (4)")
    parser.add_argument("--patience", type=float, default=900, help="seconds until everything is folded (900)")
    return parser.parse_args()


def _torture(
    stage: Stage, given: argparse.Namespace, faults: list[Any], folder: Path, seconds: float, times: _Times
) -> tuple[dict[str, Any], Faults]:
    """Load and faults, then all is healed, folded and stopped; the account of the load."""
    clients = max(200, int(given.rate * (1 - given.again) * seconds / _EVENTS_PER_CLIENT))
    file = folder / "account.json"
    load = Server("load", folder / "load.log")
    arguments = (stage.bootstrap, given.seed, clients, PARTITIONS, given.rate, seconds, given.again, file)
    load.start([sys.executable, "-m", "tests.torture.load", *map(str, arguments)], lambda: True)
    carried_out = Faults(stage, folder / "faults.jsonl")
    try:
        carried_out.carry_out(faults, time.monotonic())
        times.note("faults over")
        _heal(stage)
        wait_until(lambda: not load.running, "the load is acknowledged", given.patience, 0.2)
    finally:
        load.kill()
    assert load.wait(1) == 0, load.log_tail()
    times.note("load over")
    _drain(stage, given.patience)
    times.note("folded")
    for name, service in stage.services.items():
        if name != "projector":
            service.stop()
    times.note("stopped")
    account: dict[str, Any] = json.loads(file.read_text())
    return account, carried_out


def _heal(stage: Stage) -> None:
    for node in stage.cluster.nodes:
        if not node.server.running:
            node.start()


def _drain(stage: Stage, seconds: float) -> None:
    """Until both folds have folded everything, and neither has told the other something since."""
    clients = JournalProgress(stage.bootstrap, JOURNAL, (*INPUTS, IMPORTANCE), PARTITIONS)
    scopes = JournalProgress(stage.bootstrap, SCOPES_JOURNAL, (TURNOVER, POLICIES), PARTITIONS)
    quiet = 0

    def done() -> bool:
        nonlocal quiet
        quiet = quiet + 1 if clients.behind() + scopes.behind() == 0 else 0
        return quiet == 3

    wait_until(done, "everything is folded", seconds, 0.3)


def _judge_redis(stage: Stage, verdict: Verdict, seconds: float) -> None:
    if stage.redis is None or not has_projector():
        verdict.measured["redis"] = "not tried: this version has no read model"
        return
    url, found = stage.redis.url, ["nothing was compared"]

    def agrees() -> bool:
        found[:] = read_model.differences(url, stage.bootstrap, seconds)
        return not found

    try:
        wait_until(agrees, "Redis has what was published", 60, 1.0)
    except TimeoutError:
        verdict.check(False, f"Redis differs from client-status, {len(found)} times: {found[:3]}")
    verdict.measured["redis"] = "as client-status" if not found else f"{len(found)} differences"


if __name__ == "__main__":
    sys.exit(main())
